using Srpo.Core.Random;
using Srpo.Environments.Gridworld;
using Srpo.Games;
using Srpo.Games.Markov;

namespace Srpo.Environments.Tests.Gridworld;

public class GridworldMarkovGameTests
{
    private const double Discount = 0.9;

    private static readonly GridworldLayout Small = GridworldLayout.Parse(
        "name: small\nrespawn-probability: 0.3\nepisode-length: 150\nmap:\nO1.\nP.2\n");

    [Fact]
    public void Every_situation_of_a_small_layout_is_reached_once()
    {
        var tabular = GridworldMarkovGame.Build(Small, Discount);

        // 5 floor cells, two agents apart, each loaded or not, one onion there or not.
        Assert.Equal(5 * 4 * 4 * 2, tabular.States.Count);
        Assert.Equal(tabular.States.Count, tabular.States.Distinct().Count());
        for (var state = 0; state < tabular.States.Count; state++)
        {
            Assert.Equal(state, tabular.IndexOf(tabular.States[state]));
            for (var joint = 0; joint < 25; joint++) Assert.Equal(0, tabular.Game.Transitions.EndProbability(state, joint));
        }

        Assert.Equal(Small.Initial(false), tabular.States[0]);
        Assert.Equal(Small.Initial(true), tabular.States[1]);
        Assert.Equal([0.5, 0.5, 0], tabular.Game.Initial.Take(3));
        Assert.Equal(-1, tabular.IndexOf(default));
    }

    [Fact]
    public void The_official_layout_has_8832_states()
    {
        var tabular = GridworldMarkovGame.Build(GridworldLayouts.Load(GridworldLayouts.Official), 0.99);
        Assert.Equal(24 * 23 * 4 * 4, tabular.States.Count);
    }

    [Fact]
    public void Either_seat_is_first_half_of_the_time_and_onions_come_back_each_on_its_own()
    {
        // Both want the cell between them: one gets it, the other pays for the bump.
        var narrow = GridworldLayout.Parse("name: narrow\nrespawn-probability: 0.25\nmap:\n1.2\nO.P\nO..\n");
        var tabular = GridworldMarkovGame.Build(narrow, Discount);
        var transitions = tabular.Game.Transitions;
        var joint = ((int)GridworldAction.Right * GridworldActions.Count) + (int)GridworldAction.Left;
        var cells = transitions.Successors(0, joint).ToArray().Select(next => (tabular.States[next].Agents[0].Cell, tabular.States[next].Agents[1].Cell));
        Assert.Equal([(0, 1), (1, 2)], cells.Order());
        Assert.Equal([0.5, 0.5], transitions.Probabilities(0, joint).ToArray());
        Assert.Equal(1.2, tabular.Game.Costs(0)[joint], 1e-6);
        Assert.Equal(-1.2, tabular.Game.Rewards(1)[joint], 1e-6);

        var bare = tabular.States[0];
        bare.Onions = 0;
        bare.Agents[0].Carrying = bare.Agents[1].Carrying = true;
        var from = tabular.IndexOf(bare);
        var stay = 6 * (int)GridworldAction.Stay;
        var returns = transitions.Successors(from, stay).ToArray().Zip(transitions.Probabilities(from, stay).ToArray())
            .Select(pair => (tabular.States[pair.First].Onions, pair.Second)).Order();
        Assert.Equal([(0u, 0.5625), (1u, 0.1875), (2u, 0.1875), (3u, 0.0625)], returns);
    }

