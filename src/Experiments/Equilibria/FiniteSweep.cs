using System.Collections.Immutable;
using Srpo.Games;
using Srpo.Games.Continuation;
using Srpo.Games.Finite;
using Srpo.Reporting.Equilibria;

namespace Srpo.Experiments.Equilibria;

/// <summary>Sweeps of finite games: the bifurcation diagram as plain numbers.</summary>
internal static class FiniteSweep
{
    /// <summary>Probabilities may differ by this much between a branch's last tau and the bifurcation where it ends.</summary>
    private const double FarthestEnd = 0.3;

    /// <summary>The equilibria of a game along tau.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">epsilon of its players; their tau is replaced.</param>
    /// <param name="taus">Risk aversions that all players share, ascending.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static EquilibriumSweep Compute(FiniteGame game, RiskProfile risk, IReadOnlyList<double> taus, CancellationToken cancellation = default)
    {
        var diagram = BifurcationDiagram.Compute(game, risk, taus, null, cancellation);
        return new EquilibriumSweep(game.Name, "matrix", risk.Epsilon, game.ActionNames,
            [.. diagram.Branches.Select(branch => new SweepBranch(WithEnds(game, risk, taus, [.. branch.Points.Select(Point)], diagram.Bifurcations)))])
        {
            Bifurcations = [.. diagram.Bifurcations.Select(one => new SweepBifurcation(one.Tau, Word(one.Kind), one.Strategies))],
            FreeRidingBound = Bound(game, risk, taus),
            IsComplete = diagram.IsComplete,
            Notes = diagram.IsComplete ? [] : ["Nothing proves that there are no other equilibria."],
        };
    }

    /// <summary>The bound of Theorem 4.2; empty for games that it is not about.</summary>
    public static ImmutableArray<SweepBound> Bound(FiniteGame game, RiskProfile risk, IReadOnlyList<double> taus)
    {
        if (game.Players != 2 || !FreeRidingBound.IsSymmetric(game) || risk.Epsilon[0] != risk.Epsilon[1]) return [];
        var bound = new FreeRidingBound(game, risk.Epsilon[0]);
        return [.. taus.Select(tau => new SweepBound(tau, bound.Degree(tau, tau)))];
    }

    /// <summary>A branch has points at the given taus only; where it ends between two of them it is continued to the bifurcation there.</summary>
    private static ImmutableArray<SweepPoint> WithEnds(
        FiniteGame game, RiskProfile risk, IReadOnlyList<double> taus, ImmutableArray<SweepPoint> points, ImmutableArray<Bifurcation> bifurcations)
    {
        var before = taus.Where(tau => tau < points[0].Tau).DefaultIfEmpty(double.NaN).Last();
        var after = taus.Where(tau => tau > points[^1].Tau).DefaultIfEmpty(double.NaN).First();
        if (Meeting(points[0], before) is { } first) points = points.Insert(0, first);
        if (Meeting(points[^1], after) is { } last) points = points.Add(last);
        return points;

        SweepPoint? Meeting(SweepPoint end, double beyond)
        {
            var (low, high) = (Math.Min(end.Tau, beyond), Math.Max(end.Tau, beyond));
            var nearest = bifurcations.Where(one => one.Tau > low && one.Tau < high).MinBy(one => Distance(one.Strategies, end.Strategies));
            if (nearest is null || Distance(nearest.Strategies, end.Strategies) > FarthestEnd) return null;
            var there = FiniteEquilibria.Assemble(game, risk.WithTau(nearest.Tau), [.. nearest.Strategies.Select(strategy => strategy.ToArray())]);
            return new SweepPoint(nearest.Tau, end.IsStable, there.Strategies, there.Utilities, there.SharedReward, there.PrivateCosts, there.FreeRiding);
        }
    }

    private static double Distance(ImmutableArray<ImmutableArray<double>> first, ImmutableArray<ImmutableArray<double>> second) =>
        first.Zip(second).Max(pair => pair.First.Zip(pair.Second).Max(both => Math.Abs(both.First - both.Second)));

    private static SweepPoint Point(DiagramPoint one) => new(
        one.Tau, one.IsStable, one.Strategies, one.Utilities, one.SharedReward, one.PrivateCosts, one.FreeRiding);

    private static string Word(BifurcationKind kind) => kind switch
    {
        BifurcationKind.Fold => "fold",
        BifurcationKind.SupercriticalPitchfork => "supercritical pitchfork",
        BifurcationKind.SubcriticalPitchfork => "subcritical pitchfork",
        _ => "transcritical",
    };
}
