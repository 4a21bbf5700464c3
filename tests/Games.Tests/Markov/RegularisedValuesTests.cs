using Srpo.Games.Markov;

namespace Srpo.Games.Tests.Markov;

public class RegularisedValuesTests
{
    private const double Tau = 0.7;
    private const double Epsilon = 0.3;

    [Theory]
    [InlineData(6, 0.9, 0.0)]
    [InlineData(6, 0.99, 0.1)]
    [InlineData(200, 0.9, 0.0)]
    [InlineData(200, 0.99, 0.05)]
    public void Values_solve_their_equation(int states, double discount, double end)
    {
        var game = RandomMarkovGames.Game(5, states, [2, 2, 2], discount, end);
        var policies = RandomMarkovGames.Profile(8, game);
        var adversary = RandomMarkovGames.Policy(9, states, 4);
        var values = RegularisedValues.Evaluate(game, policies, 1, adversary, Tau, Epsilon);
        var next = RandomMarkovGames.Backup(game, 1, policies, adversary, Tau, Epsilon, values.Values.ToArray());
        for (var state = 0; state < states; state++) Assert.Equal(values.Values[state], next[state], 1e-11);
        Assert.Equal(Enumerable.Range(0, states).Sum(state => game.Initial[state] * next[state]), values.Return, 1e-10);
    }

    [Theory]
    [InlineData(5, 0.0)]
    [InlineData(5, 0.2)]
    [InlineData(180, 0.2)]
    public void Visitation_is_the_discounted_sum_over_time(int states, double end)
    {
        var game = RandomMarkovGames.Game(6, states, [2, 2], 0.8, end);
        var policies = RandomMarkovGames.Profile(8, game);
        var adversary = RandomMarkovGames.Policy(9, states, 2);
        var values = RegularisedValues.Evaluate(game, policies, 0, adversary, Tau, Epsilon);
        var now = game.Initial.ToArray();
        var visits = new double[states];
        for (var (step, weight) = (0, 0.2); step < 200; step++, weight *= 0.8)
        {
            var later = new double[states];
            for (var state = 0; state < states; state++)
            {
                visits[state] += weight * now[state];
                for (var joint = 0; joint < 4; joint++)
                {
                    var chance = now[state] * policies[0].Row(state)[joint / 2] * adversary.Row(state)[joint % 2];
                    var successors = game.Transitions.Successors(state, joint);
                    for (var k = 0; k < successors.Length; k++) later[successors[k]] += chance * game.Transitions.Probabilities(state, joint)[k];
                }
            }

            now = later;
        }

        for (var state = 0; state < states; state++) Assert.Equal(visits[state], values.Visitation[state], 1e-12);
        if (end == 0) Assert.Equal(1, values.Visitation.ToArray().Sum(), 1e-12);
    }

    [Fact]
    public void The_mean_advantage_is_zero()
    {
        var game = RandomMarkovGames.Game(7, 4, [2, 3], 0.9);
        var adversary = RandomMarkovGames.Policy(9, 4, 3);
        var values = RegularisedValues.Evaluate(game, RandomMarkovGames.Profile(8, game), 0, adversary, Tau, Epsilon);
        for (var state = 0; state < 4; state++)
        {
            var mean = 0.0;
            for (var a = 0; a < 2; a++)
            {
                for (var b = 0; b < 3; b++)
                    mean += values.Policy.Row(state)[a] * adversary.Row(state)[b] * values.Advantage(state, a, b);
            }

            Assert.Equal(0, mean, 1e-12);
            Assert.NotEqual(0, values.Advantage(state, 0, 0), 1e-3);
        }
    }

    [Fact]
    public void The_reference_as_adversary_gives_plain_returns()
    {
        var game = RandomMarkovGames.Game(7, 4, [2, 3], 0.9, costs: true);
        var policies = RandomMarkovGames.Profile(8, game);
        var plain = RegularisedValues.Evaluate(game, policies, 1);
        Assert.Equal(MarkovReturns.Of(game, policies).Utilities[1], plain.Return, 1e-12);
        var others = MarkovPolicy.OfOthers(game, policies, 1);
        Assert.Equal(plain.Return, RegularisedValues.Evaluate(game, policies, 1, others, 5, 0).Return, 1e-12);
    }

    [Fact]
    public void Impossible_adversaries_are_refused()
    {
        var game = RandomMarkovGames.Game(7, 1, [2, 2], 0.9);
        MarkovPolicy[] policies = [MarkovPolicy.Uniform(1, 2), new(1, 2, [1, 0])];
        var other = MarkovPolicy.Uniform(1, 2);
        var error = Assert.Throws<ArgumentException>(() => RegularisedValues.Evaluate(game, policies, 0, other, 1, 0));
        Assert.Contains("joint action 1 in state 0, which they never play", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => RegularisedValues.Evaluate(game, policies, 0, other, 0, 0));
        Assert.Contains("at tau = 0", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => RegularisedValues.Evaluate(game, policies, 2, other, 1, 0));
        Assert.StartsWith("player", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => RegularisedValues.Evaluate(game, policies, 0, MarkovPolicy.Uniform(1, 3), 1, 0));
        Assert.StartsWith("adversary", error.Message, StringComparison.Ordinal);
    }
}
