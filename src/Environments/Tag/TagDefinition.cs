using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Core.Json;

namespace Srpo.Environments.Tag;

/// <summary>
/// A scenario of Tag as a JSON text, for example <c>{"name": "mine", "chasers": 3, "runners": 1, "obstacles": 2}</c>. Every field
/// may be left out; the defaults are the paper's scenario. Radii and positions are in half widths of the arena.
/// </summary>
public sealed record TagDefinition
{
    private static readonly Setting[] Settings =
    [
        new("chasers", 1, 32, true, false, d => d.Chasers, (d, v) => d with { Chasers = (int)v }),
        new("runners", 1, 32, true, false, d => d.Runners, (d, v) => d with { Runners = (int)v }),
        new("obstacles", 0, 64, true, false, d => d.Obstacles, (d, v) => d with { Obstacles = (int)v }),
        new("length", 1, 1_000_000, true, false, d => d.Length, (d, v) => d with { Length = (int)v }),
        new("chaserRewardScale", 0, 1000, false, true, d => d.ChaserRewardScale, (d, v) => d with { ChaserRewardScale = v }),
        new("runnerRewardScale", 0, 1000, false, true, d => d.RunnerRewardScale, (d, v) => d with { RunnerRewardScale = v }),
        new("chaserSize", 0, 10, false, true, d => d.ChaserSize, (d, v) => d with { ChaserSize = v }),
        new("runnerSize", 0, 10, false, true, d => d.RunnerSize, (d, v) => d with { RunnerSize = v }),
        new("obstacleSize", 0, 10, false, true, d => d.ObstacleSize, (d, v) => d with { ObstacleSize = v }),
        new("chaserAcceleration", 0, 1000, false, true, d => d.ChaserAcceleration, (d, v) => d with { ChaserAcceleration = v }),
        new("runnerAcceleration", 0, 1000, false, true, d => d.RunnerAcceleration, (d, v) => d with { RunnerAcceleration = v }),
        new("chaserMaxSpeed", 0, 100, false, true, d => d.ChaserMaxSpeed, (d, v) => d with { ChaserMaxSpeed = v }),
        new("runnerMaxSpeed", 0, 100, false, true, d => d.RunnerMaxSpeed, (d, v) => d with { RunnerMaxSpeed = v }),
    ];

    private static readonly string[] Fields = ["kind", "name", .. Settings.Select(setting => setting.Field)];

    /// <summary>Label, not empty.</summary>
    public string Name { get; init; } = "custom";

    /// <summary>Chasers, who have the seats from 0: 1 to 32.</summary>
    public int Chasers { get; init; } = 2;

    /// <summary>Runners, who have the seats after the chasers: 1 to 32.</summary>
    public int Runners { get; init; } = 1;

    /// <summary>Obstacles, which do not move: 0 to 64.</summary>
    public int Obstacles { get; init; } = 2;

    /// <summary>Steps of an episode, 1 to 1,000,000.</summary>
    public int Length { get; init; } = 100;

    /// <summary>What the chasers' reward is multiplied by, above 0 to 1000. At 0.1 a catch is +1.</summary>
    public double ChaserRewardScale { get; init; } = 0.1;

    /// <summary>What runners' rewards, penalties for leaving included, are multiplied by, above 0 to 1000. At 0.1 being caught is -1.</summary>
    public double RunnerRewardScale { get; init; } = 0.1;

    /// <summary>Radius of a chaser, above 0 to 10.</summary>
    public double ChaserSize { get; init; } = 0.075;

    /// <summary>Radius of a runner, above 0 to 10.</summary>
    public double RunnerSize { get; init; } = 0.05;

    /// <summary>Radius of an obstacle, above 0 to 10.</summary>
    public double ObstacleSize { get; init; } = 0.2;

    /// <summary>Acceleration of a chaser by an action, above 0 to 1000.</summary>
    public double ChaserAcceleration { get; init; } = 3;

    /// <summary>Acceleration of a runner by an action, above 0 to 1000.</summary>
    public double RunnerAcceleration { get; init; } = 4;

    /// <summary>Largest speed of a chaser, above 0 to 100.</summary>
    public double ChaserMaxSpeed { get; init; } = 1;

    /// <summary>Largest speed of a runner, above 0 to 100.</summary>
    public double RunnerMaxSpeed { get; init; } = 1.3;

    /// <summary>Reads the JSON text; comments and trailing commas are allowed.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The scenario's name where the text gives none.</param>
    /// <param name="file">The file that the text came from, for messages, or null.</param>
    /// <exception cref="FormatException">The text is wrong; the message names the file, the field, its range and what was found.</exception>
    public static TagDefinition Parse(string json, string name = "custom", string? file = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(name);
        return JsonFields.Read(json, "scenario", "{ \"chasers\": 2, \"runners\": 1, \"obstacles\": 2 }", root => Read(root, name), file);
    }

    /// <summary>Writes the JSON text that <see cref="Parse"/> reads back, with every field.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", TagEnvironment.RegisteredName);
            writer.WriteString("name", Name);
            foreach (var setting in Settings) writer.WriteNumber(setting.Field, setting.Read(this));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the field and its range.</exception>
    internal void Check()
    {
        if (string.IsNullOrWhiteSpace(Name)) throw new ArgumentException("name: must not be empty");
        foreach (var setting in Settings)
        {
            var value = setting.Read(this);
            if (!setting.Allows(value)) throw new ArgumentException(setting.Problem(value.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static TagDefinition Read(JsonObjectValue root, string name)
    {
        JsonFields.RequireKnown(root, "", Fields);
        if (root["kind"] is { } kind && JsonFields.Text(kind, "kind") != TagEnvironment.RegisteredName)
            throw JsonFields.Wrong("kind", $"must be \"{TagEnvironment.RegisteredName}\", not {JsonFields.Quote(kind)}");
        var definition = new TagDefinition { Name = JsonFields.OptionalText(root, "name") ?? name };
        foreach (var setting in Settings)
        {
            if (root[setting.Field] is not { } value) continue;
            if (value is not JsonNumberValue { Text: var text } || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !setting.Allows(number))
                throw new JsonFieldException(setting.Field, setting.Problem(JsonFields.Quote(value)));
            definition = setting.Change(definition, number);
        }

        return definition;
    }

    /// <summary>A number of the definition; where <paramref name="Above"/>, the low end of its range is not part of it.</summary>
    private sealed record Setting(
        string Field, double Low, double High, bool Whole, bool Above, Func<TagDefinition, double> Read, Func<TagDefinition, double, TagDefinition> Change)
    {
        internal bool Allows(double value) => (Above ? value > Low : value >= Low) && value <= High && (!Whole || value == Math.Floor(value));

        internal string Problem(string found) => string.Create(
            CultureInfo.InvariantCulture, $"{Field}: must be a {(Whole ? "whole " : "")}number {(Above ? "above" : "from")} {Low} to {High}, not {found}");
    }
}
