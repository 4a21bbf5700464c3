using System.Collections.Immutable;

namespace Srpo.Reporting.Equilibria;

/// <summary>Equilibria of one game along tau, as plain numbers: what the figures, tables and files of a sweep show.</summary>
/// <param name="Game">The game's name.</param>
/// <param name="Kind">"matrix" (finitely many actions), "aggregative" or "quadratic" (Gaussian strategies).</param>
/// <param name="Epsilon">[players] bounded rationality.</param>
/// <param name="StrategyNames">
/// [players][numbers] what the numbers of a strategy are: names of the actions whose probabilities they are, or "mean", "variance" of
/// Gaussian strategies.
/// </param>
/// <param name="Branches">Connected families of equilibria.</param>
public sealed record EquilibriumSweep(
    string Game,
    string Kind,
    ImmutableArray<double> Epsilon,
    ImmutableArray<ImmutableArray<string>> StrategyNames,
    ImmutableArray<SweepBranch> Branches)
{
    /// <summary>One line for people; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <summary>Whether the taus have equal ratios rather than equal differences.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Where equilibria appear, vanish or change stability.</summary>
    public ImmutableArray<SweepBifurcation> Bifurcations { get; init; } = [];

    /// <summary>Upper bound of the free-riding degree by Theorem 4.2, ascending in tau; empty where the theorem does not apply.</summary>
    public ImmutableArray<SweepBound> FreeRidingBound { get; init; } = [];

    /// <summary>The tau from which there is no equilibrium any more (condition (14)); null if there is none, or where this does not apply.</summary>
    public double? LargestTau { get; init; }

    /// <summary>The tau of the highest total utility, if it lies inside; null elsewhere.</summary>
    public SweepPeak? Peak { get; init; }

    /// <summary>Whether nothing was found to be missing.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Sentences for the reader: what was cut off, what the theory says.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The command that makes it again; empty for none.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>What computed it, name and version.</summary>
    public ImmutableSortedDictionary<string, string> Versions { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Number of players.</summary>
    public int Players => StrategyNames.Length;

    /// <summary>Whether the strategies are Gaussian rather than probabilities of actions.</summary>
    public bool IsGaussian => Kind != "matrix";
}

/// <summary>A connected family of equilibria.</summary>
/// <param name="Points">In the order along the branch; tau may turn back at a fold.</param>
public sealed record SweepBranch(ImmutableArray<SweepPoint> Points);

/// <summary>An equilibrium of a sweep.</summary>
/// <param name="Tau">Risk aversion of all players.</param>
/// <param name="IsStable">Whether damped best response dynamics return to it; null where that is not known.</param>
/// <param name="Strategies">[players][numbers] as <see cref="EquilibriumSweep.StrategyNames"/> says.</param>
/// <param name="Utilities">[players] expected utility: reward minus private cost.</param>
/// <param name="SharedReward">Expected shared reward; null if there is none.</param>
/// <param name="PrivateCosts">[players] expected private cost.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs.</param>
public sealed record SweepPoint(
    double Tau,
    bool? IsStable,
    ImmutableArray<ImmutableArray<double>> Strategies,
    ImmutableArray<double> Utilities,
    double? SharedReward,
    ImmutableArray<double> PrivateCosts,
    double FreeRiding);

/// <summary>A point where branches meet or end.</summary>
/// <param name="Tau">Where.</param>
/// <param name="Kind">In words: "fold", "supercritical pitchfork", ...</param>
/// <param name="Strategies">[players][numbers] the equilibrium there.</param>
public sealed record SweepBifurcation(double Tau, string Kind, ImmutableArray<ImmutableArray<double>> Strategies);

/// <summary>A bound at one tau.</summary>
/// <param name="Tau">Risk aversion of all players.</param>
/// <param name="Degree">No equilibrium has a free-riding degree above it.</param>
public readonly record struct SweepBound(double Tau, double Degree);

/// <summary>Where total utility per player is highest.</summary>
/// <param name="Tau">Risk aversion of all players.</param>
/// <param name="Utility">Mean of the players' expected utilities.</param>
/// <param name="SharedReward">Expected shared reward there; null if there is none.</param>
public sealed record SweepPeak(double Tau, double Utility, double? SharedReward);
