using Srpo.Games.Markov;

namespace Srpo.Games.Tests.Markov;

public class PolicyGradientTests
{
    private const double Tau = 0.7;
    private const double Epsilon = 0.3;
    private const double Step = 1e-4;

    private static readonly MarkovGame Game = RandomMarkovGames.Game(11, 4, [2, 3, 2], 0.9, end: 0.05);
    private static readonly MarkovPolicy[] Profile = RandomMarkovGames.Profile(12, Game);
    private static readonly double[] OwnLogits = RandomMarkovGames.Logits(new Random(13), 4 * 3);
    private static readonly double[] OtherLogits = RandomMarkovGames.Logits(new Random(14), 4 * 4);

    [Fact]
    public void The_agents_logit_gradient_is_the_slope_of_the_return()
    {
        var gradient = PolicyGradients.AgentLogits(Values(OwnLogits, OtherLogits));
        for (var k = 0; k < gradient.Length; k++)
        {
            var slope = Slope(move => Values(Moved(OwnLogits, k, move), OtherLogits).Return);
            Assert.True(Math.Abs(slope) > 1e-4, "a slope that is 0 shows nothing");
            Assert.Equal(slope, gradient[k], 1e-8);
        }
    }

    [Fact]
    public void The_adversarys_logit_gradient_is_the_slope_of_the_return()
    {
        var gradient = PolicyGradients.AdversaryLogits(Values(OwnLogits, OtherLogits));
        for (var k = 0; k < gradient.Length; k++)
        {
            var slope = Slope(move => Values(OwnLogits, Moved(OtherLogits, k, move)).Return);
            Assert.True(Math.Abs(slope) > 1e-4, "a slope that is 0 shows nothing");
            Assert.Equal(slope, gradient[k], 1e-8);
        }
    }

    [Fact]
    public void Direct_gradients_are_slopes_along_moves_that_keep_the_sum()
    {
        var own = MarkovPolicy.FromLogits(4, 3, OwnLogits);
        var other = MarkovPolicy.FromLogits(4, 4, OtherLogits);
        var values = Evaluate(own, other);
        var agent = PolicyGradients.Agent(values);
        var adversary = PolicyGradients.Adversary(values);
        for (var state = 0; state < 4; state++)
        {
            var (a, b) = (state * 3, state * 4);
            Assert.Equal(Slope(move => Evaluate(Shifted(own, a, a + 2, move), other).Return), agent[a + 2] - agent[a], 1e-7);
            Assert.Equal(Slope(move => Evaluate(own, Shifted(other, b, b + 3, move)).Return), adversary[b + 3] - adversary[b], 1e-7);
        }
    }

    [Fact]
    public void The_performance_difference_lemmas_hold_with_the_new_policys_regulariser()
    {
        var own = MarkovPolicy.FromLogits(4, 3, OwnLogits);
        var other = MarkovPolicy.FromLogits(4, 4, OtherLogits);
        var values = Evaluate(own, other);
        var newOwn = RandomMarkovGames.Policy(21, 4, 3, 2);
        var newOther = RandomMarkovGames.Policy(22, 4, 4, 2);
        var gain = Evaluate(newOwn, other).Return - values.Return;
        var change = Evaluate(own, newOther).Return - values.Return;
        Assert.True(Math.Abs(gain) > 0.05 && Math.Abs(change) > 0.05, "differences must be plain");
        Assert.Equal(gain, PerformanceDifference.Agent(values, newOwn), 1e-11);
        Assert.Equal(change, PerformanceDifference.Adversary(values, newOther), 1e-11);

        // With the old policy's logarithm inside A, as one may read the lemma, eps KL(pi' || pi) would be missing.
        var after = Evaluate(newOwn, other);
        var naive = 0.0;
        var divergence = 0.0;
        for (var state = 0; state < 4; state++)
        {
            for (var a = 0; a < 3; a++)
            {
                var weight = after.Visitation[state] * newOwn.Row(state)[a] / (1 - Game.Discount);
                divergence += weight * Math.Log(newOwn.Row(state)[a] / own.Row(state)[a]);
                for (var b = 0; b < 4; b++) naive += weight * other.Row(state)[b] * values.Advantage(state, a, b);
            }
        }

        Assert.Equal(gain, naive - (Epsilon * divergence), 1e-11);
        Assert.True(Epsilon * divergence > 0.05);
    }

    [Fact]
    public void At_the_worst_adversary_her_gradient_vanishes()
    {
        var worst = RiskAdjustedValue.Compute(Game, Profile, 1, Tau, Epsilon).Adversary;
        var values = RegularisedValues.Evaluate(Game, Profile, 1, worst, Tau, Epsilon);
        Assert.All(PolicyGradients.AdversaryLogits(values), entry => Assert.Equal(0, entry, 11));
    }

    [Fact]
    public void Without_risk_aversion_the_adversary_has_no_gradient()
    {
        var values = RegularisedValues.Evaluate(Game, Profile, 1);
        Assert.Contains("tau 0", Assert.Throws<ArgumentException>(() => PolicyGradients.Adversary(values)).Message, StringComparison.Ordinal);
    }

    private static RegularisedValues Values(double[] own, double[] other) =>
        Evaluate(MarkovPolicy.FromLogits(4, 3, own), MarkovPolicy.FromLogits(4, 4, other));

    private static RegularisedValues Evaluate(MarkovPolicy own, MarkovPolicy other) =>
        RegularisedValues.Evaluate(Game, [Profile[0], own, Profile[2]], 1, other, Tau, Epsilon);

    private static double[] Moved(double[] logits, int k, double move)
    {
        var moved = (double[])logits.Clone();
        moved[k] += move;
        return moved;
    }

    private static MarkovPolicy Shifted(MarkovPolicy policy, int from, int to, double move)
    {
        var moved = policy.Probabilities.ToArray();
        moved[from] -= move;
        moved[to] += move;
        return new MarkovPolicy(policy.States, policy.Actions, moved);
    }

    /// <summary>Central difference of fourth order.</summary>
    private static double Slope(Func<double, double> f) =>
        ((8 * (f(Step) - f(-Step))) - (f(2 * Step) - f(-2 * Step))) / (12 * Step);
}
