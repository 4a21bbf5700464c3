using System.Globalization;
using System.Text;
using Srpo.Core.Text;

namespace Srpo.Core.Json;

/// <summary>
/// Reads the fields of files that people write: games and definitions of environments. Every error is a <see cref="JsonFieldException"/>
/// "field: reason", a field being a path such as <c>costs[1]</c> or <c>sweep.tau</c>.
/// </summary>
public static class JsonFields
{
    /// <summary>Longest text of a file, in characters.</summary>
    public const int MaxLength = 1 << 26;

    private const int LongestQuote = 60;

    /// <summary>Reads a text whose root is an object; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text, at most <see cref="MaxLength"/> characters.</param>
    /// <param name="what">What the text is in messages, for example "game".</param>
    /// <param name="example">What an object looks like, for the message.</param>
    /// <param name="read">Makes a value of the root. Where it finds a field wrong, the message is given line and column.</param>
    /// <param name="file">The file that the text came from, which messages begin with; null for none.</param>
    /// <exception cref="FormatException">The text is too long, no JSON or no object, or <paramref name="read"/> says so.</exception>
    public static T Read<T>(string json, string what, string example, Func<JsonObjectValue, T> read, string? file)
    {
        try
        {
            return Read(json, what, example, read);
        }
        catch (FormatException error) when (file is not null)
        {
            throw new FormatException($"{file}: {error.Message}", error);
        }
    }

    /// <summary>The same for a text of which nobody knows the file.</summary>
    /// <param name="json">The text, at most <see cref="MaxLength"/> characters.</param>
    /// <param name="what">What the text is in messages, for example "game".</param>
    /// <param name="example">What an object looks like, for the message.</param>
    /// <param name="read">Makes a value of the root. Where it finds a field wrong, the message is given line and column.</param>
    /// <exception cref="FormatException">The text is too long, no JSON or no object, or <paramref name="read"/> says so.</exception>
    public static T Read<T>(string json, string what, string example, Func<JsonObjectValue, T> read)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(read);
        if (json.Length > MaxLength) throw Wrong($"the {what}", $"has {json.Length} characters; at most {MaxLength} are read");
        JsonObjectValue? root;
        try
        {
            root = JsonSource.Parse(what, Encoding.UTF8.GetBytes(json)) as JsonObjectValue;
        }
        catch (JsonTextException error)
        {
            throw new FormatException($"the {what} is not valid JSON: {error.Reason}{Place(error.Origin)}", error);
        }