    [Fact]
    public void A_plain_routine_earns_what_counting_says()
    {
        // One agent walks onto the source, then delivers and waits for the next onion in turn; the other stays where it is.
        var layout = GridworldLayout.Parse("name: routine\nrespawn-probability: 1\nmap:\n1OP.\n...2\n");
        var tabular = GridworldMarkovGame.Build(layout, Discount);
        static void Routine(ReadOnlySpan<float> own, Span<double> probabilities)
        {
            var (row, column, carrying) = (own[0], own[1], own[2]);
            var action = row == 0 && (column == 0 || carrying == 1) ? GridworldAction.Right : GridworldAction.Stay;
            probabilities.Clear();
            probabilities[(int)action] = 1;
        }

        MarkovPolicy[] policies = [tabular.Tabulate(0, ObservationEncoding.OwnFirst, Routine), tabular.Tabulate(1, ObservationEncoding.OwnFirst, Routine)];
        var returns = MarkovReturns.Of(tabular.Game, policies);
        var shared = (1 + (10 * Discount)) / (1 - (Discount * Discount));
        var costs = 0.2 * (1 + (Discount / (1 - (Discount * Discount))));
        Assert.Equal(shared, returns.SharedReward!.Value, 1e-6);
        Assert.Equal([costs / 2, costs / 2], returns.PrivateCosts!.Value, (expected, actual) => Math.Abs(expected - actual) < 1e-6);

        var six = RiskAdjustedValue.OverSteps(tabular.Game, policies, 0, 0, 0, 6);
        Assert.Equal(33 - 0.8, six.Values[0], 1e-6);
        Assert.Equal(33, six.Values[1], 1e-6);

        // Nothing is left to chance once the seats are drawn, and everybody keeps to the routine.
        Assert.Equal(six.Return, RiskAdjustedValue.OverSteps(tabular.Game, policies, 0, 20, 0, 6).Return, 1e-9);
    }

    [Fact]
    public void Values_agree_with_simulated_returns()
    {
        const int lanes = 8000;
        var tabular = GridworldMarkovGame.Build(Small, Discount);
        MarkovPolicy[] policies = [tabular.Tabulate(0, ObservationEncoding.Absolute, Eager), tabular.Tabulate(1, ObservationEncoding.OwnFirst, Eager)];
        ObservationEncoding[] encodings = [ObservationEncoding.Absolute, ObservationEncoding.OwnFirst];
        var stateOf = encodings.Select((encoding, seat) => Enumerable.Range(0, tabular.States.Count)
            .ToDictionary(state => tabular.ObservationNumber(state, seat, encoding))).ToArray();

        var environment = new GridworldEnvironment(Small, lanes);
        var dynamics = new StreamId(3, 0, 0, StreamPurpose.Dynamics);
        environment.Reset(dynamics.For(StreamPurpose.Reset), dynamics);
        var streams = Enumerable.Range(0, 2 * lanes).Select(lane => dynamics.For(StreamPurpose.Action).Lane(lane)).ToArray();
        var actions = new byte[2 * lanes];
        var numbers = new int[lanes];
        var (rewards, costs) = (new float[2 * lanes], new float[2 * lanes]);
        var (discounted, whole, discountedCosts) = (new double[2 * lanes], new double[2 * lanes], new double[2 * lanes]);
        var (terminated, truncated) = (new bool[lanes], new bool[lanes]);
        for (var (step, weight) = (0, 1.0); step < 150; step++, weight *= Discount)
        {
            for (var seat = 0; seat < 2; seat++)
            {
                environment.ObserveStates(seat, encodings[seat], numbers);
                for (var lane = 0; lane < lanes; lane++)
                {
                    var index = (seat * lanes) + lane;
                    actions[index] = Sample(policies[seat].Row(stateOf[seat][numbers[lane]]), streams[index].NextDouble());
                }
            }

            environment.Step(actions, new StepOutcome { Rewards = rewards, Costs = costs, Terminated = terminated, Truncated = truncated });
            for (var index = 0; index < 2 * lanes; index++)
            {
                discounted[index] += weight * rewards[index];
                discountedCosts[index] += weight * costs[index];
                whole[index] += rewards[index];
            }
        }

        Assert.All(terminated, Assert.True);
        var returns = MarkovReturns.Of(tabular.Game, policies);
        for (var seat = 0; seat < 2; seat++)
        {
            AssertMean(returns.Utilities[seat], discounted.AsSpan(seat * lanes, lanes));
            AssertMean(returns.PrivateCosts!.Value[seat], discountedCosts.AsSpan(seat * lanes, lanes));
            AssertMean(RiskAdjustedValue.OverSteps(tabular.Game, policies, seat, 0, 0, 150).Return, whole.AsSpan(seat * lanes, lanes));
            Assert.Equal(returns.Utilities[seat], RiskAdjustedValue.Compute(tabular.Game, policies, seat, 0).Return, 1e-10);
            Assert.True(RiskAdjustedValue.Compute(tabular.Game, policies, seat, 1).Return < returns.Utilities[seat] - 1);
        }
    }

