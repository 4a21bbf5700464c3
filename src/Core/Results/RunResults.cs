using System.Collections.Immutable;
using System.Text.Json;

namespace Srpo.Core.Results;

/// <summary>Everything that an experiment produced, as reports need it.</summary>
/// <param name="Info">What was run, when and how.</param>
/// <param name="Matrices">One cross-play matrix per layout, in the order in which reports show them.</param>
/// <param name="Curves">One learning curve per method and run.</param>
public sealed record RunResults(
    RunInfo Info, ImmutableArray<CrossPlayMatrix> Matrices, ImmutableArray<LearningCurve> Curves)
{
    /// <summary>Learned strategies beside equilibria, one per team, for games with one state; empty elsewhere.</summary>
    public ImmutableArray<LearnedStrategies> Strategies { get; init; } = [];

    /// <summary>Episodes to look at, in environments that are drawn in the plane; empty elsewhere.</summary>
    public ImmutableArray<RecordedEpisode> Episodes { get; init; } = [];

    /// <summary>The populations, where they are debaters; empty elsewhere.</summary>
    public ImmutableArray<DebaterPopulation> Debaters { get; init; } = [];

    /// <summary>The debates behind the matrices, one entry per layout, where there are any.</summary>
    public ImmutableArray<DebateMatches> Debates { get; init; } = [];

    /// <summary>What is missing in the results, and why, a sentence each.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>All methods, each once, in the order in which they first appear in matrices, then in curves.</summary>
    public ImmutableArray<string> Methods() =>
        [.. Matrices.SelectMany(matrix => matrix.Methods()).Concat(Curves.Select(curve => curve.Method)).Distinct()];
}

/// <summary>What was run, when and how. Nothing here is measured by the reports themselves.</summary>
public sealed record RunInfo
{
    /// <summary>The experiment's name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The run's identifier, for machines.</summary>
    public required string Id { get; init; }

    /// <summary>When the run started.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The command line that runs this experiment again; null leaves that section out.</summary>
    public string? CommandLine { get; init; }

    /// <summary>What reports call the populations.</summary>
    public PopulationNames Names { get; init; } = PopulationNames.None;

    /// <summary>Labels of the populations whose comparison opens reports, the first two against each other; empty to choose by their roles.</summary>
    public ImmutableArray<string> Headline { get; init; } = [];

    /// <summary>Labels of the populations whose training has not ended yet.</summary>
    public ImmutableArray<string> Unfinished { get; init; } = [];

    /// <summary>Labels of the populations that were not trained here: imported policies and scripted players.</summary>
    public ImmutableArray<string> Untrained { get; init; } = [];

    /// <summary>Training seeds (runs) per method.</summary>
    public int Seeds { get; init; }

    /// <summary>What an episode's return is, for axes and tables.</summary>
    public string Score { get; init; } = "sum of both seats' rewards";

    /// <summary>Environment steps of training, all runs of all methods together.</summary>
    public long EnvSteps { get; init; }

    /// <summary>Seconds spent in training.</summary>
    public double TrainingSeconds { get; init; }

    /// <summary>Seconds from start to end of the experiment, evaluation included.</summary>
    public double WallSeconds { get; init; }

    /// <summary>Versions of what took part: program, runtime, machine. Shown in the order of the keys.</summary>
    public ImmutableSortedDictionary<string, string> Versions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The experiment's settings as they were given; null when there are none.</summary>
    public JsonElement? Settings { get; init; }
}

/// <summary>What reports call populations, and which of them they set apart.</summary>
/// <param name="Known">Those that have a name besides their label.</param>
public sealed record PopulationNames(ImmutableArray<PopulationName> Known)
{
    /// <summary>Every population is called by its label.</summary>
    public static PopulationNames None { get; } = new([]);

    /// <summary>Label of the population that others are compared with, or null.</summary>
    public string? Baseline => Known.FirstOrDefault(name => name.Role == PopulationRole.Baseline)?.Label;

    /// <summary>The name of a population for people.</summary>
    public string Of(string label) => Known.FirstOrDefault(name => name.Label == label)?.Title ?? label;

    /// <summary>What a population is in its experiment.</summary>
    public PopulationRole Role(string label) => Known.FirstOrDefault(name => name.Label == label)?.Role ?? PopulationRole.Other;
}

/// <summary>What reports call a population.</summary>
/// <param name="Label">Its label in results.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Role">What it is in its experiment.</param>
public sealed record PopulationName(string Label, string Title, PopulationRole Role);

/// <summary>What a population is in its experiment.</summary>
public enum PopulationRole
{
    /// <summary>One among others.</summary>
    Other,

    /// <summary>What others are compared with.</summary>
    Baseline,

    /// <summary>What the experiment is about.</summary>
    Subject,

    /// <summary>What others play against, and so no method that is compared.</summary>
    Opponent,
}