        if (root is null) throw new FormatException($"a {what} must be a JSON object: {example}");
        try
        {
            return read(root);
        }
        catch (JsonFieldException error)
        {
            throw new FormatException(error.Message + (Find(root, "", error.Field) is { } value ? Place(value.Origin) : ""), error);
        }
    }

    /// <summary>Refuses fields that are not known or that are there twice.</summary>
    /// <param name="item">The object.</param>
    /// <param name="prefix">Its path with a point behind it; empty for the root.</param>
    /// <param name="known">The fields that it may have.</param>
    public static void RequireKnown(JsonObjectValue item, string prefix, IReadOnlyCollection<string> known)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in item.Members)
        {
            if (!known.Contains(property.Name, StringComparer.Ordinal)) throw new JsonFieldException(prefix + property.Name, (prefix.Length == 0 ? "" : prefix.TrimEnd('.') + ": ") + NearestName.Unknown("field", property.Name, known));
            if (!seen.Add(property.Name)) throw Wrong(prefix + property.Name, $"is given twice; remove one of the two");
        }
    }

    /// <summary>A field that must be there.</summary>
    public static JsonValue Required(JsonObjectValue item, string field, string example) =>
        item[field] ?? throw Wrong(field, $"is missing; write for example {example}");

    /// <summary>The elements of a list.</summary>
    public static IReadOnlyList<JsonValue> Elements(JsonValue element, string field) => element is JsonListValue list
        ? list.Items
        : throw Wrong(field, $"must be a list, not {Quote(element)}");

    /// <summary>A finite number.</summary>
    public static double Number(JsonValue element, string field) =>
        element is JsonNumberValue number && double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw Wrong(field, $"must be a finite number, not {Quote(element)}{(element is JsonStringValue text && DecimalComma.Corrected(text.Text) is { } meant ? $"; write {meant}" : "")}");

    /// <summary>A list of finite numbers.</summary>
    public static double[] Numbers(JsonValue element, string field) =>
        [.. Elements(element, field).Select((number, i) => Number(number, Indexed(field, i)))];

    /// <summary>Rows of equal length, at least one number.</summary>
    public static double[,] Matrix(JsonValue element, string field)
    {
        var rows = Elements(element, field).Select((row, i) => Numbers(row, Indexed(field, i))).ToArray();
        if (rows.Length == 0 || rows[0].Length == 0) throw Wrong(field, $"must not be empty");
        var matrix = new double[rows.Length, rows[0].Length];
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Length != rows[0].Length) throw Wrong(Indexed(field, i), $"has {rows[i].Length} entries, the first row has {rows[0].Length}");
            for (var j = 0; j < rows[i].Length; j++) matrix[i, j] = rows[i][j];
        }

        return matrix;
    }

    /// <summary>A text that is not empty.</summary>
    public static string Text(JsonValue element, string field) =>
        element is JsonStringValue { Text: var text } && !string.IsNullOrWhiteSpace(text)
            ? text
            : throw Wrong(field, $"must be a text that is not empty, not {Quote(element)}");

    /// <summary>A text that may be missing.</summary>
    public static string? OptionalText(JsonObjectValue item, string field) => item[field] is { } value ? Text(value, field) : null;

    /// <summary>true or false; false where it is missing.</summary>
    public static bool Flag(JsonObjectValue item, string field, string path) => item[field] switch
    {
        null => false,
        JsonBooleanValue flag => flag.Value,
        var value => throw Wrong(path, $"must be true or false, not {Quote(value)}"),
    };

    /// <summary>A whole number within a range.</summary>
    public static int Whole(JsonValue element, string field, int low, int high) =>
        element is JsonNumberValue number && int.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high
            ? value
            : throw Wrong(field, $"must be a whole number between {low} and {high}, not {Quote(element)}");

    /// <summary>The path of a list's entry.</summary>
    public static string Indexed(string field, int index) => string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");

    /// <summary>The error "field: reason".</summary>
    public static JsonFieldException Wrong(string field, FormattableString reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new JsonFieldException(field, $"{field}: {reason.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>A value as it was written, cut where it is long.</summary>
    public static string Quote(JsonValue element)
    {
        var text = element.Written;
        return text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
    }

    /// <summary>The first value with a path; null where there is none.</summary>
    private static JsonValue? Find(JsonValue value, string path, string field)
    {
        // Names may contain points, so paths are built and compared whole.
        if (path == field && path.Length > 0) return value;
        if (!field.StartsWith(path, StringComparison.Ordinal)) return null;
        var parts = value switch
        {
            JsonObjectValue { Members: var members } => members.Select(member => (Path: path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value)),
            JsonListValue { Items: var items } => items.Select((item, i) => (Path: Indexed(path, i), Value: item)),
            _ => [],
        };
        return parts.Select(part => Find(part.Value, part.Path, field)).FirstOrDefault(found => found is not null);
    }

    private static string Place(Origin origin) => string.Create(CultureInfo.InvariantCulture, $" (line {origin.Line}, column {origin.Column})");
}

/// <summary>A field of a JSON text is wrong.</summary>
/// <param name="field">Its path.</param>
/// <param name="message">The path, what is wrong and the remedy.</param>
public sealed class JsonFieldException(string field, string message) : FormatException(message)
{
    /// <summary>The field's path, for example <c>costs[1]</c>.</summary>
    public string Field { get; } = field;
}
