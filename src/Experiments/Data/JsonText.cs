using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Srpo.Core.Files;

namespace Srpo.Experiments.Data;

/// <summary>JSON as this program writes it: camelCase, enum members as words, indented.</summary>
public static class JsonText
{
    private static readonly JsonSerializerOptions Shown = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Stored records leave out what is worked out from the rest.</summary>
    private static readonly JsonSerializerOptions Stored = new(Shown) { IgnoreReadOnlyProperties = true };

    /// <summary>For the user.</summary>
    public static string Show<T>(T value) => JsonSerializer.Serialize(value, Shown);

    /// <summary>For files that are read back.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Stored);

    /// <summary>As <see cref="Write"/>, as an element.</summary>
    public static JsonElement ToElement<T>(T value) => JsonSerializer.SerializeToElement(value, Stored);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static T? Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Stored);

    /// <summary>Reads a file that <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It holds something else, or something else is in its place: to open a pipe would wait for ever.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T? ReadFile<T>(string path) => Read<T>(TextOf(path));

    /// <summary>The text of a file.</summary>
    /// <exception cref="JsonException">Something else is in its place.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static string TextOf(string path)
    {
        var kind = FileStatus.Of(path).Kind;
        return kind is FileKind.Regular or FileKind.Missing ? File.ReadAllText(path) : throw new JsonException($"it is {UserFile.Word(kind)}, not a file");
    }
}
