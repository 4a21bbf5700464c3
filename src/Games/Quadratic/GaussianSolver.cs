using System.Collections.Immutable;
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>
/// Gaussian risk-averse quantal response equilibria of quadratic games (theory.md section 3; Qu et al., arXiv 2602.21515, section 4.1).
/// tau = 0 gives the quantal response equilibrium.
/// </summary>
/// <remarks>
/// With n players and total dimension N the general solver costs in the order of n N^3 operations; games from
/// <see cref="AggregativeGame"/> with dimension d in the order of n d^3 (and n^2 d^3 for the condition number).
/// </remarks>
public static class GaussianSolver
{
    /// <summary>The equilibrium of a game.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and epsilon of its players.</param>
    /// <exception cref="RiskDomainException">A tau violates condition (14); the message names the largest admissible one.</exception>
    /// <exception cref="ArgumentException">The profile is for another number of players, or the mean equations are singular.</exception>
    public static GaussianSolution Solve(QuadraticGame game, RiskProfile risk)
    {
        Check(game, risk);
        var model = GaussianModel.For(game, risk.Epsilon);
        var (means, equations) = Means(model, risk.Tau);
        var condition = equations.Condition();
        return new GaussianSolution(
            Equilibrium(game, model, risk, means),
            [.. Enumerable.Range(0, game.Players).Select(model.LargestTau)],
            equations.Margin(),
            double.IsNaN(condition) ? double.PositiveInfinity : condition);
    }

    /// <summary>[players] the tau from which condition (14) fails; infinite if D = 0. Depends on the other players' epsilons only.</summary>
    /// <param name="game">The game.</param>
    /// <param name="epsilon">[players] bounded rationality, finite, above 0.</param>
    /// <exception cref="ArgumentException">An epsilon is out of range or their number is not that of the players.</exception>
    public static ImmutableArray<double> LargestAdmissibleTau(QuadraticGame game, IReadOnlyList<double> epsilon)
    {
        ArgumentNullException.ThrowIfNull(epsilon);
        var risk = new RiskProfile(new double[epsilon.Count], epsilon);
        Check(game, risk);
        var model = GaussianModel.For(game, risk.Epsilon);
        return [.. Enumerable.Range(0, game.Players).Select(model.LargestTau)];
    }

    /// <summary>What maximises a player's objective f_i + eps_i entropy against Gaussian strategies of the others: the only maximiser.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and epsilon of its players; only the player's own count.</param>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players] strategies with any positive definite covariances; the player's own does not matter.</param>
    /// <exception cref="RiskDomainException">The player's tau violates condition (14) at the others' covariances.</exception>
    /// <exception cref="ArgumentException">A part does not fit the game; the message names it.</exception>
    public static GaussianStrategy BestResponse(QuadraticGame game, RiskProfile risk, int player, IReadOnlyList<GaussianStrategy> strategies)
    {
        var model = ModelAt(game, risk, player, strategies);
        return new GaussianStrategy(
            model.BestMean(player, risk.Tau[player], [.. strategies.Select(strategy => strategy.Mean)]),
            GaussianModel.BestCovariance(game, player, risk.Epsilon[player]));
    }

    /// <summary>f_i of equation (1) of any Gaussian profile, in closed form: -(1/tau) log E[exp(-tau X)], at tau = 0 the expected utility.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and epsilon of its players; only the player's own tau counts.</param>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players] strategies with any positive definite covariances.</param>
    /// <exception cref="RiskDomainException">The player's tau violates condition (14) at the others' covariances.</exception>
    /// <exception cref="ArgumentException">A part does not fit the game; the message names it.</exception>
    public static double RiskAdjusted(QuadraticGame game, RiskProfile risk, int player, IReadOnlyList<GaussianStrategy> strategies) =>
        ModelAt(game, risk, player, strategies).RiskAdjusted(player, risk.Tau[player], [.. strategies.Select(strategy => strategy.Mean)]);

    internal static void Check(QuadraticGame game, RiskProfile risk)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        QuadraticChecks.Require(risk.Players == game.Players, nameof(risk), $"is for {risk.Players} players; the game has {game.Players}");
    }

    /// <summary>Means of the equilibrium, after the checks that there is one.</summary>
    internal static (Vector<double>[] Means, MeanSystem Equations) Means(GaussianModel model, IReadOnlyList<double> tau)
    {
        for (var player = 0; player < tau.Count; player++) model.RequireAdmissible(player, tau[player]);
        var equations = model.Equations(tau);
        var means = equations.Means();
        if (!means.All(mean => mean.All(double.IsFinite)))
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"risk: the mean equations are singular at tau ({string.Join(", ", tau)}): no equilibrium or infinitely many; change tau or epsilon"),
                nameof(tau));
        }

        return (means, equations);
    }

    private static GaussianEquilibrium Equilibrium(QuadraticGame game, GaussianModel model, RiskProfile risk, Vector<double>[] means)
    {
        var players = Enumerable.Range(0, game.Players).ToArray();
        double[] utilities = [.. players.Select(player => model.Utility(player, means))];
        double[] adjusted = [.. players.Select(player => model.RiskAdjusted(player, risk.Tau[player], means))];
        double[] costs = [.. players.Select(player => game.ExpectedCost(player, means[player], model.Covariances[player]))];
        return new GaussianEquilibrium(
            [.. means],
            [.. model.Covariances],
            [.. utilities],
            [.. adjusted],
            [.. players.Select(player => adjusted[player] + (risk.Epsilon[player] * new GaussianStrategy(means[player], model.Covariances[player]).Entropy))],
            game.IsShared ? utilities[0] + costs[0] : null,
            [.. costs],
            costs.Max() - costs.Min(),
            players.Max(player => (model.BestMean(player, risk.Tau[player], means) - means[player]).InfinityNorm()));
    }

    private static GaussianModel ModelAt(QuadraticGame game, RiskProfile risk, int player, IReadOnlyList<GaussianStrategy> strategies)
    {
        Check(game, risk);
        ArgumentNullException.ThrowIfNull(strategies);
        QuadraticChecks.Require(player >= 0 && player < game.Players, nameof(player), $"must be from 0 to {game.Players - 1}, not {player}");
        QuadraticChecks.Require(strategies.Count == game.Players, nameof(strategies), $"has {strategies.Count} entries; the game has {game.Players} players");
        for (var other = 0; other < game.Players; other++)
        {
            var field = $"strategies[{other}]";
            QuadraticChecks.Require(strategies[other] is not null, field, $"is missing");
            var size = game.Dimensions[other];
            QuadraticChecks.Sized(strategies[other].Mean, $"{field}.Mean", size, "own dimension");
            QuadraticChecks.Sized(strategies[other].Covariance, $"{field}.Covariance", size, size, "own dimension twice");
            QuadraticChecks.Symmetric(strategies[other].Covariance, $"{field}.Covariance");
            QuadraticChecks.PositiveDefinite(strategies[other].Covariance, $"{field}.Covariance");
        }

        var model = GaussianModel.For(game, [.. strategies.Select(strategy => strategy.Covariance)]);
        model.RequireAdmissible(player, risk.Tau[player]);
        return model;
    }
}
