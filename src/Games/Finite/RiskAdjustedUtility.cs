using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>
/// Risk-adjusted utility of a player in a finite game: equation (1) of Qu et al. (arXiv 2602.21515, section 3; theory.md section 1),
/// by its dual form and, for checks, by minimising over the adversary's distribution. Strategies are [players][actions], every row summing to 1.
/// </summary>
public static class RiskAdjustedUtility
{
    /// <summary>[joint actions of the others] X(a_-i) = E_{a_i ~ pi_i}[u_i], payoff minus private cost.</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players][actions].</param>
    /// <exception cref="ArgumentException">There is no such player, or a row is no distribution; the message names it.</exception>
    public static double[] Values(FiniteGame game, int player, IReadOnlyList<double[]> strategies)
    {
        Require(game, player, strategies);
        var values = new double[MixedProfile.Others(game, player)];
        MixedProfile.Values(MixedProfile.Matrix(game, player), strategies[player], values);
        return values;
    }

    /// <summary>[joint actions of the others] pi_-i, the product of their strategies.</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players][actions].</param>
    /// <exception cref="ArgumentException">There is no such player, or a row is no distribution; the message names it.</exception>
    public static double[] OthersProbabilities(FiniteGame game, int player, IReadOnlyList<double[]> strategies)
    {
        Require(game, player, strategies);
        var probabilities = new double[MixedProfile.Others(game, player)];
        MixedProfile.OthersProbabilities(game, player, strategies, probabilities);
        return probabilities;
    }

    /// <summary>f_i by the dual form: -(1/tau) log E[exp(-tau X)].</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players][actions].</param>
    /// <param name="tau">Risk aversion, from 0 (expected utility) to infinity (worst case over what the others play at all).</param>
    /// <exception cref="ArgumentException">There is no such player, a row is no distribution, or tau is negative.</exception>
    public static double Value(FiniteGame game, int player, IReadOnlyList<double[]> strategies, double tau) =>
        EntropicRisk.Value(Values(game, player, strategies), OthersProbabilities(game, player, strategies), tau);

    /// <summary>[joint actions of the others] p*, the adversary.</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players][actions].</param>
    /// <param name="tau">Risk aversion, from 0 to infinity.</param>
    /// <exception cref="ArgumentException">There is no such player, a row is no distribution, or tau is negative.</exception>
    public static double[] Adversary(FiniteGame game, int player, IReadOnlyList<double[]> strategies, double tau)
    {
        var values = Values(game, player, strategies);
        var adversary = new double[values.Length];
        EntropicRisk.Adversary(values, OthersProbabilities(game, player, strategies), tau, adversary);
        return adversary;
    }

    /// <summary>f_i^eps = f_i - eps_i nu(pi_i), what the player maximises; nu is the negative entropy.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of every player.</param>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players][actions].</param>
    /// <exception cref="ArgumentException">There is no such player, a row is no distribution, or the profile is for another number of players.</exception>
    public static double Objective(FiniteGame game, RiskProfile risk, int player, IReadOnlyList<double[]> strategies)
    {
        MixedProfile.RequireRisk(game, risk);
        return Value(game, player, strategies, risk.Tau[player]) + (risk.Epsilon[player] * MixedProfile.Entropy(strategies[player]));
    }

    /// <summary>
    /// f_i by the adversary's explicit minimisation over all joint distributions p of the others: exponentiated gradient descent
    /// with an adaptive step, until the value is within <paramref name="tolerance"/> of the minimum. Uses neither the dual form nor the
    /// closed form of p*, so that both can be checked against it.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <param name="strategies">[players][actions].</param>
    /// <param name="tau">Risk aversion, finite and above 0.</param>
    /// <param name="tolerance">Largest gap to the minimum, above 0, in units of utility.</param>
    /// <param name="iterations">Most steps.</param>
    /// <exception cref="ArgumentException">There is no such player, a row is no distribution, tau is out of range, or the tolerance is not above 0.</exception>
    public static AdversaryMinimum Minimise(
        FiniteGame game, int player, IReadOnlyList<double[]> strategies, double tau, double tolerance = 1e-10, int iterations = 100_000)
    {
        if (!(tau > 0 && double.IsFinite(tau)))
            throw new ArgumentException(FormattableString.Invariant($"tau: must be finite and above 0, not {tau}; at 0 the adversary is pi_-i itself"), nameof(tau));
        if (!(tolerance > 0)) throw new ArgumentException(FormattableString.Invariant($"tolerance: must be above 0, not {tolerance}"), nameof(tolerance));
        var values = Values(game, player, strategies);
        var q = OthersProbabilities(game, player, strategies);
        var support = Enumerable.Range(0, q.Length).Where(b => q[b] > 0).ToArray();
        var logP = new double[q.Length];
        var (p, trial, gradient) = (new double[q.Length], new double[q.Length], new double[q.Length]);
        Normalise(logP, support, p);
        var value = EntropicRisk.Objective(values, q, tau, p);
        var (step, gap, taken) = (tau / 2, double.PositiveInfinity, 0);
        // Rounding of the value must not stop the descent.
        var slack = 4e-16 * (1 + Math.Abs(value)) * (1 + (1 / tau));
        for (; taken < iterations; taken++)
        {
            var mean = 0.0;
            var least = double.PositiveInfinity;
            foreach (var b in support)
            {
                gradient[b] = values[b] + ((logP[b] - Math.Log(q[b])) / tau);
                mean += p[b] * gradient[b];
                least = Math.Min(least, gradient[b]);
            }

            gap = mean - least;
            if (gap <= tolerance) break;
            var before = (double[])logP.Clone();
            while (true)
            {
                foreach (var b in support) logP[b] = before[b] - (step * gradient[b]);
                Normalise(logP, support, trial);
                var next = EntropicRisk.Objective(values, q, tau, trial);
                if (next <= value + slack || step < 1e-12 * tau)
                {
                    value = next;
                    break;
                }

                step /= 2;
            }

            (p, trial) = (trial, p);
            // Beyond tau / 2 the step would overshoot what the divergence bends the objective by.
            step = Math.Min(step * 1.5, tau / 2);
        }

        return new AdversaryMinimum(value, [.. p], gap, taken);
    }

    private static void Normalise(double[] logP, int[] support, double[] p)
    {
        var top = support.Max(b => logP[b]);
        var log = top + Math.Log(support.Sum(b => Math.Exp(logP[b] - top)));
        foreach (var b in support)
        {
            logP[b] -= log;
            p[b] = Math.Exp(logP[b]);
        }
    }

    private static void Require(FiniteGame game, int player, IReadOnlyList<double[]> strategies)
    {
        MixedProfile.RequirePlayer(game, player);
        MixedProfile.Require(game, strategies);
    }
}

/// <summary>What the adversary's numerical minimisation over p came to (equation (1) of Qu et al., arXiv 2602.21515).</summary>
/// <param name="Value">E_p[X] + KL(p || pi_-i) / tau at the p found.</param>
/// <param name="Adversary">[joint actions of the others] the p found.</param>
/// <param name="Gap">Upper bound of how far the value lies above the minimum (Frank-Wolfe gap).</param>
/// <param name="Iterations">Steps taken.</param>
public sealed record AdversaryMinimum(double Value, ImmutableArray<double> Adversary, double Gap, int Iterations);
