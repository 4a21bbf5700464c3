using Srpo.Core.Settings;
using Srpo.Learning.Devices.Cpu;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Rollouts;

/// <summary>What is recorded of games with turns, masks, ends and time-outs, against the log of the game.</summary>
public sealed class TurnRolloutTests
{
    private static readonly TrainingSettings Ippo = TestData.Small("ippo") with { Lanes = 6, Horizon = 25 };

    public static TheoryData<string> Games() => [.. Rules.Keys];

    private static readonly Dictionary<string, TestGameRules> Rules = new()
    {
        ["three in turns"] = new(3, 3) { TurnBased = true, EndsEarly = true },
        ["four in turns, masked"] = new(4, 4) { TurnBased = true, Masks = true, EndsEarly = true },
        ["two in turns, masked, time-outs"] = new(2, 2) { TurnBased = true, Masks = true, Truncates = true, Length = 7 },
        ["three together"] = new(3, 3) { EndsEarly = true },
        ["five together, masked"] = new(5, 5) { Masks = true, EndsEarly = true },
        ["three together, numbered observations, time-outs"] = new(3, 3) { Enumerable = true, Truncates = true, Length = 6 },
        ["two in turns, shorter than a round of turns"] = new(2, 2) { TurnBased = true, EndsEarly = true, Length = 2 },
        ["three in turns, numbers that do not count"] = new(3, 3) { TurnBased = true, Enumerable = true, EndsEarly = true },
        ["three in turns, masked, numbers that do not count"] = new(3, 3) { TurnBased = true, Masks = true, Enumerable = true, EndsEarly = true },
        ["two together, masked, numbers that do not count"] = new(2, 2) { Masks = true, Enumerable = true },
    };

    [Theory]
    [MemberData(nameof(Games))]
    public void Samples_are_what_the_game_logged(string name)
    {
        var table = new GameTable(Rules[name], Ippo);
        var (rollout, game) = table.Play(0);
        Assert.Equal(table.Info.Seats, rollout.Parts.Count);
        for (var seat = 0; seat < table.Info.Seats; seat++)
        {
            var part = rollout.Parts[seat];
            Assert.Equal((seat, seat), (part.Actor, part.Seat));
            Assert.Same(part.Rewards, part.Signals);
            var expected = PlainSamples.Of(game, (s, _) => s == seat, (_, _) => false).Select(sample => sample with { Signal = sample.Reward }).ToList();
            Assert.True(expected.Count > 20);
            PlainSamples.AssertSame(expected, part, game, table.Shape);
            Assert.Equal(game.Log.Sum(step => (double)step.Rewards[seat]), rollout.SeatRewards[seat], 1e-4);
            Assert.Equal(game.Log.Sum(step => (double)step.Costs[seat]), rollout.SeatCosts[seat], 1e-4);
        }
    }

    [Fact]
    public void Games_end_in_the_ways_the_tests_are_about()
    {
        var log = new GameTable(Rules["four in turns, masked"], Ippo).Play(0).Game.Log;
        Assert.Contains(log, step => step.Terminated);
        Assert.Contains(log, step => step.Legal[step.Mover].Contains((byte)0));
        Assert.Contains(log.Zip(log.Skip(6)), pair => !pair.First.Terminated && pair.Second.Mover == (pair.First.Mover + 2) % 4);
        Assert.Contains(new GameTable(Rules["two in turns, masked, time-outs"], Ippo).Play(0).Game.Log, step => step.Truncated);
    }

