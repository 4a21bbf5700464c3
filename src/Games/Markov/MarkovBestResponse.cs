namespace Srpo.Games.Markov;

/// <summary>
/// The exact best response of a player to fixed policies of the others: the policy whose risk-adjusted value less eps times its
/// negative entropy is largest in every state at once (theory.md section 4).
/// </summary>
/// <param name="Policy">The best response; unique since eps is above 0.</param>
/// <param name="Value">Its risk-adjusted value.</param>
/// <param name="Residual">Largest change of a probability in the last improvement.</param>
/// <param name="Iterations">Improvements made.</param>
/// <param name="Converged">Whether the residual is within the tolerance.</param>
public sealed record MarkovBestResponse(MarkovPolicy Policy, RiskAdjustedValue Value, double Residual, int Iterations, bool Converged)
{
    /// <summary>
    /// Computes it by regularised policy iteration: the exact risk-adjusted value of the present policy, then the risk-averse logit
    /// response of every state's stage game. Values rise monotonically and converge at least as fast as gamma^k.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="policies">[players] policies; the player's own is where the iteration begins.</param>
    /// <param name="player">From 0.</param>
    /// <param name="tau">Risk aversion, finite, at least 0.</param>
    /// <param name="epsilon">Bounded rationality, finite, above 0.</param>
    /// <param name="tolerance">Largest change of a probability that counts as convergence.</param>
    /// <param name="maxIterations">Most improvements.</param>
    /// <exception cref="ArgumentException">A policy or number does not fit; the message names it.</exception>
    public static MarkovBestResponse Compute(
        MarkovGame game,
        IReadOnlyList<MarkovPolicy> policies,
        int player,
        double tau,
        double epsilon,
        double tolerance = 1e-10,
        int maxIterations = 1000)
    {
        MarkovChecks.Risk(tau, epsilon);
        Texts.Require(epsilon > 0, nameof(epsilon), $"must be above 0: without it a best response need not be unique");
        Texts.Require(tolerance > 0, nameof(tolerance), $"must be above 0, not {tolerance}");
        Texts.Require(maxIterations >= 1, nameof(maxIterations), $"must be at least 1, not {maxIterations}");
        var reference = MarkovPolicy.OfOthers(game, policies, player);
        var policy = policies[player];
        double[]? guess = null;
        for (var iteration = 1; ; iteration++)
        {
            var value = RiskAdjustedValue.Compute(game, player, policy, reference, tau, epsilon, 1e-13, guess);
            guess = [.. value.Values];
            var improved = Improve(game, player, policy, reference, tau, epsilon, guess);
            var residual = improved.Distance(policy);
            if (residual <= tolerance || iteration == maxIterations)
                return new MarkovBestResponse(policy, value, residual, iteration, residual <= tolerance);
            policy = improved;
        }
    }

    /// <summary>The risk-averse logit response in every state, given values of the next.</summary>
    internal static MarkovPolicy Improve(
        MarkovGame game, int player, MarkovPolicy policy, MarkovPolicy reference, double tau, double epsilon, ReadOnlySpan<double> values)
    {
        var stage = new LogitStage(policy.Actions, reference.Actions);
        var improved = policy.Probabilities.ToArray();
        var q = new double[game.JointActions];
        for (var state = 0; state < game.States; state++)
        {
            StageGame.Fill(game, player, state, game.Discount, values, q);
            stage.Solve(q, reference.Row(state), tau, epsilon, improved.AsSpan(state * policy.Actions, policy.Actions));
        }

        return MarkovPolicy.Own(game.States, policy.Actions, improved);
    }
}
