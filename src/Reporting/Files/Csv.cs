using System.Globalization;
using System.Text;

namespace Srpo.Reporting.Files;

/// <summary>
/// Comma-separated values after RFC 4180: lines end in CR LF; a field with a comma, quote or line break is quoted, quotes are
/// doubled. Numbers are invariant and read back to the same bits; a number that is not there is an empty field.
/// </summary>
public static class Csv
{
    /// <summary>Appends one record.</summary>
    public static void AppendRecord(StringBuilder target, IEnumerable<string> fields)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(fields);
        var first = true;
        foreach (var field in fields)
        {
            if (!first) target.Append(',');
            first = false;
            if (field.AsSpan().IndexOfAny("\",\r\n") < 0) target.Append(field);
            else target.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        target.Append("\r\n");
    }

    /// <summary>A number as a field: the shortest text that reads back to the same bits; empty when null or not finite.</summary>
    public static string Field(double? value) =>
        value is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "";

    /// <summary>An integer as a field.</summary>
    public static string Field(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A field as a number; NaN when it is empty.</summary>
    /// <exception cref="FormatException">The field is no number.</exception>
    public static double Number(string field) =>
        string.IsNullOrEmpty(field) ? double.NaN : double.Parse(field, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>All records of a text. Line ends may be CR LF or LF; the last one may be missing.</summary>
    /// <exception cref="FormatException">A quoted field does not end, or something follows its closing quote.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var records = new List<IReadOnlyList<string>>();
        var record = new List<string>();
        var position = 0;
        while (position < text.Length)
        {
            record.Add(text[position] == '"' ? Quoted(text, ref position, records.Count + 1) : Plain(text, ref position));
            if (position < text.Length && text[position] == ',')
            {
                position++;
                if (position < text.Length) continue;
                record.Add("");
            }

            if (position < text.Length && text[position] == '\r') position++;
            if (position < text.Length && text[position] == '\n') position++;
            records.Add(record);
            record = [];
        }

        return records;
    }

    private static string Plain(string text, ref int position)
    {
        var length = text.AsSpan(position).IndexOfAny(",\r\n");
        var field = length < 0 ? text[position..] : text.Substring(position, length);
        position += field.Length;
        return field;
    }

    private static string Quoted(string text, ref int position, int record)
    {
        var field = new StringBuilder();
        for (position++; ; position++)
        {
            if (position >= text.Length) throw new FormatException($"Record {record}: a quoted field does not end.");
            if (text[position] != '"') field.Append(text[position]);
            else if (position + 1 < text.Length && text[position + 1] == '"') field.Append(text[++position]);
            else break;
        }

        position++;
        if (position < text.Length && text[position] is not (',' or '\r' or '\n'))
            throw new FormatException($"Record {record}: text after a closing quote.");
        return field.ToString();
    }
}
