using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning.Tests.Rollouts;

/// <summary>Rollouts: bookkeeping of rows, streams, and evaluation.</summary>
public sealed class RolloutTests
{
    [Fact]
    public void Rows_hold_each_different_observation_once_and_the_policys_probabilities()
    {
        var spec = TestData.Spec(TestData.Small("ippo"));
        var (shape, _, states, rollouts) = TestData.FirstRound(spec);
        var seat = rollouts[0].Parts[1];
        Assert.Equal((1, 1), (seat.Actor, seat.Seat));
        var rows = seat.Values.Length;
        var length = shape.Policy.Inputs;
        var distinct = Enumerable.Range(0, rows).Select(r => string.Join(',', seat.Observations.Skip(r * length).Take(length))).ToHashSet();
        Assert.Equal(rows, distinct.Count);
        Assert.Equal(rows, seat.Row.Concat(seat.Next.Where(next => next < SeatSamples.Ended).Select(SeatSamples.BootstrapRow)).Distinct().Count());
        Assert.InRange(rows, 20, 240);
        var policy = new Updates.PlainNetwork(shape.Policy, [.. states[1].Parameters.Select(x => (double)x)], 0);
        var critic = new Updates.PlainNetwork(shape.Critic, [.. states[1].Parameters.Select(x => (double)x)], shape.Policy.ParameterCount);
        for (var r = 0; r < rows; r++)
        {
            double[] x = [.. seat.Observations.Skip(r * length).Take(length).Select(v => (double)v)];
            var z = policy.Forward(x)[^1];
            var log = Math.Log(z.Sum(Math.Exp));
            for (var a = 0; a < 5; a++) Assert.Equal(z[a] - log, seat.LogProbabilities[(r * 5) + a], 1e-5);
            Assert.Equal(critic.Forward(x)[^1][0], seat.Values[r], 1e-5);
        }
    }

    [Fact]
    public void Splitting_lanes_over_instances_does_not_change_them()
    {
        var spec = TestData.Spec(TestData.Small("ippo"));
        var (_, plan, states, whole) = TestData.FirstRound(spec);
        using var half = new RolloutPlayer(spec, 0, plan.Instances[0] with { FirstLane = 2, Lanes = 2 }, RolloutActors.Of(spec, plan));
        var part = half.Play(1, TestData.Parameters(plan.Instances[0], states));
        for (var step = 0; step < 60; step++)
        {
            for (var lane = 0; lane < 2; lane++)
            {
                Assert.Equal(whole[0].Parts[0].Actions[(step * 4) + 2 + lane], part.Parts[0].Actions[(step * 2) + lane]);
                Assert.Equal(whole[0].Parts[1].Rewards[(step * 4) + 2 + lane], part.Parts[1].Rewards[(step * 2) + lane]);
            }
        }
    }

    [Fact]
    public void Rounds_teams_and_seeds_have_streams_of_their_own()
    {
        var spec = TestData.Spec(TestData.Small("ippo"));
        var (_, plan, states, first) = TestData.FirstRound(spec);
        var players = TestData.Parameters(plan.Instances[0], states);
        byte[] Actions(PopulationSpec s, int team, int round)
        {
            using var player = new RolloutPlayer(s, team, plan.Instances[0], RolloutActors.Of(s, plan));
            return player.Play(round, players).Parts[0].Actions;
        }

        Assert.Equal(first[0].Parts[0].Actions, Actions(spec, 0, 1));
        Assert.NotEqual(first[0].Parts[0].Actions, Actions(spec, 0, 2));
        Assert.NotEqual(first[0].Parts[0].Actions, Actions(spec, 1, 1));
        Assert.NotEqual(first[0].Parts[0].Actions, Actions(spec with { Seed = 12 }, 0, 1));
    }

    [Fact]
    public void Actions_are_drawn_with_the_policys_probabilities()
    {
        var cumulative = new float[4];
        Sampling.Accumulate([0.1f, 0f, 0.6f, 0.3f], cumulative);
        var counts = new int[4];
        for (var i = 0; i < 10000; i++) counts[Sampling.Choose(cumulative, i / 10000f)]++;
        Assert.InRange(counts[0], 999, 1001);
        Assert.Equal(0, counts[1]);
        Assert.InRange(counts[2], 5999, 6001);
        Assert.Equal(3, Sampling.Choose(cumulative, MathF.BitDecrement(1f)));
        Sampling.Accumulate([0.5f, 0.4999f, 0f, 0f], cumulative);
        Assert.Equal(1, Sampling.Choose(cumulative, MathF.BitDecrement(1f)));
    }

