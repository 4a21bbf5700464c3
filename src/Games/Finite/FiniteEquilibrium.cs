using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>A risk-averse quantal response equilibrium of a finite game with what it means for the players.</summary>
/// <param name="Strategies">[players][actions] mixed strategies pi_i; every row sums to 1.</param>
/// <param name="Adversaries">[players][joint actions of the others] p*_i, the minimiser of equation (1).</param>
/// <param name="Utilities">[players] expected utility E[u_i] of the profile (payoff minus private cost, nobody deviating).</param>
/// <param name="RiskAdjusted">[players] f_i of equation (1).</param>
/// <param name="Objectives">[players] f_i^eps = f_i - eps_i nu(pi_i), what every player maximises.</param>
/// <param name="SharedReward">Expected shared reward; null if the payoffs are not shared.</param>
/// <param name="PrivateCosts">[players] expected private cost.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs: |c^T pi_1 - c^T pi_2| with two players.</param>
/// <param name="Residual">Largest |pi_i(a) - BR_i(pi_-i)(a)| over players and actions.</param>
/// <param name="IsStable">Whether damped best response dynamics return to it after a small disturbance; null where rounding decides, as on a bifurcation.</param>
public sealed record FiniteEquilibrium(
    ImmutableArray<ImmutableArray<double>> Strategies,
    ImmutableArray<ImmutableArray<double>> Adversaries,
    ImmutableArray<double> Utilities,
    ImmutableArray<double> RiskAdjusted,
    ImmutableArray<double> Objectives,
    double? SharedReward,
    ImmutableArray<double> PrivateCosts,
    double FreeRiding,
    double Residual,
    bool? IsStable)
{
    /// <summary>[players][actions] log pi_i, which also tell probabilities apart that round to 0 or 1.</summary>
    public ImmutableArray<ImmutableArray<double>> LogStrategies { get; init; } = [];

    /// <summary>Largest |log pi_i(a) - log BR_i(pi_-i)(a)| over players and actions.</summary>
    public double LogResidual { get; init; }

    /// <summary>
    /// Upper bound of what any player could still gain by another strategy, max f_i^eps(., pi_-i) - f_i^eps(pi_i, pi_-i), as a share of the
    /// range of her utilities. By weak duality: no strategy beats eps log sum_a exp((U p)(a)/eps) + KL(p || pi_-i)/tau, whatever p.
    /// </summary>
    public double Gap { get; init; }
}

/// <summary>What a profile of strategies means for the players, whoever found it.</summary>
public static class FiniteEquilibria
{
    /// <summary>
    /// Everything about a profile: adversaries, utilities, private costs, free-riding (theory.md section 2), how far it is from an equilibrium,
    /// and the stability of continuous damped best response dynamics d pi / dt = BR(pi) - pi: all eigenvalues of
    /// their Jacobian on the directions that keep every row's sum have negative real parts. With 2x2 games: the product of the two best
    /// responses' slopes is below 1.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of every player.</param>
    /// <param name="strategies">[players][actions], rows summing to 1. Need not be an equilibrium: the residual tells.</param>
    /// <exception cref="ArgumentException">A row is no distribution, or the profile is for another number of players; the message names it.</exception>
    public static FiniteEquilibrium Assemble(FiniteGame game, RiskProfile risk, IReadOnlyList<double[]> strategies)
    {
        MixedProfile.RequireRisk(game, risk);
        return Assemble(new BestResponse(game, risk), strategies);
    }

    /// <summary>The same with a solver of best responses at hand, for many profiles of one game.</summary>
    /// <param name="responses">Best responses of the game under the players' tau and eps.</param>
    /// <param name="strategies">[players][actions], rows summing to 1.</param>
    /// <exception cref="ArgumentException">A row is no distribution; the message names it.</exception>
    public static FiniteEquilibrium Assemble(BestResponse responses, IReadOnlyList<double[]> strategies)
    {
        ArgumentNullException.ThrowIfNull(responses);
        MixedProfile.Require(responses.Game, strategies);
        double[][] logs = [.. strategies.Select(row => row.Select(p => Math.Log(p)).ToArray())];
        return AssembleLogs(responses, logs, IsStable(responses, logs));
    }

    /// <summary>The same from log probabilities.</summary>
    internal static FiniteEquilibrium AssembleLogs(BestResponse responses, double[][] logs) => AssembleLogs(responses, logs, IsStable(responses, logs));

