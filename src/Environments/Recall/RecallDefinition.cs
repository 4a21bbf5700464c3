using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Core.Json;
using Srpo.Core.Text;

namespace Srpo.Environments.Recall;

/// <summary>
/// A recall game as a JSON text, for example <c>{"name": "mine", "cues": 4, "delay": 6}</c>. Every field may be left out.
/// </summary>
public sealed record RecallDefinition
{
    private const int MostCues = 16;
    private const int LongestDelay = 10_000;

    private static readonly string[] Fields = ["kind", "name", "cues", "delay"];

    private static readonly RecallDefinition[] BuiltIn =
    [
        new() { Name = "4-back" },
        new() { Name = "16-back", Delay = 16 },
        new() { Name = "four-cues", Cues = 4, Delay = 6 },
    ];

    /// <summary>Names of the games that come with the program, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BuiltIn.Select(definition => definition.Name)];

    /// <summary>Label, not empty.</summary>
    public string Name { get; init; } = "custom";

    /// <summary>Cues, each with the action that it asks for: 2 to 16.</summary>
    public int Cues { get; init; } = 2;

    /// <summary>Steps between the cue and the answer, 1 to 10,000.</summary>
    public int Delay { get; init; } = 4;

    /// <summary>A game that comes with the program.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such game; the message lists the known ones and the nearest.</exception>
    public static RecallDefinition Load(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Array.Find(BuiltIn, definition => definition.Name == name) ?? throw new ArgumentException(NearestName.Unknown("game", name, [.. Names]), nameof(name));
    }

    /// <summary>Reads the JSON text; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The game's name where the text gives none.</param>
    /// <param name="file">The file that the text came from, for messages, or null.</param>
    /// <exception cref="FormatException">The text is wrong; the message names the file, the field, its range and what was found.</exception>
    public static RecallDefinition Parse(string json, string name = "custom", string? file = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(name);
        try
        {
            return JsonFields.Read(json, "game", "{ \"cues\": 2, \"delay\": 4 }", root => Read(root, name));
        }
        catch (FormatException error) when (file is not null)
        {
            throw new FormatException($"{file}: {error.Message}", error);
        }
    }

    /// <summary>Writes the JSON text that <see cref="Parse"/> reads back, with every field.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", RecallEnvironment.RegisteredName);
            writer.WriteString("name", Name);
            writer.WriteNumber("cues", Cues);
            writer.WriteNumber("delay", Delay);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the field and its range.</exception>
    internal void Check()
    {
        if (string.IsNullOrWhiteSpace(Name)) throw new ArgumentException("name: must not be empty");
        if (Cues is < 2 or > MostCues) throw new ArgumentException(Problem("cues", 2, MostCues, Cues.ToString(CultureInfo.InvariantCulture)));
        if (Delay is < 1 or > LongestDelay) throw new ArgumentException(Problem("delay", 1, LongestDelay, Delay.ToString(CultureInfo.InvariantCulture)));
    }

    private static RecallDefinition Read(JsonObjectValue root, string name)
    {
        JsonFields.RequireKnown(root, "", Fields);
        if (root["kind"] is { } kind && JsonFields.Text(kind, "kind") != RecallEnvironment.RegisteredName)
            throw JsonFields.Wrong("kind", $"must be \"{RecallEnvironment.RegisteredName}\", not {JsonFields.Quote(kind)}");
        var defaults = new RecallDefinition();
        return new RecallDefinition
        {
            Name = JsonFields.OptionalText(root, "name") ?? name,
            Cues = Whole("cues", 2, MostCues, defaults.Cues),
            Delay = Whole("delay", 1, LongestDelay, defaults.Delay),
        };

        int Whole(string field, int low, int high, int otherwise)
        {
            if (root[field] is not { } value) return otherwise;
            return value is JsonNumberValue { Text: var text } && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high
                ? number
                : throw new JsonFieldException(field, Problem(field, low, high, JsonFields.Quote(value)));
        }
    }

    private static string Problem(string field, int low, int high, string found) =>
        string.Create(CultureInfo.InvariantCulture, $"{field}: must be a whole number from {low} to {high}, not {found}");
}
