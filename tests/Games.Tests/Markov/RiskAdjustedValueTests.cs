using Srpo.Games.Markov;

namespace Srpo.Games.Tests.Markov;

public class RiskAdjustedValueTests
{
    [Theory]
    [InlineData(5, 0.0, 0.0, 0.9)]
    [InlineData(5, 0.5, 0.2, 0.95)]
    [InlineData(5, 20.0, 0.0, 0.9)]
    [InlineData(5, 1e-12, 0.2, 0.9)]
    [InlineData(160, 3.0, 0.1, 0.98)]
    [InlineData(160, 300.0, 0.1, 0.9)]
    public void Values_are_the_fixed_point_that_value_iteration_finds(int states, double tau, double epsilon, double discount)
    {
        var game = RandomMarkovGames.Game(31, states, [2, 2, 2], discount);
        var policies = RandomMarkovGames.Profile(32, game);
        var value = RiskAdjustedValue.Compute(game, policies, 2, tau, epsilon);
        var plain = new double[states];
        var sweeps = (int)(Math.Log(1e-14) / Math.Log(discount));
        for (var sweep = 0; sweep < sweeps; sweep++) plain = Sweep(game, policies, tau, epsilon, plain);
        for (var state = 0; state < states; state++) Assert.Equal(plain[state], value.Values[state], 1e-10);
        Assert.True(value.Iterations <= 12, $"policy iteration on the adversary took {value.Iterations} rounds");
    }

    [Fact]
    public void No_other_adversary_does_worse()
    {
        var game = RandomMarkovGames.Game(33, 4, [2, 3], 0.9, end: 0.1);
        var policies = RandomMarkovGames.Profile(34, game);
        var value = RiskAdjustedValue.Compute(game, policies, 0, 2, 0.1);
        var own = RegularisedValues.Evaluate(game, policies, 0, value.Adversary, 2, 0.1);
        for (var state = 0; state < 4; state++) Assert.Equal(own.Values[state], value.Values[state], 1e-12);
        for (var seed = 0; seed < 100; seed++)
        {
            // Near and far ones.
            var scale = seed % 2 == 0 ? 3 : 0.05;
            var random = new Random(seed);
            double[] logits = [.. value.Adversary.Probabilities.ToArray().Select(p => Math.Log(p) + (scale * (random.NextDouble() - 0.5)))];
            var other = RegularisedValues.Evaluate(game, policies, 0, MarkovPolicy.FromLogits(4, 3, logits), 2, 0.1);
            for (var state = 0; state < 4; state++) Assert.True(other.Values[state] > value.Values[state]);
        }
    }

    [Fact]
    public void Tau_goes_from_the_mean_to_the_worst_case()
    {
        var game = RandomMarkovGames.Game(35, 4, [2, 3], 0.8);
        var policies = RandomMarkovGames.Profile(36, game);
        var mean = MarkovReturns.Of(game, policies).Utilities[0];
        var returns = new[] { 0, 1e-7, 0.1, 1, 10, 100, 1e6 }.Select(tau => RiskAdjustedValue.Compute(game, policies, 0, tau).Return).ToArray();
        Assert.Equal(mean, returns[0], 1e-12);
        Assert.Equal(mean, returns[1], 1e-5);
        Assert.Equal(returns.OrderDescending(), returns);
        Assert.Equal(WorstCase(game, policies[0]), returns[^1], 1e-4);
    }

    [Fact]
    public void A_matrix_game_gives_the_objective_over_one_minus_gamma()
    {
        // f = -(1/tau) log E exp(-tau X) written out for the volunteer's game.
        var game = MarkovGame.FromMatrixGame(MatrixGames.Load("volunteer"), 0.9);
        MarkovPolicy[] policies = [new(1, 2, [0.7, 0.3]), new(1, 2, [0.2, 0.8])];
        var f = -Math.Log((0.2 * Math.Exp(-2 * (1 - (0.4 * 0.7)))) + (0.8 * Math.Exp(-2 * (0.7 - (0.4 * 0.7))))) / 2;
        var entropy = -(0.7 * Math.Log(0.7)) - (0.3 * Math.Log(0.3));
        Assert.Equal((f + (0.15 * entropy)) / 0.1, RiskAdjustedValue.Compute(game, policies, 0, RiskProfile.Shared(2, 2, 0.15)).Return, 1e-11);
    }

    [Fact]
    public void Certain_policies_have_no_risk()
    {
        var game = RandomMarkovGames.Game(37, 3, [2, 2], 0.9);
        MarkovPolicy[] policies = [new(3, 2, [1, 0, 0, 1, 1, 0]), new(3, 2, [0, 1, 0, 1, 1, 0])];
        Assert.Equal(MarkovReturns.Of(game, policies).Utilities[1], RiskAdjustedValue.Compute(game, policies, 1, 50, 0.3).Return, 1e-11);
    }

    [Theory]
    [InlineData(1e-18)]
    [InlineData(1e-300)]
    public void A_very_unlikely_disaster_counts_for_what_it_is(double chance)
    {
        // Two outcomes, 0 with the chance and 40 else: with tau 20 the risk is -(1/20) log(chance + e^-800), all of it the chance.
        var builder = new MarkovTransitionsBuilder(4);
        for (var joint = 0; joint < 4; joint++) builder.EndRow();
        var game = new MarkovGame("disaster", [2, 2], [[0, 40, 0, 40]], builder.Build(), 0.5, [1]);
        MarkovPolicy[] policies = [MarkovPolicy.Uniform(1, 2), new(1, 2, [chance, 1 - chance])];
        Assert.Equal(-Math.Log(chance) / 20, RiskAdjustedValue.Compute(game, policies, 0, 20).Return, 1e-10);
    }

