using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Srpo.Games.Markov;

/// <summary>
/// The risk-adjusted value of a profile of policies to a player: what she gets against the worst adversary (theory.md section 4). It is
/// the fixed point of V(s) = -(1/tau) log E_{b~pi_-i} exp(-tau E_{a~pi_i} Q(s, a, b)) - eps nu(pi_i(s)), a contraction with factor gamma;
/// at tau = 0 the expectation takes the place of the logarithm.
/// </summary>
/// <param name="Player">The player, from 0.</param>
/// <param name="Values">[states] V_i.</param>
/// <param name="Adversary">The worst adversary, p* proportional to pi_-i exp(-tau E Q), over the others' joint actions.</param>
/// <param name="Return">J_i, the mean of the values over the first state.</param>
/// <param name="Residual">Largest change of a value by one more application of the fixed point's equation.</param>
/// <param name="Iterations">Adversaries evaluated.</param>
public sealed record RiskAdjustedValue(
    int Player, ImmutableArray<double> Values, MarkovPolicy Adversary, double Return, double Residual, int Iterations)
{
    /// <summary>Most adversaries evaluated before plain value iteration takes over; a handful is usual.</summary>
    private const int MaxImprovements = 100;

    private const int MaxSweeps = 1_000_000;

    /// <summary>
    /// Computes it by policy iteration on the adversary: the worst adversary against the present values, then its exact values. The
    /// values fall monotonically and converge quadratically.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="policies">[players] policies.</param>
    /// <param name="player">Whose value, from 0.</param>
    /// <param name="tau">Risk aversion, finite, at least 0.</param>
    /// <param name="epsilon">Bounded rationality, finite, at least 0: the weight of the entropy in the value.</param>
    /// <param name="tolerance">Bound on the error of every value, relative to the largest where that is above 1; it is not undercut by rounding.</param>
    /// <exception cref="ArgumentException">A policy or number does not fit; the message names it.</exception>
    public static RiskAdjustedValue Compute(
        MarkovGame game, IReadOnlyList<MarkovPolicy> policies, int player, double tau, double epsilon = 0, double tolerance = 1e-12)
    {
        MarkovChecks.Risk(tau, epsilon);
        Texts.Require(tolerance > 0, nameof(tolerance), $"must be above 0, not {tolerance}");
        var reference = MarkovPolicy.OfOthers(game, policies, player);
        return Compute(game, player, policies[player], reference, tau, epsilon, tolerance, guess: null);
    }

    /// <summary>The same with tau and eps of a risk profile.</summary>
    /// <param name="game">The game.</param>
    /// <param name="policies">[players] policies.</param>
    /// <param name="player">Whose value, from 0.</param>
    /// <param name="risk">tau and eps of every player.</param>
    /// <exception cref="ArgumentException">A policy or the profile does not fit; the message names it.</exception>
    public static RiskAdjustedValue Compute(MarkovGame game, IReadOnlyList<MarkovPolicy> policies, int player, RiskProfile risk)
    {
        ArgumentNullException.ThrowIfNull(game);
        MarkovChecks.Player(game, player);
        MarkovChecks.Risk(game, risk);
        return Compute(game, policies, player, risk.Tau[player], risk.Epsilon[player]);
    }

    /// <summary>
    /// The risk-adjusted value of episodes of a fixed number of steps, by backward induction. Values and adversary are those of the first
    /// step; <see cref="Iterations"/> is the number of steps.
    /// </summary>
    /// <param name="game">The game; its own discount is not used.</param>
    /// <param name="policies">[players] policies.</param>
    /// <param name="player">Whose value, from 0.</param>
    /// <param name="tau">Risk aversion, finite, at least 0.</param>
    /// <param name="epsilon">Bounded rationality, finite, at least 0.</param>
    /// <param name="steps">Steps of an episode, at least 1.</param>
    /// <param name="discount">gamma, 0 to 1; 1 counts all steps alike.</param>
    /// <exception cref="ArgumentException">A policy or number does not fit; the message names it.</exception>
    public static RiskAdjustedValue OverSteps(
        MarkovGame game, IReadOnlyList<MarkovPolicy> policies, int player, double tau, double epsilon, int steps, double discount = 1)
    {
        MarkovChecks.Risk(tau, epsilon);
        Texts.Require(steps >= 1, nameof(steps), $"must be at least 1, not {steps}");
        Texts.Require(discount is >= 0 and <= 1, nameof(discount), $"must be between 0 and 1, not {discount}");
        var reference = MarkovPolicy.OfOthers(game, policies, player);
        var values = new double[game.States];
        var next = new double[game.States];
        var adversary = new double[reference.Probabilities.Length];
        for (var step = 0; step < steps; step++)
        {
            Backup(game, player, policies[player], reference, tau, epsilon, discount, values, next, adversary);
            (values, next) = (next, values);
        }

        return Result(game, player, values, adversary, residual: 0, steps);
    }

    /// <summary>Unchecked, with a guess of the values to begin with.</summary>
    internal static RiskAdjustedValue Compute(
        MarkovGame game, int player, MarkovPolicy policy, MarkovPolicy reference, double tau, double epsilon, double tolerance, double[]? guess)
    {
        var values = guess ?? RegularisedValues.Solve(
            StateChain.Of(game, player, policy, reference), game, player, policy, reference, reference, tau, epsilon, guess: null);
        var next = new double[game.States];
        var adversary = new double[reference.Probabilities.Length];
        var last = double.PositiveInfinity;
        for (var iteration = 1; ; iteration++)
        {
            var residual = Backup(game, player, policy, reference, tau, epsilon, game.Discount, values, next, adversary);
            var scale = Math.Max(1, Largest(values));

            // The error is at most gamma residual / (1 - gamma) after the backup. Below some roundings there is nothing to gain.
            var reached = game.Discount * residual <= (1 - game.Discount) * tolerance * scale;
            var stalled = residual > last / 2 && residual <= 1e-13 * scale;
            if (reached || stalled || iteration >= MaxImprovements + MaxSweeps) return Result(game, player, next, adversary, residual, iteration);
            last = residual;
            if (iteration >= MaxImprovements)
            {
                (values, next) = (next, values);
                continue;
            }

            var worst = MarkovPolicy.Own(game.States, reference.Actions, adversary);
            values = RegularisedValues.Solve(
                StateChain.Of(game, player, policy, worst), game, player, policy, reference, worst, tau, epsilon, next);
        }
    }

    /// <summary>One application of the fixed point's equation; returns the largest change.</summary>
    private static double Backup(
        MarkovGame game,
        int player,
        MarkovPolicy policy,
        MarkovPolicy reference,
        double tau,
        double epsilon,
        double discount,
        double[] values,
        double[] next,
        double[] adversary)
    {
        var q = new double[game.JointActions];
        var x = new double[reference.Actions];
        var largest = 0.0;
        for (var state = 0; state < next.Length; state++)
        {
            var own = policy.Row(state);
            StageGame.Fill(game, player, state, discount, values, q);
            StageGame.OverOwn(q, own, x);
            next[state] = SoftMath.Risk(x, reference.Row(state), tau, adversary.AsSpan(state * x.Length, x.Length));
            if (epsilon > 0) next[state] -= epsilon * SoftMath.NegativeEntropy(own);
            largest = Math.Max(largest, Math.Abs(next[state] - values[state]));
        }

        return largest;
    }

    private static RiskAdjustedValue Result(MarkovGame game, int player, double[] values, double[] adversary, double residual, int iterations) =>
        new(
            player,
            ImmutableCollectionsMarshal.AsImmutableArray(values),
            MarkovPolicy.Own(game.States, game.OtherActions(player), adversary),
            SoftMath.Dot(values, game.Initial.AsSpan()),
            residual,
            iterations);

    private static double Largest(double[] values)
    {
        var largest = 0.0;
        foreach (var value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
