namespace Srpo.Games.Markov;

/// <summary>
/// The performance difference lemmas of agent and adversary (Qu et al., arXiv 2602.21515, appendix C; theory.md section 4). The advantage
/// carries the regulariser of the new policy but values of the old pair:
/// J(pi') - J(pi) = E_{s~d(pi', p)} [E_{pi', p} Q + (1/tau) KL(p || pi_-i) - eps nu(pi') - V] / (1 - gamma), and
/// J(p') - J(p) = E_{s~d(pi, p')} [E_{pi, p'} Q + (1/tau) KL(p' || pi_-i) - eps nu(pi) - V] / (1 - gamma).
/// With the old policy's logarithms in its place the first would miss -eps KL(pi' || pi), the second +(1/tau) KL(p' || p).
/// </summary>
public static class PerformanceDifference
{
    /// <summary>The right side of the agent's lemma: what another policy gains over the present one against the same adversary.</summary>
    /// <param name="values">Values of the present pair.</param>
    /// <param name="policy">pi', the agent's other policy.</param>
    /// <exception cref="ArgumentException">The policy does not fit the game.</exception>
    public static double Agent(RegularisedValues values, MarkovPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(values);
        MarkovChecks.Policy(values.Game, policy, values.Policy.Actions, nameof(policy));
        return Difference(values, policy, values.Adversary);
    }

    /// <summary>The right side of the adversary's lemma: what another adversary changes (it gains where this is negative).</summary>
    /// <param name="values">Values of the present pair; tau must be above 0.</param>
    /// <param name="adversary">p', the other adversary; it plays nothing that the others never play.</param>
    /// <exception cref="ArgumentException">The adversary does not fit the game, or tau is 0.</exception>
    public static double Adversary(RegularisedValues values, MarkovPolicy adversary)
    {
        ArgumentNullException.ThrowIfNull(values);
        Texts.Require(values.Tau > 0, nameof(values), $"have tau 0, at which the adversary is bound to the others' policies");
        MarkovChecks.Policy(values.Game, adversary, values.Adversary.Actions, nameof(adversary));
        return Difference(values, values.Policy, adversary);
    }

    private static double Difference(RegularisedValues values, MarkovPolicy policy, MarkovPolicy adversary)
    {
        var game = values.Game;
        var visitation = StateChain.Of(game, values.Player, policy, adversary)
            .Solve([.. game.Initial.Select(p => (1 - game.Discount) * p)], transposed: true);
        var x = new double[adversary.Actions];
        var sum = 0.0;
        for (var state = 0; state < game.States; state++)
        {
            if (visitation[state] == 0) continue;
            StageGame.OverOwn(values.Q(state), policy.Row(state), x);
            var advantage = SoftMath.Dot(x, adversary.Row(state)) - values.Values[state];
            if (values.Tau > 0) advantage += SoftMath.Divergence(adversary.Row(state), values.Reference.Row(state)) / values.Tau;
            if (values.Epsilon > 0) advantage -= values.Epsilon * SoftMath.NegativeEntropy(policy.Row(state));
            sum += visitation[state] * advantage;
        }

        return sum / (1 - game.Discount);
    }
}
