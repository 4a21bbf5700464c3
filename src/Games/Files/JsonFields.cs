using System.Globalization;
using System.Text.Json;
using Srpo.Core.Text;

namespace Srpo.Games.Files;

/// <summary>Reads the parts of game files. Every error is a <see cref="FormatException"/> "field: reason".</summary>
internal static class JsonFields
{
    /// <summary>Longest text of a file, in characters.</summary>
    public const int MaxLength = 1 << 26;

    private const int LongestQuote = 60;

    /// <summary>Parses a text whose root is an object; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text.</param>
    /// <param name="example">What an object looks like, for the message.</param>
    public static JsonDocument Parse(string json, string example)
    {
        if (json.Length > MaxLength) throw Wrong("the game", $"has {json.Length} characters; at most {MaxLength} are read");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException error)
        {
            throw new FormatException($"the game is not valid JSON: {error.Message}", error);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw new FormatException($"a game must be a JSON object: {example}");
    }

    /// <summary>Refuses fields that are not known or that are there twice.</summary>
    public static void RequireKnown(JsonElement item, string prefix, IReadOnlyCollection<string> known)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in item.EnumerateObject())
        {
            if (!known.Contains(property.Name, StringComparer.Ordinal)) throw new FormatException((prefix.Length == 0 ? "" : prefix.TrimEnd('.') + ": ") + NearestName.Unknown("field", property.Name, known));
            if (!seen.Add(property.Name)) throw Wrong(prefix + property.Name, $"is given twice; remove one of the two");
        }
    }

    /// <summary>A field that must be there.</summary>
    public static JsonElement Required(JsonElement item, string field, string example) => item.TryGetProperty(field, out var value)
        ? value
        : throw new FormatException($"{field}: is missing; write for example {example}");

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
    public static FormatException Wrong(string field, FormattableString reason) => new($"{field}: {reason.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>A value as it was written, cut where it is long.</summary>
    public static string Quote(JsonElement element)
    {
        var text = element.GetRawText();
        return text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
    }
}
