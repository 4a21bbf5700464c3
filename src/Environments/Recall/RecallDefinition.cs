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
        return JsonFields.Read(json, "game", "{ \"cues\": 2, \"delay\": 4 }", root => Read(root, name), file);
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
        Require("cues", Cues, 2, MostCues);
        Require("delay", Delay, 1, LongestDelay);

        static void Require(string field, int value, int low, int high)
        {
            if (value < low || value > high) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{field}: must be a whole number between {low} and {high}, not {value}"));
        }
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
            Cues = root["cues"] is { } cues ? JsonFields.Whole(cues, "cues", 2, MostCues) : defaults.Cues,
            Delay = root["delay"] is { } delay ? JsonFields.Whole(delay, "delay", 1, LongestDelay) : defaults.Delay,
        };
    }
}
