using System.Collections.Immutable;
using Srpo.Core.Settings;
using Srpo.Core.Statistics;

namespace Srpo.Core.Results;

/// <summary>The key numbers of an experiment.</summary>
/// <param name="Info">What was run, when and how.</param>
/// <param name="Layouts">One entry per cross-play matrix, in order.</param>
/// <param name="Learning">One entry per method with learning curves.</param>
/// <param name="Bootstrap">How the intervals were made.</param>
public sealed record RunSummary(
    RunInfo Info, ImmutableArray<LayoutSummary> Layouts, ImmutableArray<LearningSummary> Learning, BootstrapOptions Bootstrap)
{
    /// <summary>One entry per population of a game with one state: how near its learned strategies are to an equilibrium.</summary>
    public ImmutableArray<EquilibriumSummary> Equilibria { get; init; } = [];

    /// <summary>One entry per layout that was played against opponents not seen in training; empty elsewhere.</summary>
    public ImmutableArray<ShiftSummary> Shifts { get; init; } = [];

    /// <summary>The populations, where they are debaters: returns are then joint accuracies; empty elsewhere.</summary>
    public ImmutableArray<DebaterPopulation> Debaters { get; init; } = [];

    /// <summary>Labels of the methods whose comparison opens reports.</summary>
    public ImmutableArray<string> Headline { get; init; } = [];

    /// <summary>Whether anybody paid private costs: without, they and free-riding mean nothing.</summary>
    public bool HasCosts => Layouts.Any(layout => layout.Methods.Any(method => method.PrivateCost is { Total: > 0 } || method.CrossPlay.FreeRiding > 0));

    /// <summary>Whether the populations are debaters.</summary>
    public bool AreDebates => !Debaters.IsEmpty;

    /// <summary>One entry per layout that was debated; empty elsewhere.</summary>
    public ImmutableArray<DebateResults> Debates { get; init; } = [];

    /// <summary>One entry per population of debaters with validation debates; empty elsewhere.</summary>
    public ImmutableArray<DebateLearning> DebateLearning { get; init; } = [];

    /// <summary>What is missing in the results, and why, a sentence each.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Environment steps per second of training; null when no training time was given.</summary>
    public double? EnvStepsPerSecond => Info.TrainingSeconds > 0 ? Info.EnvSteps / Info.TrainingSeconds : null;

    /// <summary>The layout with this name, or null.</summary>
    public LayoutSummary? Layout(string name) => Layouts.FirstOrDefault(layout => layout.Layout == name);
}

/// <summary>The key numbers of one layout.</summary>
/// <param name="Layout">Name of the layout.</param>
/// <param name="Methods">One entry per method.</param>
/// <param name="Between">One entry per ordered pair of different methods.</param>
public sealed record LayoutSummary(
    string Layout, ImmutableArray<MethodSummary> Methods, ImmutableArray<BetweenSummary> Between)
{
    /// <summary>What an entry of the matrix means, in words: who sits where.</summary>
    public string Seating { get; init; } = CrossPlayMatrix.OrderedSeating;

    /// <summary>Whether one seat is the row's and the other the column's.</summary>
    public bool IsOrdered => Seating == CrossPlayMatrix.OrderedSeating;

    /// <summary>Different pairs of different runs behind a method's cross-play: where both sit in all seats, two cells are of the same pair.</summary>
    /// <param name="method">The method.</param>
    public int Pairs(MethodSummary method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return IsOrdered ? method.CrossPlay.Cells : method.CrossPlay.Cells / 2;
    }

    /// <summary>Episodes of a pair, the most that any has.</summary>
    public int Episodes { get; init; }

    /// <summary>The frozen opponents of all pairs; null where there are none.</summary>
    public string? Opponents { get; init; }

    /// <summary>Whether the runs were not trained against these opponents.</summary>
    public bool UnseenOpponents { get; init; }

    /// <summary>How everybody acted.</summary>
    public ActionChoice Actions { get; init; }

    /// <summary>The two methods with the highest means in cross-play; null with fewer than two.</summary>
    public Lead? Lead { get; init; }

    /// <summary>The comparison of the headline on this layout, its first two methods, the better one first; null where one of them has no cross-play.</summary>
    public Lead? Headline { get; init; }

    /// <summary>Performance profiles of the methods with cross-play, all at the same thresholds.</summary>
    public ImmutableArray<MethodProfile> Profiles { get; init; } = [];

    /// <summary>How likely a run of the headline's first method does better than one of each other method.</summary>
    public ImmutableArray<MethodImprovement> Improvements { get; init; } = [];

    /// <summary>Which weights each run played with, by the run's label; empty where nobody noted them.</summary>
    public ImmutableArray<(AgentLabel Run, RunWeights Weights)> Weights { get; init; } = [];

    /// <summary>The method with this key, or null.</summary>
    public MethodSummary? Method(string method) => Methods.FirstOrDefault(summary => summary.Method == method);
}

/// <summary>A method's performance profile in cross-play.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Points">The share of pairs of different runs above each threshold, ascending.</param>
public sealed record MethodProfile(string Method, ImmutableArray<ProfilePoint> Points);

/// <summary>How likely a run of one method does better in cross-play than a run of another.</summary>
/// <param name="First">The one.</param>
/// <param name="Second">The other.</param>
/// <param name="Improvement">The probability.</param>
public sealed record MethodImprovement(string First, string Second, Improvement Improvement);

