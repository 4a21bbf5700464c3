using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;

namespace Srpo.Language.Models;

/// <summary>The JSON files of a model's folder.</summary>
internal static class ModelFiles
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>Reads a file of a folder.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="example">What an object looks like, for the message.</param>
    /// <param name="read">Makes a value of its fields.</param>
    /// <exception cref="SrpoException">It is missing, damaged, or a field is wrong; the message names file, field, line and column.</exception>
    public static T Read<T>(string path, string what, string example, Func<ConfigFields, T> read)
    {
        if (FileStatus.Of(path).Kind is var kind and not (FileKind.Regular or FileKind.Missing))
            throw new SrpoException(ErrorKind.Damaged, $"{path} is {UserFile.Word(kind)}, where the {what} belongs; copy or download the folder again");
        return Parse(UserFile.ReadText(path, what), path, what, example, read);
    }

    /// <summary>The same for a text.</summary>
    public static T Parse<T>(string json, string path, string what, string example, Func<ConfigFields, T> read)
    {
        try
        {
            return JsonFields.Read(json, what, example, root => read(new ConfigFields(root, "")), path);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Usage, error.Message, error);
        }
    }

    /// <summary>An object as an indented text that ends with a line break.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Indented))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        text.Write("\n"u8);
        return text.ToArray();
    }

    /// <summary>Writes tokens as a number, or as a list where they are several; nothing where there are none.</summary>
    public static void WriteTokens(Utf8JsonWriter writer, string name, IReadOnlyList<int> tokens)
    {
        if (tokens.Count == 0) return;
        if (tokens.Count == 1)
        {
            writer.WriteNumber(name, tokens[0]);
            return;
        }

        writer.WriteStartArray(name);
        foreach (var token in tokens) writer.WriteNumberValue(token);
        writer.WriteEndArray();
    }

    /// <summary>What is listed in a message: the first few, and how many more there are.</summary>
    public static string Listed(IReadOnlyCollection<string> names, int shown = 4)
    {
        var text = new StringBuilder(string.Join(", ", names.Take(shown)));
        if (names.Count > shown) text.Append(CultureInfo.InvariantCulture, $" and {names.Count - shown} more");
        return text.ToString();
    }
}

/// <summary>The fields of a configuration that other programs write: what is not asked for is left alone, and null counts as missing.</summary>
internal sealed class ConfigFields
{
    private readonly JsonObjectValue _root;
    private readonly string _prefix;

    public ConfigFields(JsonObjectValue root, string prefix)
    {
        (_root, _prefix) = (root, prefix);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in root.Members)
        {
            // Of two, other programs take the last.
            if (!seen.Add(member.Name)) throw JsonFields.Wrong(Path(member.Name), $"is given twice; remove one of the two");
        }
    }

    /// <summary>The field's name with those of the objects around it.</summary>
    public string Path(string name) => _prefix + name;

    /// <summary>A value, or null where it is missing or null.</summary>
    public JsonValue? Find(string name) => _root[name] is { } value and not JsonNullValue ? value : null;

    /// <summary>A value that must be there.</summary>
    public JsonValue Required(string name, string example) => Find(name) ?? throw JsonFields.Wrong(Path(name), $"is missing; write for example {example}");

    public JsonFieldException Wrong(string name, FormattableString reason) => JsonFields.Wrong(Path(name), reason);

    /// <summary>The fields of an object; null where it is missing.</summary>
    public ConfigFields? Object(string name) => Find(name) switch
    {
        null => null,
        JsonObjectValue value => new ConfigFields(value, Path(name) + "."),
        var other => throw Wrong(name, $"must be an object, not {JsonFields.Quote(other)}"),
    };

    public int Whole(string name, int low, int high, string example) => JsonFields.Whole(Required(name, example), Path(name), low, high);

    public int Whole(string name, int low, int high, int missing) => Find(name) is { } value ? JsonFields.Whole(value, Path(name), low, high) : missing;

    /// <summary>A number within a range.</summary>
    /// <param name="name">The field.</param>
    /// <param name="low">Lowest.</param>
    /// <param name="high">Highest.</param>
    /// <param name="missing">What it is where it is missing.</param>
    /// <param name="above">Whether it must be above the lowest.</param>
    public double Number(string name, double low, double high, double missing, bool above = false)
    {
        if (Find(name) is not { } value) return missing;
        var number = JsonFields.Number(value, Path(name));
        return number >= low && number <= high && !(above && number == low)
            ? number
            : throw Wrong(name, $"must be {(above ? "above" : "at least")} {low}{(high < double.MaxValue ? string.Create(CultureInfo.InvariantCulture, $" and at most {high}") : "")}, not {JsonFields.Quote(value)}");
    }

    public bool Flag(string name, bool missing) => Find(name) is null ? missing : JsonFields.Flag(_root, name, Path(name));

    public string? Text(string name) => Find(name) is { } value ? JsonFields.Text(value, Path(name)) : null;

    /// <summary>A list of texts; null where it is missing.</summary>
    public IReadOnlyList<string>? Texts(string name) => Find(name) is { } value
        ? [.. JsonFields.Elements(value, Path(name)).Select((item, i) => JsonFields.Text(item, JsonFields.Indexed(Path(name), i)))]
        : null;

    /// <summary>Tokens: a number or a list of them; none where they are missing.</summary>
    public IReadOnlyList<int> Tokens(string name, int vocabulary) => Find(name) switch
    {
        null => [],
        JsonListValue list => [.. list.Items.Select((item, i) => JsonFields.Whole(item, JsonFields.Indexed(Path(name), i), 0, vocabulary - 1))],
        var value => [JsonFields.Whole(value, Path(name), 0, vocabulary - 1)],
    };

    /// <summary>The first of such tokens; null where there is none.</summary>
    public int? Token(string name, int vocabulary) => Tokens(name, vocabulary) is [var first, ..] ? first : null;
}
