using Srpo.Games;
using Srpo.Games.Files;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Reporting.Text;

namespace Srpo.Experiments.Equilibria;

/// <summary>Solves finite games for `srpo rqe solve`.</summary>
public static class FiniteSolution
{
    /// <summary>Up to so many joint actions the limits cost next to nothing.</summary>
    private const int MostForLimits = 256;

    /// <summary>All equilibria that are found, with bounds and limits.</summary>
    /// <param name="file">A game with finitely many actions.</param>
    /// <param name="risk">tau and epsilon of its players.</param>
    /// <param name="options">How to search where the search is not complete by itself.</param>
    public static SolvedGame Solve(GameFile file, RiskProfile risk, SearchOptions options)
    {
        var game = file.Finite!;
        var search = RqeSolver.FindAll(game, risk, options);
        var (bounds, reason) = Bounds(game, risk);
        return new SolvedGame
        {
            Game = file.Name,
            Kind = file.Kind,
            Tau = risk.Tau,
            Epsilon = risk.Epsilon,
            Actions = [.. game.ActionNames.Select(names => (IReadOnlyList<string>)names)],
            Equilibria = [.. search.Equilibria.Select(equilibrium => Shown(game, equilibrium))],
            Complete = search.IsComplete,
            Starts = search.Starts,
            Converged = search.Converged,
            Bounds = bounds,
            BoundsReason = reason,
            Unique = search.IsComplete ? search.Equilibria.Length == 1 : null,
            Limits = game.JointActions <= MostForLimits ? Limits(game) : null,
        };
    }

    private static SolvedEquilibrium Shown(FiniteGame game, FiniteEquilibrium one) => new(
        [.. one.Strategies.Select(strategy => (object)strategy)],
        one.Utilities, one.RiskAdjusted, one.Objectives, one.SharedReward, one.PrivateCosts, one.FreeRiding, one.Residual, one.IsStable)
    {
        Shown = [.. one.Strategies.Select((strategy, player) => string.Join(", ", strategy.Zip(game.ActionNames[player]).Select(pair => $"{pair.Second} {Numbers.Fixed(pair.First, 6)}")))],
    };

    private static (SolvedBounds? Bounds, string? Reason) Bounds(FiniteGame game, RiskProfile risk)
    {
        if (game.Players != 2) return (null, "the theorem is about two players");
        if (!FreeRidingBound.IsSymmetric(game)) return (null, "the theorem is about symmetric games: the same actions, payoffs and costs for both players");
        if (risk.Epsilon[0] != risk.Epsilon[1]) return (null, "the theorem needs the same epsilon for both players");
        var bound = new FreeRidingBound(game, risk.Epsilon[0]);
        return (new SolvedBounds(
            bound.Divergence, bound.Distance(risk.Tau[0], risk.Tau[1]), bound.Degree(risk.Tau[0], risk.Tau[1]), bound.ProbabilityFloor, bound.RewardRange, bound.CostRange), null);
    }

    private static SolvedLimits Limits(FiniteGame game) => new(
        game.Players == 2 && game.Actions.Max() <= NashEquilibria.MaxActions
            ? [.. NashEquilibria.FindAll(game).Select(nash => new SolvedNash([.. nash.Strategies.Select(strategy => (IReadOnlyList<double>)strategy)], nash.Utilities))]
            : null,
        [.. Enumerable.Range(0, game.Players).Select(player => SecurityStrategy.Find(game, player)).Select(one => new SolvedSecurity(one.Strategy, one.Value))]);
}
