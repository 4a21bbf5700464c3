using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Srpo.Core.Text;

/// <summary>
/// Reads the fields of JSON texts that people write: games, scenarios. Every error is a <see cref="JsonFieldException"/> "field: reason", a field being
/// a path such as <c>costs[1]</c> or <c>sweep.tau</c>.
/// </summary>
public static class JsonFields
{
    /// <summary>Longest text of a file, in characters.</summary>
    public const int MaxLength = 1 << 26;

    private const int LongestQuote = 60;

    /// <summary>Reads a text whose root is an object; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text.</param>
    /// <param name="what">What the text is in messages, for example "game".</param>
    /// <param name="example">What an object looks like, for the message.</param>
    /// <param name="read">Makes a value of the root. Where it finds a field wrong, the message is given line and column.</param>
    /// <exception cref="FormatException">The text is no such object, or <paramref name="read"/> says so.</exception>
    public static T Read<T>(string json, string what, string example, Func<JsonElement, T> read)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(read);
        if (json.Length > MaxLength) throw Wrong($"the {what}", $"has {json.Length} characters; at most {MaxLength} are read");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException($"a {what} must be a JSON object: {example}");
            return read(document.RootElement);
        }
        catch (JsonException error)
        {
            var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            var reason = (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.', ' ');
            throw new FormatException($"the {what} is not valid JSON: {reason}{JsonPlaces.Text(json, error)}", error);
        }
        catch (JsonFieldException error)
        {
            throw new FormatException(error.Message + JsonPlaces.Find(json, error.Field), error);
        }
    }

    /// <summary>Refuses fields that are not known or that are there twice.</summary>
    /// <param name="item">The object.</param>
    /// <param name="prefix">Its path with a point behind it; empty for the root.</param>
    /// <param name="known">The fields that it may have.</param>
    public static void RequireKnown(JsonElement item, string prefix, IReadOnlyCollection<string> known)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in item.EnumerateObject())
        {
            if (!known.Contains(property.Name, StringComparer.Ordinal)) throw new JsonFieldException(prefix + property.Name, (prefix.Length == 0 ? "" : prefix.TrimEnd('.') + ": ") + NearestName.Unknown("field", property.Name, known));
            if (!seen.Add(property.Name)) throw Wrong(prefix + property.Name, $"is given twice; remove one of the two");
        }
    }

    /// <summary>A field that must be there.</summary>
    public static JsonElement Required(JsonElement item, string field, string example) => item.TryGetProperty(field, out var value)
        ? value
        : throw Wrong(field, $"is missing; write for example {example}");

    /// <summary>The elements of a list.</summary>
    public static JsonElement[] Elements(JsonElement element, string field) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray()]
        : throw Wrong(field, $"must be a list, not {Quote(element)}");

    /// <summary>A finite number.</summary>
    public static double Number(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw Wrong(field, $"must be a finite number, not {Quote(element)}");

    /// <summary>A list of finite numbers.</summary>
    public static double[] Numbers(JsonElement element, string field) =>
        [.. Elements(element, field).Select((number, i) => Number(number, Indexed(field, i)))];

    /// <summary>Rows of equal length, at least one number.</summary>
    public static double[,] Matrix(JsonElement element, string field)
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
    public static string Text(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(element.GetString())
            ? element.GetString()!
            : throw Wrong(field, $"must be a text that is not empty, not {Quote(element)}");

    /// <summary>A text that may be missing.</summary>
    public static string? OptionalText(JsonElement item, string field) => item.TryGetProperty(field, out var value) ? Text(value, field) : null;

    /// <summary>true or false; false where it is missing.</summary>
    public static bool Flag(JsonElement item, string field, string path) => item.TryGetProperty(field, out var value) && (value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(path, $"must be true or false, not {Quote(value)}"),
    });

    /// <summary>A whole number within a range.</summary>
    public static int Whole(JsonElement element, string field, int low, int high) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) && value >= low && value <= high
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
    public static string Quote(JsonElement element)
    {
        var text = element.GetRawText();
        return text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
    }
}

/// <summary>A field of a JSON text is wrong.</summary>
/// <param name="field">Its path.</param>
/// <param name="message">The path, what is wrong and the remedy.</param>
public sealed class JsonFieldException(string field, string message) : FormatException(message)
{
    /// <summary>The field's path, for example <c>costs[1]</c>.</summary>
    public string Field { get; } = field;
}

/// <summary>Where fields stand in their text: " (line 3, column 12)".</summary>
internal static class JsonPlaces
{
    /// <summary>The place of a path's value, read anew; null where the text has no such path.</summary>
    internal static string? Find(string json, string field)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        return Find(ref reader, "", field) is { } offset ? Text(bytes, offset) : null;
    }

    /// <summary>The place that a parser's error tells.</summary>
    internal static string Text(string json, JsonException error)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var start = 0;
        for (var line = error.LineNumber ?? 0; line > 0; line--) start += bytes.AsSpan(start).IndexOf((byte)'\n') + 1;
        return Text(bytes, (int)Math.Min(bytes.Length, start + (error.BytePositionInLine ?? 0)));
    }

    /// <summary>Searches the value at the reader, whose path is given, and leaves the reader at its end.</summary>
    private static long? Find(ref Utf8JsonReader reader, string path, string field)
    {
        if (path == field && path.Length > 0) return reader.TokenStartIndex;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (Find(ref reader, path.Length == 0 ? name : $"{path}.{name}", field) is { } found) return found;
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                if (Find(ref reader, JsonFields.Indexed(path, index), field) is { } found) return found;
            }
        }

        return null;
    }

    private static string Text(ReadOnlySpan<byte> bytes, long offset)
    {
        var before = bytes[..(int)offset];
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return string.Create(CultureInfo.InvariantCulture, $" (line {before.Count((byte)'\n') + 1}, column {column})");
    }
}
