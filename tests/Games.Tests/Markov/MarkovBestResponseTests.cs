using Srpo.Games.Markov;

namespace Srpo.Games.Tests.Markov;

public class MarkovBestResponseTests
{
    [Theory]
    [InlineData(0.0, 0.2)]
    [InlineData(1.0, 0.1)]
    [InlineData(30.0, 0.05)]
    public void No_other_policy_has_a_higher_value_in_any_state(double tau, double epsilon)
    {
        var game = RandomMarkovGames.Game(51, 4, [3, 2, 2], 0.9);
        var policies = RandomMarkovGames.Profile(52, game);
        var response = MarkovBestResponse.Compute(game, policies, 0, tau, epsilon);
        Assert.True(response.Converged);
        Assert.True(response.Iterations <= 25, $"took {response.Iterations} improvements");
        for (var seed = 0; seed < 60; seed++)
        {
            var scale = seed % 2 == 0 ? 4 : 0.05;
            var random = new Random(seed);
            double[] logits = [.. response.Policy.Probabilities.ToArray().Select(p => Math.Log(p) + (scale * (random.NextDouble() - 0.5)))];
            var other = RiskAdjustedValue.Compute(game, [MarkovPolicy.FromLogits(4, 3, logits), policies[1], policies[2]], 0, tau, epsilon);
            for (var state = 0; state < 4; state++) Assert.True(other.Values[state] <= response.Value.Values[state]);
        }
    }

    [Fact]
    public void Without_risk_aversion_it_is_soft_value_iteration()
    {
        var game = RandomMarkovGames.Game(53, 4, [3, 2], 0.8);
        var policies = RandomMarkovGames.Profile(54, game);
        var values = new double[4];
        for (var sweep = 0; sweep < 160; sweep++)
            values = [.. Enumerable.Range(0, 4).Select(state => 0.3 * Math.Log(Gains(state).Sum(gain => Math.Exp(gain / 0.3))))];
        var response = MarkovBestResponse.Compute(game, policies, 0, 0, 0.3);
        for (var state = 0; state < 4; state++)
        {
            Assert.Equal(values[state], response.Value.Values[state], 1e-11);
            var gains = Gains(state);
            var sum = gains.Sum(gain => Math.Exp(gain / 0.3));
            for (var a = 0; a < 3; a++) Assert.Equal(Math.Exp(gains[a] / 0.3) / sum, response.Policy.Row(state)[a], 1e-10);
        }

        double[] Gains(int state) => [.. Enumerable.Range(0, 3).Select(a => Enumerable.Range(0, 2).Sum(b =>
        {
            var joint = (a * 2) + b;
            var sum = game.Rewards(0)[(state * 6) + joint];
            for (var k = 0; k < game.Transitions.Successors(state, joint).Length; k++)
                sum += 0.8 * game.Transitions.Probabilities(state, joint)[k] * values[game.Transitions.Successors(state, joint)[k]];
            return policies[1].Row(state)[b] * sum;
        }))];
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(10.0, 0.1)]
    [InlineData(100.0, 0.02)]
    [InlineData(1000.0, 0.005)]
    public void The_stage_response_is_a_root_for_any_payoffs_and_guess(double tau, double epsilon)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (own, others) = (1 + random.Next(5), 1 + random.Next(5));
            var scale = Math.Pow(10, (2 * random.NextDouble()) - 1);
            var q = RandomMarkovGames.Logits(random, own * others, scale);
            var reference = RandomMarkovGames.Policy(seed, 1, others, 3).Row(0).ToArray();
            var policy = RandomMarkovGames.Policy(seed + 1, 1, own, seed % 3 == 0 ? 300 : 1).Row(0).ToArray();
            new LogitStage(own, others).Solve(q, reference, tau, epsilon, policy);

            // The logit map at the answer, computed plainly.
            var x = Enumerable.Range(0, others).Select(b => Enumerable.Range(0, own).Sum(a => policy[a] * q[(a * others) + b])).ToArray();
            var weights = x.Select((outcome, b) => reference[b] * Math.Exp(-tau * (outcome - x.Min()))).ToArray();
            var gains = Enumerable.Range(0, own).Select(a => Enumerable.Range(0, others).Sum(b => weights[b] * q[(a * others) + b]) / weights.Sum()).ToArray();
            var soft = gains.Select(gain => Math.Exp((gain - gains.Max()) / epsilon)).ToArray();
            for (var a = 0; a < own; a++)
                Assert.True(Math.Abs((soft[a] / soft.Sum()) - policy[a]) < 1e-6, $"seed {seed}, {own} x {others}, scale {scale}: {(soft[a] / soft.Sum()) - policy[a]}");
        }
    }

    [Fact]
    public void Eps_zero_is_refused()
    {
        var game = RandomMarkovGames.Game(1, 1, [2, 2], 0.5);
        var error = Assert.Throws<ArgumentException>(() => MarkovBestResponse.Compute(game, RandomMarkovGames.Profile(1, game), 0, 1, 0));
        Assert.StartsWith("epsilon", error.Message, StringComparison.Ordinal);
    }
}
