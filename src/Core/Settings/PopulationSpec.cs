using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Settings;

/// <summary>
/// A population: a number of teams trained apart from each other with the same settings and different seeds. Complete in
/// itself and immutable; two runs of equal specs give the same bits.
/// </summary>
[GenerateSerializer, Alias("srpo.PopulationSpec"), Immutable]
public sealed record PopulationSpec
{
    /// <summary>Name, unique in a data directory or cluster: letters, digits, '-', '_' and '.', at most 100 characters.</summary>
    [Id(0)]
    public required string Population { get; init; }

    /// <summary>The environment with its full definition.</summary>
    [Id(1)]
    public required EnvironmentSettings Environment { get; init; }

    /// <summary>How every team is trained.</summary>
    [Id(2)]
    public required TrainingSettings Training { get; init; }

    /// <summary>Number of teams (training runs with different random streams), 1 to 10000.</summary>
    [Id(3)]
    public required int Teams { get; init; }

    /// <summary>Seed of the whole population.</summary>
    [Id(4)]
    public ulong Seed { get; init; } = 1;

    /// <summary>Rounds between checkpoints of a team, at least 1.</summary>
    [Id(5)]
    public int CheckpointInterval { get; init; } = 250;

    /// <summary>
    /// Frozen policies in the seats after the team's, one per seat (the runner of Tag). Empty: whoever sits there learns too.
    /// </summary>
    [Id(6)]
    public IReadOnlyList<PolicyReference> Opponents { get; init => field = Lists.Fixed(value); } = [];

    /// <summary>A frozen pool of partners, for methods that train with one; empty for others.</summary>
    [Id(7)]
    public IReadOnlyList<PolicyReference> Partners { get; init => field = Lists.Fixed(value); } = [];

    /// <summary>Rounds after which agents keep their policy for good, besides the last; ascending, each at least 1.</summary>
    [Id(8)]
    public IReadOnlyList<int> Snapshots { get; init => field = Lists.Fixed(value); } = [];

    /// <summary>The plug-ins that its environment and its method come from, by name; empty where both are built in.</summary>
    [Id(9)]
    public IReadOnlyList<PluginReference> Plugins { get; init => field = Lists.Fixed(value); } = [];

    /// <summary>Where the policies come from, where other programs have trained them: of every file one, in the order of seats. Null for populations that are trained here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(10)]
    public IReadOnlyList<ImportedPolicy>? Imported { get; init => field = value is null ? null : Lists.Fixed(value); }