    [Fact]
    public void Many_steps_come_to_the_endless_value()
    {
        var game = RandomMarkovGames.Game(38, 5, [2, 2], 0.7);
        var policies = RandomMarkovGames.Profile(39, game);
        var endless = RiskAdjustedValue.Compute(game, policies, 0, 1.5, 0.2);
        var steps = RiskAdjustedValue.OverSteps(game, policies, 0, 1.5, 0.2, 110, 0.7);
        Assert.Equal(endless.Return, steps.Return, 1e-12);
        Assert.True(endless.Adversary.Distance(steps.Adversary) < 1e-12);
    }

    [Fact]
    public void Two_steps_without_discount_are_the_recursion_by_hand()
    {
        var game = RandomMarkovGames.Game(40, 3, [2, 2], 0.5);
        var policies = RandomMarkovGames.Profile(41, game);
        var hand = Sweep(game.WithDiscount(0.0), policies, 2, 0.1, new double[3], player: 0, discount: 1);
        hand = Sweep(game, policies, 2, 0.1, hand, player: 0, discount: 1);
        var value = RiskAdjustedValue.OverSteps(game, policies, 0, 2, 0.1, 2);
        for (var state = 0; state < 3; state++) Assert.Equal(hand[state], value.Values[state], 1e-12);
    }

    [Fact]
    public void Bad_numbers_are_refused()
    {
        var game = RandomMarkovGames.Game(1, 1, [2, 2], 0.5);
        var policies = RandomMarkovGames.Profile(1, game);
        Assert.StartsWith("tau", Assert.Throws<ArgumentException>(() => RiskAdjustedValue.Compute(game, policies, 0, -1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("epsilon", Assert.Throws<ArgumentException>(() => RiskAdjustedValue.Compute(game, policies, 0, 1, double.NaN)).Message, StringComparison.Ordinal);
        Assert.StartsWith("policies", Assert.Throws<ArgumentException>(() => RiskAdjustedValue.Compute(game, [policies[0]], 0, 1)).Message, StringComparison.Ordinal);
        Assert.StartsWith("risk", Assert.Throws<ArgumentException>(() => RiskAdjustedValue.Compute(game, policies, 0, RiskProfile.Shared(3, 1, 1))).Message, StringComparison.Ordinal);
        Assert.StartsWith("steps", Assert.Throws<ArgumentException>(() => RiskAdjustedValue.OverSteps(game, policies, 0, 1, 0, 0)).Message, StringComparison.Ordinal);
    }

    /// <summary>The fixed point's equation as it stands, over joint actions; the logarithm shifted by its least outcome.</summary>
    private static double[] Sweep(
        MarkovGame game, MarkovPolicy[] policies, double tau, double epsilon, double[] values, int player = 2, double? discount = null)
    {
        var next = new double[game.States];
        for (var state = 0; state < game.States; state++)
        {
            var outcomes = new double[game.OtherActions(player)];
            var reference = new double[outcomes.Length];
            for (var joint = 0; joint < game.JointActions; joint++)
            {
                var split = RandomMarkovGames.Split(game, joint);
                var others = RandomMarkovGames.OthersOf(game, player, split);
                reference[others] = 1;
                for (var other = 0; other < game.Players; other++) reference[others] *= other == player ? 1 : policies[other].Row(state)[split[other]];
                var future = 0.0;
                for (var k = 0; k < game.Transitions.Successors(state, joint).Length; k++)
                    future += game.Transitions.Probabilities(state, joint)[k] * values[game.Transitions.Successors(state, joint)[k]];
                outcomes[others] += policies[player].Row(state)[split[player]]
                    * (game.Rewards(player)[(state * game.JointActions) + joint] + ((discount ?? game.Discount) * future));
            }

            var least = outcomes.Min();
            var mean = outcomes.Zip(reference, (x, weight) => weight * x).Sum();

            // At tau 1e-12 the next term of the series, -tau variance / 2, is too small to matter, and the logarithm as it stands is all rounding.
            next[state] = tau < 1e-9
                ? mean
                : least - (Math.Log(outcomes.Zip(reference, (x, weight) => weight * Math.Exp(-tau * (x - least))).Sum()) / tau);
            foreach (var p in policies[player].Row(state)) next[state] -= epsilon * p * Math.Log(p);
        }

        return next;
    }

    /// <summary>Value of a policy against others who choose the worst in every state: plain value iteration.</summary>
    private static double WorstCase(MarkovGame game, MarkovPolicy policy)
    {
        var values = new double[game.States];
        for (var sweep = 0; sweep < 200; sweep++)
        {
            values = [.. Enumerable.Range(0, game.States).Select(state => Enumerable.Range(0, game.Actions[1]).Min(b =>
                Enumerable.Range(0, game.Actions[0]).Sum(a => policy.Row(state)[a] * Outcome(state, (a * game.Actions[1]) + b))))];
        }

        return Enumerable.Range(0, game.States).Sum(state => game.Initial[state] * values[state]);

        double Outcome(int state, int joint)
        {
            var sum = game.Rewards(0)[(state * game.JointActions) + joint];
            for (var k = 0; k < game.Transitions.Successors(state, joint).Length; k++)
                sum += game.Discount * game.Transitions.Probabilities(state, joint)[k] * values[game.Transitions.Successors(state, joint)[k]];
            return sum;
        }
    }
}
