using System.Collections.Immutable;
using System.Globalization;
using Srpo.Reporting.Equilibria;

namespace Srpo.Reporting.Figures;

/// <summary>
/// The figures of equilibria along tau (Qu et al., arXiv 2602.21515, Fig. 1). Each takes further series, such as learned
/// strategies as markers, which are drawn above the branches and named in the legend.
/// </summary>
public static class EquilibriumFigures
{
    private const string XTitle = "risk aversion τ";
    private const int AlikeColour = 3;

    /// <summary>Strategies of players count as one another's mirror image, or as alike, up to this difference.</summary>
    private const double Alike = 1e-5;

    /// <summary>All figures of a sweep with their titles; the first is the main one.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static ImmutableArray<(string Title, LineChartSpec Chart)> All(EquilibriumSweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var figures = ImmutableArray.CreateBuilder<(string, LineChartSpec)>();
        if (sweep.IsGaussian)
        {
            figures.Add(("Reward and utility against risk aversion", Welfare(sweep)));
            figures.Add(("Means of the strategies", Means(sweep)));
            return figures.ToImmutable();
        }

        var hasTwoActions = sweep.StrategyNames.All(names => names.Length == 2);
        if (hasTwoActions) figures.Add(($"Equilibria against risk aversion", Probabilities(sweep)));
        if (sweep.Branches.Any(branch => branch.Points.Any(point => point.FreeRiding > 0))) figures.Add(("Free-riding", FreeRiding(sweep)));
        if (!hasTwoActions)
        {
            for (var player = 0; player < sweep.Players; player++)
                figures.Add((string.Create(CultureInfo.InvariantCulture, $"Strategy of player {player}"), Strategy(sweep, player)));
        }

