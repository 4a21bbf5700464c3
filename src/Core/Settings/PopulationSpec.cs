namespace Srpo.Core.Settings;

/// <summary>
/// A population: a number of teams trained apart from each other with the same settings and different seeds. Complete in
/// itself and immutable; two runs of equal specs give the same bits.
/// </summary>
public sealed record PopulationSpec
{
    /// <summary>Name, unique in a data directory or cluster: letters, digits, '-', '_' and '.', at most 100 characters.</summary>
    public required string Population { get; init; }

    /// <summary>The environment with its full definition.</summary>
    public required EnvironmentSettings Environment { get; init; }

    /// <summary>How every team is trained.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>Number of teams (training runs with different random streams), 1 to 10000.</summary>
    public required int Teams { get; init; }

    /// <summary>Seed of the whole population.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Rounds between checkpoints of a team, at least 1.</summary>
    public int CheckpointInterval { get; init; } = 250;

    /// <summary>All problems of the spec, none if it can be used. The environment's definition is checked where it is built.</summary>
    public IReadOnlyList<SettingsProblem> Validate()
    {
        var problems = new List<SettingsProblem>(Training.Validate());
        if (!IsValidName(Population))
            problems.Add(new SettingsProblem("population", Population is { Length: > 100 } ? $"a name of {Population.Length} characters is too long" : $"'{Population}' is not a valid name", "use 1 to 100 letters, digits, '-', '_' or '.', not beginning with '.'"));
        if (Teams is < 1 or > 10_000)
            problems.Add(new SettingsProblem("seeds", $"{Teams} teams are out of range", "use a whole number from 1 to 10000"));
        if (CheckpointInterval < 1)
            problems.Add(new SettingsProblem("checkpointInterval", $"{CheckpointInterval} is out of range", "use a whole number of at least 1"));
        return problems;
    }

    /// <summary>Whether a text can name a population, run or tournament: it becomes part of file names and grain keys.</summary>
    public static bool IsValidName(string? name) =>
        name is { Length: >= 1 and <= 100 } && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
