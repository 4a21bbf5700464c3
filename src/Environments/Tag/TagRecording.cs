using System.Text.Json;
using Srpo.Environments.Recordings;

namespace Srpo.Environments.Tag;

/// <summary>
/// Reads recorded episodes: one JSON object a line, plain or gzip, with <c>id</c>, <c>policy</c>, <c>agents</c> (chasers, then runners),
/// <c>landmarks</c>, <c>obs0</c> and 100 <c>steps</c>; docs/environments/tag.md has the whole list. Fields beyond these are ignored.
/// </summary>
public static class TagRecording
{
    /// <summary>Steps of a recorded episode.</summary>
    public const int EpisodeLength = 100;

    /// <summary>The version of the reference environment whose dynamics are implemented.</summary>
    private const string Version = "simple_tag_v3";

    /// <summary>Streams the episodes of a file.</summary>
    /// <param name="path">The file, .jsonl or .jsonl.gz.</param>
    /// <exception cref="RecordingException">The file cannot be read; the message names file, line, episode, step and field.</exception>
    public static IEnumerable<TagRecordedEpisode> Read(string path) => RecordingLines.Read(path, ReadEpisode);

    private static TagRecordedEpisode ReadEpisode(RecordingFields fields)
    {
        CheckVersion(fields);
        var agents = ReadEntities(fields, "agents", isAgent: true);
        var obstacles = ReadEntities(fields, "landmarks", isAgent: false);
        var chasers = agents.TakeWhile(agent => agent.Role == "chaser").Count();
        var runners = agents.Length - chasers;
        if (chasers == 0 || runners == 0) throw fields.Error("agents", "must have at least one chaser and one runner");
        for (var i = chasers; i < agents.Length; i++)
        {
            if (agents[i].Role == "chaser") throw fields.Error($"agents[{i}].role", "must not be chaser after a runner: chasers come first");
        }

        var lengths = Enumerable.Range(0, agents.Length)
            .Select(agent => 4 + (2 * (obstacles.Length + agents.Length - 1)) + (2 * (agent < chasers ? runners : runners - 1))).ToArray();
        var steps = fields.Steps("steps", step => ReadStep(step, lengths), EpisodeLength);
        return new TagRecordedEpisode(fields.Place, fields.Text("policy"), chasers, agents, obstacles, fields.NumberLists("obs0", lengths), steps);
    }

    /// <summary>Recordings need not tell their version; one that does must tell the right one.</summary>
    private static void CheckVersion(RecordingFields fields)
    {
        if (!fields.Has("version")) return;
        var version = fields.Required("version");
        var text = version.ValueKind == JsonValueKind.String ? fields.Text("version") : version.GetRawText();
        if (text is not (Version or "3"))
            throw fields.Error("version", $"must be {Version}, not {text}; record with PettingZoo 1.23.0 or newer, whose physics moves in another order than before");
    }

    private static TagRecordedEntity[] ReadEntities(RecordingFields fields, string list, bool isAgent) =>
        [.. fields.List(list).Select((element, i) => ReadEntity(element, fields.Place with { Field = $"{list}[{i}]" }, $"{list}[{i}].", isAgent))];

    private static TagRecordedEntity ReadEntity(JsonElement element, RecordingPlace place, string prefix, bool isAgent)
    {
        var fields = RecordingFields.Of(element, place, prefix);
        if (fields.Flag("movable") != isAgent) throw fields.Error("movable", isAgent ? "must be true for agents" : "must be false for landmarks");
        if (!fields.Flag("collide")) throw fields.Error("collide", "must be true: all bodies collide");
        var role = isAgent ? fields.Text("role") : "obstacle";
        if (isAgent && role is not ("chaser" or "runner")) throw fields.Error("role", $"must be chaser or runner, not {role}");
        return new TagRecordedEntity(
            fields.Text("name"),
            role,
            fields.Numbers("pos", 2),
            fields.Numbers("vel", 2),
            fields.PositiveNumber("size"),
            fields.PositiveNumber("mass"),
            isAgent ? fields.PositiveNumber("accel") : 0,
            isAgent ? fields.PositiveNumber("max_speed") : 0);
    }

    private static TagRecordedStep ReadStep(RecordingFields fields, int[] observationLengths)
    {
        var agents = observationLengths.Length;
        int[] pairs = [.. Enumerable.Repeat(2, agents)];
        return new TagRecordedStep(
            fields.Integers("a", agents, 0, TagActions.Count - 1),
            fields.NumberLists("pos", pairs),
            fields.NumberLists("vel", pairs),
            fields.Numbers("rew", agents),
            fields.NumberLists("obs", observationLengths));
    }
}

/// <summary>A recorded episode.</summary>
/// <param name="Place">Where it is: file, line, episode.</param>
/// <param name="Policy">How its actions were chosen.</param>
/// <param name="Chasers">How many of the agents are chasers; they come first.</param>
/// <param name="Agents">Chasers, then runners.</param>
/// <param name="Obstacles">The landmarks.</param>
/// <param name="StartObservations">[agents][own length] what the agents observe before the first step, double precision, not filled up.</param>
/// <param name="Steps">Its steps in order.</param>
public sealed record TagRecordedEpisode(
    RecordingPlace Place,
    string Policy,
    int Chasers,
    IReadOnlyList<TagRecordedEntity> Agents,
    IReadOnlyList<TagRecordedEntity> Obstacles,
    IReadOnlyList<IReadOnlyList<double>> StartObservations,
    IReadOnlyList<TagRecordedStep> Steps);

/// <summary>An entity and where it is at the start.</summary>
/// <param name="Name">Its name in the reference, for example "adversary_0".</param>
/// <param name="Role">"chaser", "runner" or "obstacle".</param>
/// <param name="Position">[2] x, y.</param>
/// <param name="Velocity">[2] x, y.</param>
/// <param name="Size">Radius, above 0.</param>
/// <param name="Mass">Mass, above 0.</param>
/// <param name="Acceleration">Control force of an action; 0 for obstacles.</param>
/// <param name="MaxSpeed">Largest speed; 0 for obstacles.</param>
public sealed record TagRecordedEntity(
    string Name,
    string Role,
    IReadOnlyList<double> Position,
    IReadOnlyList<double> Velocity,
    double Size,
    double Mass,
    double Acceleration,
    double MaxSpeed);

/// <summary>A recorded step: the actions, and what was after it.</summary>
/// <param name="Actions">[agents].</param>
/// <param name="Positions">[agents][2] after the step.</param>
/// <param name="Velocities">[agents][2] after the step.</param>
/// <param name="Rewards">[agents] unscaled.</param>
/// <param name="Observations">[agents][own length] after the step, double precision, not filled up.</param>
public sealed record TagRecordedStep(
    IReadOnlyList<int> Actions,
    IReadOnlyList<IReadOnlyList<double>> Positions,
    IReadOnlyList<IReadOnlyList<double>> Velocities,
    IReadOnlyList<double> Rewards,
    IReadOnlyList<IReadOnlyList<double>> Observations);