/// <summary>How far the method with the highest mean in cross-play is ahead of the next.</summary>
/// <param name="First">The method that is ahead.</param>
/// <param name="Second">The next.</param>
/// <param name="Difference">Difference of their means, not negative.</param>
/// <param name="Interval">Bootstrap interval of the difference; null with fewer than three runs of either.</param>
/// <param name="Runs">Runs of the one that has fewer.</param>
public sealed record Lead(string First, string Second, double Difference, Interval? Interval, int Runs)
{
    /// <summary>Fewer runs than this say little, whatever their interval.</summary>
    public const int EnoughRuns = 10;

    /// <summary>Whether chance is ruled out: there is an interval, and 0 is not in it.</summary>
    public bool IsDecisive => Interval is { } interval && !interval.Contains(0);

    /// <summary>Whether the runs are so few that intervals are rough.</summary>
    public bool HasFewRuns => Runs < EnoughRuns;
}

/// <summary>The key numbers of one method's own block on one layout.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Runs">Runs that play on both sides of the block.</param>
/// <param name="SelfPlay">The diagonal: a run with itself.</param>
/// <param name="CrossPlay">Off the diagonal: a run with another run of the same method.</param>
/// <param name="PrivateCost">Self-play: mean private cost of each seat; null when nothing was played.</param>
public sealed record MethodSummary(
    string Method, int Runs, BlockSummary SelfPlay, BlockSummary CrossPlay, SeatPair? PrivateCost)
{
    /// <summary>Self-play: mean over runs of |cost of seat 0 - cost of seat 1|; null when nothing was played.</summary>
    public double? FreeRiding => SelfPlay.FreeRiding;

    /// <summary>Mean of self-play minus mean of cross-play: what a stranger costs; null when one of them was not played.</summary>
    public double? Gap => SelfPlay.Mean - CrossPlay.Mean;
}

/// <summary>Seat 0 from one method, seat 1 from another.</summary>
/// <param name="Method0">The method in seat 0.</param>
/// <param name="Method1">The method in seat 1.</param>
/// <param name="Block">The numbers.</param>
public sealed record BetweenSummary(string Method0, string Method1, BlockSummary Block)
{
    /// <summary>The pair as text, for instance <c>ippo x srpo</c>: seat 0 first.</summary>
    public string Name => $"{Method0} x {Method1}";
}

/// <summary>
/// Statistics over a set of cells of a cross-play matrix, each cell the mean of its episodes. Null is "there is no such
/// number": no cells, or for the intervals too few runs.
/// </summary>
/// <param name="Cells">Number of cells that were played.</param>
/// <param name="Mean">Mean of the cells.</param>
/// <param name="Std">Standard deviation of the cells (population: divided by their number).</param>
/// <param name="Min">The worst cell.</param>
/// <param name="InterquartileMean">Mean of the middle half of the cells.</param>
/// <param name="Interval">Bootstrap interval of the interquartile mean.</param>
/// <param name="MeanInterval">Bootstrap interval of the mean.</param>
/// <param name="FreeRiding">Mean of |cost of seat 0 - cost of seat 1| over the cells.</param>
public sealed record BlockSummary(
    int Cells, double? Mean, double? Std, double? Min, double? InterquartileMean,
    Interval? Interval, Interval? MeanInterval, double? FreeRiding)
{
    /// <summary>A block without cells.</summary>
    public static BlockSummary Empty { get; } = new(0, null, null, null, null, null, null, null);

    /// <summary>Who makes the worst cell, the first of equals; null where no cell was played, or where cells of several matrices are taken together.</summary>
    public RunPair? Worst { get; init; }
}

/// <summary>Two runs that play with each other.</summary>
/// <param name="Row">The run of the matrix' row; in seat 0 where seats are ordered.</param>
/// <param name="Column">The run of its column.</param>
public readonly record struct RunPair(AgentLabel Row, AgentLabel Column)
{
    /// <summary>The pair as text, for instance <c>ippo/0 x ippo/3</c>.</summary>
    public override string ToString() => $"{Row} x {Column}";
}

/// <summary>The end of the learning curves of one method.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Runs">Runs with at least one point.</param>
/// <param name="EnvSteps">Environment steps of a run at its last point, the largest over runs.</param>
/// <param name="AgentSteps">Interactions per agent at the last point, the largest over runs.</param>
/// <param name="FinalReturn">Mean over runs of the last point's return.</param>
/// <param name="FinalStd">Standard deviation over runs of the last point's return (population).</param>
public sealed record LearningSummary(
    string Method, int Runs, long EnvSteps, long AgentSteps, double? FinalReturn, double? FinalStd)
{
    /// <summary>Mean over runs of the return before training; null where no curve begins there.</summary>
    public double? FirstReturn { get; init; }

    /// <summary>Steps from which a policy learned, at the last point, the largest over runs.</summary>
    public long PolicySteps { get; init; }

    /// <summary>The return where all methods have had equally many environment steps; null for opponents.</summary>
    public ReturnAt? AtEqualEnvSteps { get; init; }

    /// <summary>The return where the policies of all methods have learned from equally many steps; null for opponents.</summary>
    public ReturnAt? AtEqualPolicySteps { get; init; }
}

/// <summary>The return of a method's runs after some steps of training.</summary>
/// <param name="Steps">The steps.</param>
/// <param name="Runs">Runs that have come so far.</param>
/// <param name="Mean">Mean over them.</param>
/// <param name="Interval">Bootstrap interval of the mean over runs; null with fewer than two.</param>
public sealed record ReturnAt(long Steps, int Runs, double Mean, Interval? Interval);