    /// <summary>
    /// All problems of the spec in itself, none if it can be used. What its method refuses is checked with the method, the environment's
    /// definition where it is built.
    /// </summary>
    public IReadOnlyList<SettingsProblem> Validate()
    {
        var problems = new List<SettingsProblem>(Training.Validate());
        if (!IsValidName(Population))
            problems.Add(new SettingsProblem("population", Population is { Length: > 100 } ? $"a name of {Population.Length} characters is too long" : $"'{Population}' is not a valid name", "use 1 to 100 letters, digits, '-', '_' or '.', not beginning with '.'"));
        if (Teams is < 1 or > 10_000)
            problems.Add(new SettingsProblem("seeds", $"{Teams} teams are out of range", "use a whole number from 1 to 10000"));
        if (CheckpointInterval < 1)
            problems.Add(new SettingsProblem("checkpointInterval", $"{CheckpointInterval} is out of range", "use a whole number of at least 1"));
        if (Opponents.Count > 64) problems.Add(new SettingsProblem("opponents", $"{Opponents.Count} frozen opponents are out of range", "use at most 64"));
        if (Partners.Count > 1000) problems.Add(new SettingsProblem("partners", $"{Partners.Count} frozen partners are out of range", "use at most 1000"));
        var wrong = Opponents.Concat(Partners).Where(reference => reference is not { IsValid: true }).ToList();
        if (wrong.Count > 0)
        {
            var agent = wrong[0]?.Agent;
            problems.Add(new SettingsProblem(
                "opponents and partners", $"'{(agent?.Length > 80 ? agent[..80] + "..." : agent)}' after round {wrong[0]?.Round} names no policy", "use POPULATION/TEAM/SEAT and a round from 1"));
        }

        if (Snapshots.Count > 100 || Snapshots.Any(round => round < 1 || round >= Training.Iterations) || Snapshots.Zip(Snapshots.Skip(1)).Any(pair => pair.First >= pair.Second))
            problems.Add(new SettingsProblem("snapshots", $"[{string.Join(", ", Snapshots.Take(10))}] is out of range", $"use at most 100 ascending rounds from 1 to {Training.Iterations - 1}"));
        if (Plugins is { Count: > 2 } || Plugins?.Any(plugin => plugin is not { Version: { Length: <= 100 }, Hash: { Length: 64 } } || !IsValidName(plugin.Name)) == true)
            problems.Add(new SettingsProblem("plugins", $"[{string.Join(", ", Plugins.Take(2).Select(plugin => plugin?.Name))}] are no plug-ins", "name at most two, with version and hash"));
        if (Imported is { } files && (files.Count is 0 or > 64 || files.Any(file => file is not { File.Length: > 0, Sha256.Length: 64, Names.Length: <= 1 << 16, Imported.Length: > 0 and <= 40 } || file.File.Length > 1000)))
            problems.Add(new SettingsProblem("imported", $"{files.Count} files are named, or one lacks its name, hash, names map or date", "name 1 to 64 files as `srpo import` does"));
        else if (Imported?.Any(file => file.Graph is not null) == true)
            problems.AddRange(Graphs(Imported));
        if (Imported?.FirstOrDefault(file => file?.Scripted is not null)?.Scripted is { } scripted)
        {
            if (Imported is not [{ Graph: null }]) problems.Add(new SettingsProblem("imported.scripted", "a scripted player plays all seats of its population, and is named together with others", "import each as a population of its own"));
            else if (scripted.Problem() is { } problem) problems.Add(new SettingsProblem("imported.scripted", problem, "import the player again"));
            else if (scripted.Plugin is { } plugin && Plugins?.Contains(plugin) != true) problems.Add(new SettingsProblem("plugins", $"the {scripted} is named, and its plug-in is not", "import the player again"));
        }

        return problems;
    }

    /// <summary>Agents of a population are made of one thing: all are graphs that are asked in the same way, or none is.</summary>
    private static IEnumerable<SettingsProblem> Graphs(IReadOnlyList<ImportedPolicy> files)
    {
        var first = files[0].Graph;
        if (files.Any(file => file.Graph is null || first is null || file.Graph with { Bytes = 0 } != first with { Bytes = 0 }))
            yield return new SettingsProblem("imported.graph", "some files are ONNX graphs and others are not, or they are not asked in the same way", "import them as populations of their own");
        else if (files.Select(file => file.Graph!.Problem()).FirstOrDefault(problem => problem is not null) is { } wrong)
            yield return new SettingsProblem("imported.graph", wrong, "import the file again");
    }

    /// <inheritdoc/>
    public bool Equals(PopulationSpec? other) =>
        other is not null && Population == other.Population && Environment == other.Environment && Training == other.Training
        && Teams == other.Teams && Seed == other.Seed && CheckpointInterval == other.CheckpointInterval
        && Lists.Same(Opponents, other.Opponents) && Lists.Same(Partners, other.Partners) && Lists.Same(Snapshots, other.Snapshots)
        && Lists.Same(Plugins, other.Plugins) && Lists.Same(Imported, other.Imported);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Population, Environment, Training, Teams, Seed, CheckpointInterval);

    /// <summary>Whether a text can name a population, run or tournament: it becomes part of file names and grain keys.</summary>
    public static bool IsValidName(string? name) =>
        name is { Length: >= 1 and <= 100 } && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
