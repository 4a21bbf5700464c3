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

/// <summary>The Gaussian RQE of a quadratic game, the taus for which there is one, and how certain it is that there is only this one.</summary>
/// <remarks>
/// X is quadratic in the player's own action, so among strategies of one mean the best is Gaussian with covariance
/// eps_i (-A_i)^-1 whatever the others play: every RQE is Gaussian, and uniqueness here is uniqueness among all strategies.
/// </remarks>
/// <param name="Equilibrium">The equilibrium.</param>
/// <param name="LargestAdmissibleTau">
/// [players] the tau_i that condition (14) excludes, and all above it, at this epsilon; infinite if the others' actions cannot hurt in
/// second order (D = 0).
/// </param>
/// <param name="Margin">
/// Smallest eigenvalue of the symmetric part of the negated matrix of the stacked mean equations (theory.md section 3), in units of
/// utility per squared unit of action. Above 0 the matrix is definite, which is enough for uniqueness, not necessary.
/// </param>
/// <param name="Condition">Condition number of that matrix in the 1-norm, at least 1.</param>
public sealed record GaussianSolution(
    GaussianEquilibrium Equilibrium,
    ImmutableArray<double> LargestAdmissibleTau,
    double Margin,
    double Condition)
{
    /// <summary>The <see cref="Condition"/> from which a matrix counts as singular: a handful of digits above the rounding of doubles.</summary>
    public const double SingularCondition = 1e13;

    /// <summary>The tau from which condition (14) fails for some player when all players share tau.</summary>
    public double LargestCommonTau => LargestAdmissibleTau.Min();

    /// <summary>Whether the equilibrium is the only one: the matrix of the mean equations is not singular to rounding.</summary>
    public bool IsUnique => Condition < SingularCondition;
}

/// <summary>A Gaussian RQE of a quadratic game (theory.md section 3; Qu et al., arXiv 2602.21515, section 4.1) with what it means for the players.</summary>
/// <param name="Means">[players] mean of pi_i, [own dimension].</param>
/// <param name="Covariances">[players] covariance of pi_i: eps_i (-A_i)^-1, [own dimension x own dimension].</param>
/// <param name="Utilities">[players] expected utility E[u_i] of the profile (reward minus private cost, nobody deviating).</param>
/// <param name="RiskAdjusted">[players] f_i of equation (1): -(1/tau_i) log E[exp(-tau_i X)].</param>
/// <param name="Objectives">[players] f_i + eps_i times the differential entropy of pi_i in nats, what every player maximises.</param>
/// <param name="SharedReward">Expected shared reward; null if the u_i + c_i are not one function.</param>
/// <param name="PrivateCosts">[players] expected private cost E[c_i]; 0 without private costs.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs.</param>
/// <param name="Residual">Largest difference, in units of actions, of an entry of a mean from the best response to the other players.</param>
public sealed record GaussianEquilibrium(
    ImmutableArray<Vector<double>> Means,
    ImmutableArray<Matrix<double>> Covariances,
    ImmutableArray<double> Utilities,
    ImmutableArray<double> RiskAdjusted,
    ImmutableArray<double> Objectives,
    double? SharedReward,
    ImmutableArray<double> PrivateCosts,
    double FreeRiding,
    double Residual)
{
    /// <summary>[players] the mixed strategies pi_i.</summary>
    public ImmutableArray<GaussianStrategy> Strategies => [.. Means.Zip(Covariances, (mean, covariance) => new GaussianStrategy(mean, covariance))];
}

/// <summary>A Gaussian mixed strategy of a player with continuous actions.</summary>
/// <param name="Mean">[own dimension], in units of actions.</param>
/// <param name="Covariance">[own dimension x own dimension] symmetric, positive definite, in squared units of actions.</param>
public sealed record GaussianStrategy(Vector<double> Mean, Matrix<double> Covariance)
{
    /// <summary>Differential entropy in nats: 1/2 log det(2 pi e Covariance).</summary>
    public double Entropy => (0.5 * Mean.Count * Math.Log(2 * Math.PI * Math.E)) + (0.5 * Covariance.Cholesky().DeterminantLn);
}

/// <summary>
/// A player is so risk averse that condition (14) of Qu et al. (arXiv 2602.21515) fails: S^-1 + tau D is not positive definite, and
/// the risk is minus infinity whatever she does.
/// </summary>
public sealed class RiskDomainException : ArgumentException
{
    /// <summary>Makes the exception; the message names tau, the player, the condition and the largest admissible tau.</summary>
    /// <param name="player">From 0.</param>
    /// <param name="tau">Her risk aversion.</param>
    /// <param name="largestAdmissibleTau">The tau it must stay below.</param>
    public RiskDomainException(int player, double tau, double largestAdmissibleTau)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"tau of player {player}: {tau} violates condition (14), the risk is minus infinity; must be below {largestAdmissibleTau:g10} (smaller epsilons of the other players allow more)"))
    {
        Player = player;
        Tau = tau;
        LargestAdmissibleTau = largestAdmissibleTau;
    }

    /// <summary>The player, from 0.</summary>
    public int Player { get; }

    /// <summary>Her risk aversion.</summary>
    public double Tau { get; }

    /// <summary>The tau it must stay below.</summary>
    public double LargestAdmissibleTau { get; }
}