    /// <summary>The same where the stability is known.</summary>
    internal static FiniteEquilibrium AssembleLogs(BestResponse responses, double[][] logs, bool? isStable)
    {
        var (game, risk) = (responses.Game, responses.Risk);
        var players = game.Players;
        double[][] strategies = [.. logs.Select(row => row.Select(log => Math.Exp(log)).ToArray())];
        var adversaries = new ImmutableArray<double>[players];
        var (utilities, adjusted, objectives, costs) = (new double[players], new double[players], new double[players], new double[players]);
        var (residual, logResidual, gap) = (0.0, 0.0, 0.0);
        double? shared = null;
        for (var player = 0; player < players; player++)
        {
            var others = MixedProfile.Others(game, player);
            var (values, q, p, logP) = (new double[others], new double[others], new double[others], new double[others]);
            MixedProfile.Values(MixedProfile.Matrix(game, player), strategies[player], values);
            MixedProfile.OthersLogs(game, player, logs, q);
            adjusted[player] = EntropicRisk.EvaluateLogs(values, q, risk.Tau[player], logP, p);
            objectives[player] = adjusted[player] + (risk.Epsilon[player] * MixedProfile.Entropy(strategies[player]));
            for (var b = 0; b < others; b++) utilities[player] += Math.Exp(q[b]) * values[b];
            costs[player] = Dot(game.Costs[player].AsSpan(), strategies[player]);
            var response = new double[game.Actions[player]];
            responses.SolveLogs(player, logs, response);
            var apart = 0.0;
            for (var a = 0; a < response.Length; a++)
            {
                residual = Math.Max(residual, Math.Abs(Math.Exp(response[a]) - strategies[player][a]));
                if (response[a] != logs[player][a]) apart = Math.Max(apart, Math.Abs(response[a] - logs[player][a]));
            }

            // At an equilibrium both are p*; that of the response does not lose its digits where tau is large.
            adversaries[player] = ImmutableArray.Create(apart < 1e-3 ? responses.Newton(player).Adversary : p);
            logResidual = Math.Max(logResidual, apart);
            gap = Math.Max(gap, Gap(responses, player, logs[player], q));
        }

        if (game.IsShared) shared = utilities[0] + costs[0];
        return new FiniteEquilibrium(
            [.. strategies.Select(row => ImmutableArray.Create(row))],
            ImmutableArray.Create(adversaries),
            ImmutableArray.Create(utilities),
            ImmutableArray.Create(adjusted),
            ImmutableArray.Create(objectives),
            shared,
            ImmutableArray.Create(costs),
            costs.Max() - costs.Min(),
            residual,
            isStable)
        {
            LogStrategies = [.. logs.Select(row => ImmutableArray.Create(row))],
            LogResidual = logResidual,
            Gap = gap,
        };
    }

    /// <summary>Whether a profile is an equilibrium as far as doubles can tell (<see cref="SolverLimits"/>).</summary>
    internal static bool IsProved(FiniteEquilibrium one, double logTolerance) => one.LogResidual <= logTolerance && one.Gap <= SolverLimits.GapTolerance;

    /// <summary>Where all eigenvalues of the derivative of the best responses lie; null where they do not converge or lie next to 1.</summary>
    private static bool? IsStable(BestResponse responses, double[][] logs) => Stability.Of(BestResponseJacobian.OfLogs(responses, logs));

    /// <summary>The bound of <see cref="FiniteEquilibrium.Gap"/> for a player whose best response was just solved.</summary>
    private static double Gap(BestResponse responses, int player, double[] logs, double[] logQ)
    {
        var newton = responses.Newton(player);
        var scale = responses.Scale(player);
        var (tau, eps) = (responses.Risk.Tau[player] * scale, responses.Risk.Epsilon[player] / scale);
        var utilities = newton.Utilities;
        var (actions, others) = (logs.Length, logQ.Length);
        var range = 0.0;
        foreach (var utility in utilities) range = Math.Max(range, utility);
        if (range == 0) return 0;
        double[] x = [.. logs.Select(Math.Exp)];
        var (values, p, logP) = (new double[others], new double[others], new double[others]);
        MixedProfile.Values(utilities, x, values);
        var risk = EntropicRisk.EvaluateLogs(values, logQ, tau, logP, p);
        var entropy = 0.0;
        for (var a = 0; a < actions; a++) entropy -= x[a] > 0 ? x[a] * logs[a] : 0;
        // The adversary of the best response proves that nobody gains more; pi_-i itself does where tau is next to 0, at no divergence.
        var (divergence, neutral) = (0.0, new double[actions]);
        for (var b = 0; b < others; b++)
        {
            if (newton.Adversary[b] > 0) divergence += newton.Adversary[b] * (newton.LogAdversary[b] - logQ[b]);
            var q = Math.Exp(logQ[b]);
            for (var a = 0; a < actions; a++) neutral[a] += q * utilities[(a * others) + b];
        }

        var bound = eps * LogSum(neutral, eps);
        if (tau > 0) bound = Math.Min(bound, (eps * LogSum(newton.Gradient, eps)) + (divergence / tau));
        var gap = bound - risk - (eps * entropy);
        // Another bound, eps KL(pi || softmax(U p* / eps)), keeps its digits where eps is large against the utilities.
        var replies = new double[actions];
        for (var a = 0; a < actions; a++)
        {
            for (var b = 0; b < others; b++) replies[a] += p[b] * utilities[(a * others) + b];
        }

        var total = LogSum(replies, eps);
        for (var a = 0; a < actions; a++) replies[a] = Math.Exp((replies[a] / eps) - total);
        return Math.Max(0, Math.Min(gap, eps * EntropicRisk.Divergence(x, replies))) / range;
    }

    /// <summary>log sum exp(values / eps).</summary>
    private static double LogSum(ReadOnlySpan<double> values, double eps)
    {
        var top = double.NegativeInfinity;
        foreach (var value in values) top = Math.Max(top, value);
        var sum = 0.0;
        foreach (var value in values) sum += Math.Exp((value - top) / eps);
        return (top / eps) + Math.Log(sum);
    }

    private static double Dot(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++) sum += first[i] * second[i];
        return sum;
    }
}