    [Theory]
    [MemberData(nameof(Games))]
    public void Splitting_lanes_over_instances_gives_the_same_play(string name)
    {
        var table = new GameTable(Rules[name], Ippo);
        var (_, whole) = table.Play(0);
        var (_, part) = table.Play(0, plan: table.Plan.Instances[0] with { FirstLane = 4, Lanes = 2 });
        for (var step = 0; step < 25; step++)
        {
            for (var lane = 0; lane < 2; lane++)
            {
                var (expected, actual) = (whole.Log[(step * 6) + 4 + lane], part.Log[(step * 2) + lane]);
                Assert.Equal(expected.Before, actual.Before);
                Assert.Equal(expected.Mover < 0 ? expected.Actions : [expected.Actions[expected.Mover]], actual.Mover < 0 ? actual.Actions : [actual.Actions[actual.Mover]]);
                Assert.Equal(expected.Rewards, actual.Rewards);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Games))]
    public void Every_vector_width_records_the_same(string name)
    {
        var table = new GameTable(Rules[name], Ippo);
        var rollouts = TestData.AllDevices.Select(device => table.Play(0, device: device).Rollout).ToArray();
        for (var k = 1; k < rollouts.Length; k++)
        {
            foreach (var (first, other) in rollouts[0].Parts.Zip(rollouts[k].Parts))
            {
                Assert.Equal(first.Actions, other.Actions);
                Assert.Equal(first.LogProbabilities, other.LogProbabilities);
                Assert.Equal(first.Values, other.Values);
                Assert.Equal(first.Next, other.Next);
            }
        }
    }

    [Fact]
    public void Legal_actions_have_the_probabilities_of_the_masked_softmax()
    {
        var table = new GameTable(Rules["four in turns, masked"], Ippo);
        var part = table.Play(0).Rollout.Parts[2];
        var policy = new Updates.PlainNetwork(table.Shape.Policy, [.. table.States[2].Parameters.Select(x => (double)x)], 0);
        for (var row = 0; row < part.Values.Length; row++)
        {
            var z = policy.Forward([.. PlainSamples.Row(part.Observations, row, 5).Select(x => (double)x)])[^1];
            var legal = PlainSamples.Row(part.Legal, row, TestGame.Actions);
            var total = z.Where((_, a) => legal[a] == 1).Sum(Math.Exp);
            for (var a = 0; a < TestGame.Actions; a++)
                Assert.Equal(legal[a] == 1 ? z[a] - Math.Log(total) : 0, part.LogProbabilities[(row * TestGame.Actions) + a], 1e-5);
        }
    }

    [Fact]
    public void A_numbered_observation_is_recorded_once()
    {
        var part = new GameTable(Rules["three together, numbered observations, time-outs"], Ippo).Play(0).Rollout.Parts[1];
        Assert.InRange(part.Values.Length, 10, 66);
        Assert.Equal(part.Values.Length, Enumerable.Range(0, part.Values.Length).Select(row => string.Join(' ', PlainSamples.Row(part.Observations, row, 5))).Distinct().Count());
    }

    [Fact]
    public void One_step_is_a_rollout_where_all_act_at_once()
    {
        var table = new GameTable(Rules["three together"], Ippo with { Horizon = 1 });
        var (rollout, game) = table.Play(0);
        for (var seat = 0; seat < 3; seat++)
        {
            var expected = PlainSamples.Of(game, (s, _) => s == seat, (_, _) => false).Select(sample => sample with { Signal = sample.Reward }).ToList();
            PlainSamples.AssertSame(expected, rollout.Parts[seat], game, table.Shape);
        }
    }

    [Fact]
    public void A_stage_begins_every_rollout_anew()
    {
        var table = new GameTable(Rules["four in turns, masked"], Ippo);
        var game = new TestGame(Rules["four in turns, masked"], 6);
        using var stage = new RolloutStage(game, table.Plan.Instances[0], 25, RolloutActors.Of(table.Shape, table.Plan, [], CpuDevice.Default));
        Rollout Play(uint round)
        {
            stage.Play(
                new Core.Random.StreamId(11, 0, round, Core.Random.StreamPurpose.Reset),
                (Core.Random.StreamPurpose.Dynamics, Core.Random.StreamPurpose.Action, Core.Random.StreamPurpose.Casting), 0,
                TestData.Parameters(table.Plan.Instances[0], table.States), false, default);
            return stage.Collect();
        }

        var first = Play(1);
        Assert.NotEqual(first.Parts[0].Actions, Play(2).Parts[0].Actions);
        var again = Play(1);
        for (var seat = 0; seat < 4; seat++)
        {
            Assert.Equal(first.Parts[seat].Actions, again.Parts[seat].Actions);
            Assert.Equal(first.Parts[seat].Rewards, again.Parts[seat].Rewards);
            Assert.Equal(first.Parts[seat].Next, again.Parts[seat].Next);
        }
    }
}
