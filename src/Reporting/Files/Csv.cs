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

    /// <summary>"true" or "false".</summary>
    public static string Field(bool value) => value ? "true" : "false";

    /// <summary>An integer as a field.</summary>
    public static string Field(long value) => value.ToString(CultureInfo.InvariantCulture);
}
