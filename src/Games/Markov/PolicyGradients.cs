namespace Srpo.Games.Markov;

/// <summary>
/// Policy gradients of the regularised return J_i (Qu et al., arXiv 2602.21515, appendix C; theory.md section 4) for the agent, who
/// maximises, and her adversary, who minimises:
/// grad J = E_{s~d} [sum_a grad pi_i(a|s) (E_{b~p_i} Q_i(s, a, b) - eps log pi_i(a|s))] / (1 - gamma), and
/// grad J = E_{s~d} [sum_b grad p_i(b|s) (E_{a~pi_i} Q_i(s, a, b) + (1/tau) log(p_i / pi_-i)(b|s))] / (1 - gamma).
/// The derivatives of p log p also have the constants -eps and +1/tau, which vanish since probabilities sum to 1 wherever they move.
/// </summary>
public static class PolicyGradients
{
    /// <summary>
    /// Derivatives of J_i by the agent's probabilities, the constant left out: entries of a state differ from partial derivatives by one
    /// common number, which no change of a distribution feels.
    /// </summary>
    /// <param name="values">The pair's values.</param>
    /// <returns>[states x own actions]; infinite for an action of probability 0 where eps is above 0.</returns>
    public static double[] Agent(RegularisedValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return ByProbability(values, values.Policy.Actions, (state, row) =>
        {
            StageGame.OverOthers(values.Q(state), values.Adversary.Row(state), row);
            if (values.Epsilon == 0) return;
            for (var a = 0; a < row.Length; a++) row[a] -= values.Epsilon * Math.Log(values.Policy.Row(state)[a]);
        });
    }

    /// <summary>Derivatives of J_i by the adversary's probabilities, the constant left out as in <see cref="Agent"/>.</summary>
    /// <param name="values">The pair's values; tau must be above 0, else the adversary has no choice.</param>
    /// <returns>[states x others' joint actions]; infinite where the adversary leaves out what the others play, 0 where both leave it out.</returns>
    /// <exception cref="ArgumentException">tau is 0.</exception>
    public static double[] Adversary(RegularisedValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Texts.Require(values.Tau > 0, nameof(values), $"have tau 0, at which the adversary is bound to the others' policies and has no gradient");
        return ByProbability(values, values.Adversary.Actions, (state, row) =>
        {
            StageGame.OverOwn(values.Q(state), values.Policy.Row(state), row);
            var p = values.Adversary.Row(state);
            var reference = values.Reference.Row(state);
            for (var b = 0; b < row.Length; b++) row[b] = reference[b] == 0 ? 0 : row[b] + (Math.Log(p[b] / reference[b]) / values.Tau);
        });
    }

    /// <summary>Gradient of J_i by the logits of the agent's softmax policy.</summary>
    /// <param name="values">The pair's values.</param>
    /// <returns>[states x own actions]; every state's entries sum to 0.</returns>
    public static double[] AgentLogits(RegularisedValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return ByLogit(Agent(values), values.Policy);
    }

    /// <summary>Gradient of J_i by the logits of the adversary's softmax policy; the adversary descends.</summary>
    /// <param name="values">The pair's values; tau must be above 0, else the adversary has no choice.</param>
    /// <returns>[states x others' joint actions]; every state's entries sum to 0.</returns>
    /// <exception cref="ArgumentException">tau is 0.</exception>
    public static double[] AdversaryLogits(RegularisedValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return ByLogit(Adversary(values), values.Adversary);
    }

    private delegate void Fill(int state, Span<double> row);

    private static double[] ByProbability(RegularisedValues values, int actions, Fill fill)
    {
        var gradient = new double[values.Game.States * actions];
        for (var state = 0; state < values.Game.States; state++)
        {
            var weight = values.Visitation[state] / (1 - values.Game.Discount);
            var row = gradient.AsSpan(state * actions, actions);
            fill(state, row);

            // A state that is never visited has no gradient, also where a logarithm is infinite.
            foreach (ref var entry in row) entry = weight == 0 ? 0 : entry * weight;
        }

        return gradient;
    }

    /// <summary>The chain rule of the softmax: pi(a) (g(a) - E_pi g), where 0 log 0 counts as 0.</summary>
    private static double[] ByLogit(double[] gradient, MarkovPolicy policy)
    {
        for (var state = 0; state < policy.States; state++)
        {
            var row = gradient.AsSpan(state * policy.Actions, policy.Actions);
            var probabilities = policy.Row(state);
            var mean = 0.0;
            for (var a = 0; a < row.Length; a++) mean += probabilities[a] > 0 ? probabilities[a] * row[a] : 0;
            for (var a = 0; a < row.Length; a++) row[a] = probabilities[a] > 0 ? probabilities[a] * (row[a] - mean) : 0;
        }

        return gradient;
    }
}

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