        figures.Add((HasReward(sweep) ? "Reward and utility against risk aversion" : "Utility against risk aversion", Welfare(sweep)));
        return figures.ToImmutable();
    }

    /// <summary>Games of two actions: every player's probability of her first action. Branches that only exchange the players are drawn once.</summary>
    /// <param name="sweep">The equilibria.</param>
    /// <param name="extra">Further series.</param>
    public static LineChartSpec Probabilities(EquilibriumSweep sweep, params IReadOnlyCollection<LineSeries> extra)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(extra);
        var lines = new BranchLines();
        var all = sweep.Players == 2 ? "both players" : "all players";
        foreach (var branch in WithoutMirrorImages(sweep))
        {
            for (var player = 0; player < sweep.Players; player++)
            {
                var (own, colour) = (player, Colour(player));
                lines.Add(
                    branch.Points,
                    point => !AreAlike(point) ? (PlayerName(own), colour) : own == 0 ? (all, AlikeColour) : (null, 0),
                    point => point.Strategies[own][0]);
            }
        }

        var action = sweep.StrategyNames[0][0];
        return new(
            $"Equilibria of {sweep.Game}: probability of {action} of every player against tau; the numbers are in sweep.csv",
            new(XTitle, sweep.IsLogarithmic), new($"probability of '{action}'") { Low = 0, High = 1 },
            [.. InOrder(lines.Series()), .. Markers(sweep, bifurcation => bifurcation.Strategies.Select(strategy => strategy[0])), .. extra])
        { Height = 400 };
    }

    /// <summary>The free-riding degree of the equilibria with the bound of Theorem 4.2.</summary>
    /// <param name="sweep">The equilibria.</param>
    /// <param name="extra">Further series.</param>
    public static LineChartSpec FreeRiding(EquilibriumSweep sweep, params IReadOnlyCollection<LineSeries> extra)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(extra);
        var lines = new BranchLines();
        foreach (var branch in sweep.Branches) lines.Add(branch.Points, _ => ("equilibria", 1), point => point.FreeRiding);
        IEnumerable<LineSeries> bound = sweep.FreeRidingBound.IsEmpty
            ? []
            : [new LineSeries("bound of Theorem 4.2", 6, [.. Thin(sweep.FreeRidingBound).Select(point => new ChartPoint(point.Tau, point.Degree))])];
        return new(
            $"Free-riding degree of the equilibria of {sweep.Game} against tau; the numbers are in sweep.csv",
            new(XTitle, sweep.IsLogarithmic), new("largest difference of expected private costs"), [.. lines.Series(), .. bound, .. extra])
        { Height = 300 };
    }

    /// <summary>A player's probabilities of all her actions.</summary>
    /// <param name="sweep">The equilibria.</param>
    /// <param name="player">From 0.</param>
    public static LineChartSpec Strategy(EquilibriumSweep sweep, int player)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var lines = new BranchLines();
        var names = sweep.StrategyNames[player];
        foreach (var branch in sweep.Branches)
        {
            for (var action = 0; action < names.Length; action++)
            {
                var own = action;
                lines.Add(branch.Points, _ => (names[own], Colour(own)), point => point.Strategies[player][own]);
            }
        }

        return new(
            string.Create(CultureInfo.InvariantCulture, $"Probabilities of the actions of player {player} in the equilibria of {sweep.Game} against tau"),
            new(XTitle, sweep.IsLogarithmic), new("probability") { Low = 0, High = 1 }, lines.Series())
        { Height = 300, ShowLegend = names.Length <= Palette.Size };
    }

    /// <summary>Expected shared reward and total utility per player, the peak and the largest admissible tau (Fig. 1(i)).</summary>
    /// <param name="sweep">The equilibria.</param>
    /// <param name="extra">Further series.</param>
    public static LineChartSpec Welfare(EquilibriumSweep sweep, params IReadOnlyCollection<LineSeries> extra)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(extra);
        var lines = new BranchLines();
        foreach (var branch in sweep.Branches)
        {
            if (HasReward(sweep)) lines.Add(branch.Points, _ => ("shared reward", 3), point => point.SharedReward ?? double.NaN);
            lines.Add(branch.Points, _ => ("utility, mean of the players", 1), point => point.Utilities.Average());
        }

        IEnumerable<LineSeries> peak = sweep.Peak is { } top
            ? [new LineSeries("highest utility", 1, [new(top.Tau, top.Utility)]) { Line = LineStyle.None, Marker = MarkerStyle.Circle }]
            : [];
        return new(
            $"Expected reward and utility in the equilibria of {sweep.Game} against tau; the numbers are in sweep.csv",
            new(XTitle, sweep.IsLogarithmic), new("expected value"), [.. InOrder(lines.Series()), .. peak, .. extra])
        { Height = sweep.IsGaussian ? 400 : 300, VerticalLines = Limit(sweep) };
    }

    /// <summary>Means of Gaussian strategies; players who are alike are drawn once.</summary>
    /// <param name="sweep">The equilibria.</param>
    public static LineChartSpec Means(EquilibriumSweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        var lines = new BranchLines();
        var colour = 0;
        foreach (var branch in sweep.Branches)
        {
            var alike = branch.Points.All(AreAlike);
            for (var player = 0; player < (alike ? 1 : Math.Min(sweep.Players, Palette.Size)); player++)
            {
                for (var number = 0; number < sweep.StrategyNames[player].Length; number++)
                {
                    var name = sweep.StrategyNames[player][number];
                    if (!name.StartsWith("mean", StringComparison.Ordinal)) continue;
                    var (own, at, shade) = (player, number, (colour++ % Palette.Size) + 1);
                    lines.Add(branch.Points, _ => (alike ? $"{name}, every player" : $"{name}, {PlayerName(own)}", shade), point => point.Strategies[own][at]);
                }
            }
        }

        return new(
            $"Means of the Gaussian strategies in the equilibria of {sweep.Game} against tau",
            new(XTitle, sweep.IsLogarithmic), new("mean action"), lines.Series())
        { Height = 300, VerticalLines = Limit(sweep), ShowLegend = colour <= 6 };
    }

    /// <summary>One marker for each kind of bifurcation, at the heights given.</summary>
    private static IEnumerable<LineSeries> Markers(EquilibriumSweep sweep, Func<SweepBifurcation, IEnumerable<double>> heights) => sweep.Bifurcations
        .GroupBy(bifurcation => bifurcation.Kind)
        .Select(group => new LineSeries(group.Key, 5,
            [.. group.SelectMany(one => heights(one).Select(y => new ChartPoint(one.Tau, y))).DistinctBy(point => (Math.Round(point.X, 5), Math.Round(point.Y, 4)))])
        {
            Line = LineStyle.None,
            Marker = group.Key switch
            {
                "fold" => MarkerStyle.Triangle,
                "supercritical pitchfork" => MarkerStyle.Circle,
                "subcritical pitchfork" => MarkerStyle.Square,
                _ => MarkerStyle.Ring,
            },
        });

    /// <summary>The largest admissible tau as a line, unless it lies so far out that it would squeeze the curves.</summary>
    private static ImmutableArray<ReferenceLine> Limit(EquilibriumSweep sweep)
    {
        if (sweep.LargestTau is not { } largest || !double.IsFinite(largest)) return [];
        var last = sweep.Branches.SelectMany(branch => branch.Points).Select(point => point.Tau).DefaultIfEmpty(0).Max();
        return largest <= 1.4 * last
            ? [new(largest, string.Create(CultureInfo.InvariantCulture, $"no equilibrium from τ = {largest:0.####}"))]
            : [];
    }

    /// <summary>Branches of which no earlier one is an image under an exchange of players.</summary>
    private static List<SweepBranch> WithoutMirrorImages(EquilibriumSweep sweep)
    {
        var kept = new List<SweepBranch>();
        foreach (var branch in sweep.Branches)
        {
            if (!branch.Points.IsEmpty && !kept.Any(earlier => IsImage(earlier, branch))) kept.Add(branch);
        }

        return kept;
    }

    private static bool IsImage(SweepBranch one, SweepBranch other)
    {
        if (one.Points.Length != other.Points.Length) return false;
        for (var i = 0; i < one.Points.Length; i++)
        {
            if (Math.Abs(one.Points[i].Tau - other.Points[i].Tau) > Alike) return false;
            var (first, second) = (Sorted(one.Points[i]), Sorted(other.Points[i]));
            if (first.Length != second.Length || first.Zip(second).Any(pair => Math.Abs(pair.First - pair.Second) > Alike)) return false;
        }

        return true;

        static double[] Sorted(SweepPoint point) => [.. point.Strategies.Select(strategy => strategy[0]).Order()];
    }

    private static bool AreAlike(SweepPoint point) => point.Strategies.All(strategy =>
        strategy.Length == point.Strategies[0].Length && strategy.Zip(point.Strategies[0]).All(pair => Math.Abs(pair.First - pair.Second) < Alike));

    private static bool HasReward(EquilibriumSweep sweep) => sweep.Branches.Any(branch => branch.Points.Any(point => point.SharedReward is not null));

    /// <summary>The legend's names in order, whatever branch came first.</summary>
    private static IEnumerable<LineSeries> InOrder(ImmutableArray<LineSeries> series) =>
        series.OrderBy(line => line.Name == "unstable" ? 1 : 0).ThenBy(line => line.Name, StringComparer.Ordinal);

    private static IEnumerable<SweepBound> Thin(ImmutableArray<SweepBound> points)
    {
        var every = Math.Max(1, points.Length / 600);
        return points.Where((_, index) => index % every == 0 || index == points.Length - 1);
    }

    private static int Colour(int index) => (index switch { 0 => 0, 1 => 1, _ => index + 1 }) % Palette.Size + 1;

    private static string PlayerName(int player) => string.Create(CultureInfo.InvariantCulture, $"player {player}");
}
