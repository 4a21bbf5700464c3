using System.Globalization;
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
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ArgumentException">Doubles cannot hold the equilibria.</exception>
    /// <exception cref="NoEquilibriumException">None was found.</exception>
    public static SolvedGame Solve(GameFile file, RiskProfile risk, SearchOptions options, CancellationToken cancellation = default)
    {
        var game = file.Finite!;
        var search = RqeSolver.FindAll(game, risk, options, cancellation);
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
            Proof = Proof(search.Proof),
            Tolerance = new SolvedTolerance(SolverLimits.LogTolerance(game, risk), SolverLimits.GapTolerance),
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
        LogStrategies = [.. one.LogStrategies.Select(strategy => (IReadOnlyList<double>)strategy)],
        LogResidual = one.LogResidual,
        Gap = one.Gap,
        Shown = [.. one.LogStrategies.Select((logs, player) => string.Join(", ", logs.Zip(game.ActionNames[player]).Select(pair => $"{pair.Second} {Probability(pair.First)}")))],
    };

    /// <summary>A probability from its logarithm; one that rounds to 0 with its order of magnitude, which may be all that tells two equilibria apart.</summary>
    private static string Probability(double log)
    {
        const int decimals = 6;
        var exact = log / Math.Log(10);
        if (exact > -decimals) return Numbers.Fixed(Math.Exp(log), decimals);
        var exponent = Math.Floor(exact);
        return double.IsFinite(exponent) ? string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, exact - exponent):0.0}e{exponent}") : "0";
    }

    private static string? Proof(CompletenessProof proof) => proof switch
    {
        CompletenessProof.OneCrossing => "the players' best responses do not rise together, so they meet once",
        CompletenessProof.Intervals => "interval bounds exclude the rest of the line on which every equilibrium lies",
        _ => null,
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
        Security(game));

    private static SolvedSecurity[]? Security(FiniteGame game)
    {
        try
        {
            return [.. Enumerable.Range(0, game.Players).Select(player => SecurityStrategy.Find(game, player)).Select(one => new SolvedSecurity(one.Strategy, one.Value))];
        }
        catch (InvalidOperationException)
        {
            // Not found within rounding: nothing is better than a value that does not hold.
            return null;
        }
    }
}