    [Fact]
    public void Evaluation_reports_the_mean_return_of_its_episodes()
    {
        var spec = TestData.Spec(TestData.Small("ippo") with { CurveEpisodes = 3, EvaluationSteps = 50 });
        var (_, plan, states, _) = TestData.FirstRound(spec);
        using var player = new RolloutPlayer(spec, 0, plan.Instances[0], RolloutActors.Of(spec, plan));
        var evaluation = player.Evaluate(5, [states[0].Parameters, states[1].Parameters]);
        Assert.Equal(evaluation, player.Evaluate(5, [states[0].Parameters, states[1].Parameters]), (a, b) => a!.MeanReturn == b!.MeanReturn);
        Assert.NotEqual(evaluation.MeanReturn, player.Evaluate(6, [states[0].Parameters, states[1].Parameters]).MeanReturn);
        Assert.All(evaluation.SeatCosts, c => Assert.InRange(c, 1, 120));
    }

    [Fact]
    public void An_adversary_starts_as_a_copy_of_the_agent_it_trains()
    {
        var (_, plan, states, _) = TestData.FirstRound(TestData.Spec(TestData.Small("srpo")));
        Assert.Equal(["agent 0", "agent 1", "adversary 0", "adversary 1"], plan.Actors.Select(a => a.ToString()));
        Assert.Equal(states[0].Parameters, states[2].Parameters);
        Assert.Equal(states[1].Parameters, states[3].Parameters);
        Assert.NotEqual(states[0].Parameters, states[1].Parameters);
    }

    [Fact]
    public void Initial_parameters_have_the_ranges_asked_for()
    {
        var spec = TestData.Spec(new TrainingSettings { Method = "ippo" });
        var (shape, _, states, _) = TestData.FirstRound(spec);
        var second = shape.Policy.Body.Layers[1];
        var slice = states[0].Parameters[second.WeightOffset..second.End];
        Assert.InRange(slice.Max(), 0.12f, 0.125f);
        Assert.InRange(slice.Min(), -0.125f, -0.12f);
        Assert.InRange(slice.Average(), -0.003, 0.003);

        var orthogonal = TestData.Spec(new TrainingSettings { Method = "ippo", Network = new NetworkSettings { Initialisation = Initialisation.Orthogonal } });
        var parameters = TestData.FirstRound(orthogonal).States[0].Parameters;
        for (var a = 0; a < 64; a += 9)
        {
            for (var b = 0; b < 64; b += 7)
            {
                var dot = 0.0;
                for (var j = 0; j < 64; j++) dot += parameters[second.WeightOffset + (a * 64) + j] * parameters[second.WeightOffset + (b * 64) + j];
                Assert.Equal(a == b ? 2.0 : 0.0, dot, 1e-5);
            }
        }
    }

    [Fact]
    public void Environments_without_enumerable_observations_are_played_too()
    {
        // Ten onion sources make 2^10 times as many observations: too many to number.
        var spec = TestData.Spec(TestData.Small("srpo")) with
        {
            Environment = new EnvironmentSettings("gridworld", "many", "map:\n1....OOOOO\n2...P.....\n.....OOOOO\n"),
        };
        Assert.Equal(0, EnvironmentFactory.Create(spec.Environment, 1).Info.ObservationStates);
        var (shape, plan, states, rollouts) = TestData.FirstRound(spec);
        var seat = rollouts[0].Parts[0];
        Assert.Equal((60 + 1) * 4, seat.Values.Length);
        using var updater = new TestUpdater(spec.Training with { AdamEpsilon = 1e-3 }, plan, shape);
        var expected = new Updates.PlainUpdate(spec with { Training = spec.Training with { AdamEpsilon = 1e-3 } }, plan, shape).Run(0, 1, states, rollouts);
        var (next, _) = updater.Update(spec.Seed, 0, 1, states, rollouts);
        for (var i = 0; i < shape.ParameterCount; i++) Assert.Equal(expected[0][i], next[0].Parameters[i], 1e-5);
    }
}