    [Fact]
    public void A_small_layout_has_an_equilibrium_that_can_be_computed()
    {
        var tabular = GridworldMarkovGame.Build(Small, 0.95);
        var found = RegularisedPolicyIteration.Solve(tabular.Game, RiskProfile.Shared(2, 1, 1));
        Assert.True(found.Converged, $"residual {found.Residual} after {found.Iterations}");
        Assert.Equal(found.Returns.Utilities[0] + found.Returns.PrivateCosts!.Value[0], found.Returns.SharedReward!.Value, 1e-9);

        // Playing better than at random, in every respect that the players care for.
        MarkovPolicy[] random = [MarkovPolicy.Uniform(tabular.States.Count, 5), found.Policies[1]];
        Assert.True(RiskAdjustedValue.Compute(tabular.Game, random, 0, 1, 1).Return < found.Values[0].Return - 1);
    }

    [Fact]
    public void Observations_are_those_of_the_environment()
    {
        var tabular = GridworldMarkovGame.Build(Small, Discount);
        var environment = new GridworldEnvironment(Small, 1);
        var stream = new StreamId(4, 0, 0, StreamPurpose.Dynamics);
        environment.Reset(stream.For(StreamPurpose.Reset), stream);
        var number = new int[1];
        foreach (var encoding in Enum.GetValues<ObservationEncoding>())
        {
            var state = tabular.IndexOf(environment.StateOf(0));
            for (var seat = 0; seat < 2; seat++)
            {
                environment.ObserveStates(seat, encoding, number);
                Assert.Equal(number[0], tabular.ObservationNumber(state, seat, encoding));
                var expected = new float[environment.Info.ObservationLength(encoding)];
                var actual = new float[expected.Length];
                environment.Observe(seat, encoding, expected);
                tabular.WriteObservation(state, seat, encoding, actual);
                Assert.Equal(expected, actual);
            }

            environment.Step([1, 2], new StepOutcome { Rewards = new float[2], Costs = new float[2], Terminated = new bool[1], Truncated = new bool[1] });
        }
    }

    [Theory]
    [InlineData("name: many\nmap:\nO1.\nP.2\n", 100)]
    [InlineData("name: many\nmap:\nOOOOOOOOOOOOO\nP1.......2..O\n", 10_000)]
    public void Too_many_states_are_an_error_that_names_the_limit(string text, int limit)
    {
        var error = Assert.Throws<ArgumentException>(() => GridworldMarkovGame.Build(GridworldLayout.Parse(text), Discount, limit));
        Assert.Contains($"layout 'many' has more than {limit} reachable states", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Not uniform and different for loaded and free hands and for the other's place, so that a mixed-up seat shows.</summary>
    private static void Eager(ReadOnlySpan<float> observation, Span<double> probabilities)
    {
        for (var action = 0; action < probabilities.Length; action++)
            probabilities[action] = 1 + ((action * (1 + observation[0] + (2 * observation[1]) + (3 * observation[2]) + observation[4])) % 3.5);
        var sum = probabilities[0] + probabilities[1] + probabilities[2] + probabilities[3] + probabilities[4];
        foreach (ref var probability in probabilities) probability /= sum;
    }

    private static byte Sample(ReadOnlySpan<double> probabilities, double uniform)
    {
        byte action = 0;
        while (action < probabilities.Length - 1 && uniform >= probabilities[action]) uniform -= probabilities[action++];
        return action;
    }

    private static void AssertMean(double expected, ReadOnlySpan<double> sample)
    {
        var numbers = sample.ToArray();
        var mean = numbers.Average();
        var error = Math.Sqrt(numbers.Sum(x => (x - mean) * (x - mean)) / numbers.Length / (numbers.Length - 1));
        Assert.True(Math.Abs(mean - expected) < 4 * error, $"simulated {mean} +- {error}, tabular {expected}");
        Assert.True(error < 0.02 * Math.Abs(expected), $"a mean of {mean} +- {error} shows little");
    }
}
