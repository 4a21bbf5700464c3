using Srpo.Core.Settings;
using Srpo.Learning.Tests.Games;

namespace Srpo.Learning.Tests.Rollouts;

/// <summary>
/// Who sits where, and what each actor records of it. Actors insist on an action of their own where the log is to tell them apart.
/// </summary>
public sealed class CastingTests
{
    private static readonly TestGameRules Three = new(3, 3) { EndsEarly = true };
    private static readonly TestGameRules FourInTurns = new(4, 4) { TurnBased = true, Masks = true, EndsEarly = true };
    private static readonly TestGameRules WithOpponent = new(3, 2) { EndsEarly = true };

    private static TrainingSettings Settings(string method, bool share = false) => TestData.Small(method) with { Lanes = 60, Horizon = 24, SharePolicy = share };

    /// <summary>Every actor plays the action of its index nearly always, those past the last action the last.</summary>
    private static GameTable Insistent(GameTable table)
    {
        table.States = [.. table.States.Select((state, i) => state with { Parameters = GameTable.Insist(state.Parameters, table.Shape.Policy, Math.Min(i, 3)) })];
        return table;
    }

    private static TestGameStep At(TestGame game, int step, int lane) => game.Log[(step * game.Lanes) + lane];

    [Fact]
    public void One_seat_of_every_lane_is_the_adversarys_throughout_a_rollout()
    {
        var table = Insistent(new GameTable(Three, Settings("srpo", share: true)));
        var seats = new int[3];
        for (var round = 1; round <= 3; round++)
        {
            var (_, game) = table.Play(0, round);
            for (var lane = 0; lane < 60; lane++)
            {
                var seat = Assert.Single(Enumerable.Range(0, 3), s => At(game, 0, lane).Actions[s] == 1);
                seats[seat]++;
                for (var step = 0; step < 24; step++)
                    Assert.Equal([seat], Enumerable.Range(0, 3).Where(s => At(game, step, lane).Actions[s] == 1));
            }
        }

        // 180 draws of three seats: 60 each, deviation 6.3.
        Assert.All(seats, count => Assert.InRange(count, 40, 80));
    }

    [Fact]
    public void The_adversarys_seat_is_drawn_anew_in_every_round_and_team()
    {
        var table = Insistent(new GameTable(Three, Settings("srpo", share: true)));
        int[] Seats(int round) => [.. Enumerable.Range(0, 60).Select(lane => Array.IndexOf(At(table.Play(0, round).Game, 0, lane).Actions, (byte)1))];
        Assert.Equal(Seats(1), Seats(1));
        Assert.NotEqual(Seats(1), Seats(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_shared_agent_records_its_seats_and_the_adversary_the_other(bool turns)
    {
        var rules = turns ? FourInTurns : Three;
        var settings = Settings("srpo", share: true) with { Lanes = 12 };
        var (_, marked) = Insistent(new GameTable(rules with { Masks = false }, settings)).Play(0);
        var seatOf = Enumerable.Range(0, 12).Select(lane => marked.Log.First(step => step.Lane == lane && (step.Mover < 0 || step.Actions[step.Mover] == 1))).Select(
            step => step.Mover < 0 ? Array.IndexOf(step.Actions, (byte)1) : step.Mover).ToArray();

        // The cast does not depend on what is played: the same seats, now with policies that play everything.
        var table = new GameTable(rules, settings);
        var (rollout, game) = table.Play(0);
        Assert.Equal([(0, -1), (1, -1)], rollout.Parts.Select(part => (part.Actor, part.Seat)));
        var agent = PlainSamples.Of(game, (seat, lane) => seat != seatOf[lane], (_, _) => false);
        var adversary = PlainSamples.Of(game, (seat, lane) => seat == seatOf[lane], (seat, lane) => seat != seatOf[lane]);
        AssertOwnFirst([.. agent.Select(sample => sample with { Signal = sample.Reward })], rollout.Parts[0], game);
        AssertOwnFirst(adversary, rollout.Parts[1], game);
        Assert.Same(rollout.Parts[0].Rewards, rollout.Parts[0].Signals);
        Assert.NotEqual(rollout.Parts[1].Rewards, rollout.Parts[1].Signals);
    }

    [Fact]
    public void Agent_i_meets_its_adversary_in_all_other_seats()
    {
        var settings = Settings("srpo") with { Lanes = 6 };
        var marked = Insistent(new GameTable(Three, settings));
        var table = new GameTable(Three, settings);
        Assert.Equal(3, table.Plan.Instances.Count);
        for (var agent = 0; agent < 3; agent++)
        {
            Assert.Equal([agent, 3 + agent], table.Plan.Instances[agent].Actors);
            Assert.Equal(agent * 6, table.Plan.Instances[agent].FirstLane);
            var log = marked.Play(agent).Game.Log;
            Assert.All(log, step => Assert.All(Enumerable.Range(0, 3), seat => Assert.Equal(seat == agent ? agent : 3, step.Actions[seat])));
            var (rollout, game) = table.Play(agent);
            for (var seat = 0; seat < 3; seat++)
            {
                var part = rollout.Parts[seat];
                Assert.Equal((seat == agent ? agent : 3 + agent, seat), (part.Actor, part.Seat));
                var expected = PlainSamples.Of(game, (s, _) => s == seat, (s, _) => s == agent);
                PlainSamples.AssertSame(seat == agent ? [.. expected.Select(sample => sample with { Signal = sample.Reward })] : expected, part, game, table.Shape);
            }
        }
    }

    [Fact]
    public void Lanes_are_split_among_the_pairings()
    {
        var table = new GameTable(Three, Settings("srpo") with { SplitLanes = true });
        Assert.Equal([(0, 20), (20, 20), (40, 20)], table.Plan.Instances.Select(instance => (instance.FirstLane, instance.Lanes)));
        Assert.Equal((60 * 24, 20 * 24), (table.Plan.StepsPerRound, table.Plan.StepsPerAgent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_co_play_seat_and_partner_change_with_the_episode(bool turns)
    {
        FrozenPolicy[] partners = [GameTable.Always(1), GameTable.Always(2), GameTable.Always(3)];
        var table = Insistent(new GameTable(new(3, 3) { EndsEarly = true, TurnBased = turns }, Settings("fcp") with { Horizon = 60 }, partners: partners));
        var (rollout, game) = table.Play(0);
        var part = Assert.Single(rollout.Parts);
        Assert.Equal((0, -1), (part.Actor, part.Seat));
        Assert.All(part.Actions, action => Assert.Equal(0, action));

        var casts = new HashSet<(int Seat, int Partner)>();
        var (samples, changes, episodes) = (0, 0, 0);
        for (var lane = 0; lane < 60; lane++)
        {
            var last = (-1, -1);
            foreach (var episode in Episodes(game, lane))
            {
                // Seats that did not move within an episode are not known.
                var seen = Enumerable.Range(0, 3).Select(seat => episode.Where(step => step.Mover < 0 || step.Mover == seat).Select(step => (int)step.Actions[seat]).Distinct().ToArray()).ToArray();
                Assert.All(seen, actions => Assert.InRange(actions.Length, 0, 1));
                var others = seen.Where(actions => actions.Length == 1 && actions[0] != 0).Select(actions => actions[0]).Distinct().ToArray();
                Assert.InRange(others.Length, 0, 1);
                Assert.InRange(seen.Count(actions => actions.Length == 1 && actions[0] == 0), 0, 1);
                if (!turns) Assert.Equal(1, seen.Count(actions => actions[0] == 0));
                var own = Array.FindIndex(seen, actions => actions.Length == 1 && actions[0] == 0);
                if (own < 0 || others.Length == 0) continue;
                episodes++;
                casts.Add((own, others[0]));
                if (last != (own, others[0])) changes++;
                last = (own, others[0]);
                samples += episode.Count(step => step.Mover < 0 || step.Mover == own);
            }
        }

        Assert.Equal(9, casts.Count);

        // Of three seats and three partners the next episode has the same with probability 1/9.
        Assert.True(episodes > 200);
        Assert.InRange(changes, episodes * 0.8, episodes * 0.97);
        if (!turns) Assert.Equal(samples, part.Count);
        Assert.InRange(part.Count, samples / 2, samples * 3 / 2);
    }

    [Fact]
    public void In_co_play_samples_end_with_the_episode_whoever_sits_there_next()
    {
        FrozenPolicy[] partners = [GameTable.Always(1), GameTable.Always(2)];
        var table = Insistent(new GameTable(Three, Settings("fcp") with { Lanes = 5, Horizon = 40 }, partners: partners));
        var (rollout, game) = table.Play(0);
        var expected = new List<PlainSample>();
        for (var lane = 0; lane < 5; lane++)
        {
            for (var seat = 0; seat < 3; seat++)
                expected.AddRange(PlainSamples.Of(game, (s, l) => (s, l) == (seat, lane), (_, _) => false).Where(sample => sample.Action == 0));
        }

        expected = [.. expected.OrderBy(sample => sample.Step).ThenBy(sample => sample.Seat).ThenBy(sample => sample.Lane).Select(sample => sample with { Signal = sample.Reward })];
        AssertOwnFirst(expected, rollout.Parts[0], game);
    }

    [Theory]
    [InlineData("srpo")]
    [InlineData("fcp")]
    public void Splitting_lanes_over_instances_draws_the_same_casts(string method)
    {
        FrozenPolicy[] partners = method == "fcp" ? [GameTable.Always(2), GameTable.Always(3)] : [];
        var table = Insistent(new GameTable(Three, Settings(method, share: true), partners: partners));
        var (_, whole) = table.Play(0);
        var (_, part) = table.Play(0, plan: table.Plan.Instances[0] with { FirstLane = 17, Lanes = 30 });
        for (var step = 0; step < 24; step++)
        {
            for (var lane = 0; lane < 30; lane++) Assert.Equal(At(whole, step, 17 + lane).Actions, At(part, step, lane).Actions);
        }
    }

    [Theory]
    [InlineData("ippo", false)]
    [InlineData("srpo", false)]
    [InlineData("srpo", true)]
    [InlineData("self-play", false)]
    public void Frozen_opponents_sit_behind_the_team_and_are_not_recorded(string method, bool share)
    {
        var table = new GameTable(WithOpponent, Settings(method, share) with { Lanes = 8 }, opponents: [GameTable.Always(3)]);
        Assert.Equal((2, 3, 1), (table.Plan.Agents, table.Plan.Seats, table.Plan.Opponents));
        for (var instance = 0; instance < table.Plan.Instances.Count; instance++)
        {
            var (rollout, game) = table.Play(instance);
            Assert.All(game.Log, step => Assert.Equal(3, step.Actions[2]));
            Assert.Equal(2, rollout.Parts.Count);
            Assert.All(rollout.Parts, part => Assert.Equal(8 * 24, part.Count));
            Assert.All(rollout.Parts, part => Assert.Contains(part.Actions, action => action != 3));
        }

        var (evaluation, evaluated) = table.Evaluate();
        Assert.All(evaluated.Log, step => Assert.Equal(3, step.Actions[2]));
        Assert.Equal(3, evaluation.SeatCosts.Length);
    }

    [Fact]
    public void In_co_play_with_opponents_each_sits_in_its_place()
    {
        var table = Insistent(new GameTable(WithOpponent, Settings("fcp"), opponents: [GameTable.Always(3)], partners: [GameTable.Always(1), GameTable.Always(2)]));
        var (rollout, game) = table.Play(0);
        Assert.All(game.Log, step => Assert.Equal(3, step.Actions[2]));
        Assert.All(game.Log, step => Assert.Single(step.Actions[..2], (byte)0));
        Assert.Equal([1, 2], game.Log.SelectMany(step => step.Actions[..2]).Where(action => action != 0).Distinct().Order().Select(action => (int)action));
        Assert.Equal(60 * 24, rollout.Parts[0].Count);
    }

    [Fact]
    public void Without_frozen_opponents_everybody_learns()
    {
        var table = new GameTable(WithOpponent, Settings("ippo") with { Lanes = 8 });
        Assert.Equal(3, table.Plan.Agents);
        var (rollout, game) = table.Play(0);
        for (var seat = 0; seat < 3; seat++)
        {
            var expected = PlainSamples.Of(game, (s, _) => s == seat, (_, _) => false).Select(sample => sample with { Signal = sample.Reward }).ToList();
            PlainSamples.AssertSame(expected, rollout.Parts[seat], game, table.Shape);
        }
    }

    private static IEnumerable<List<TestGameStep>> Episodes(TestGame game, int lane)
    {
        var episode = new List<TestGameStep>();
        foreach (var step in game.Log.Where(step => step.Lane == lane))
        {
            episode.Add(step);
            if (!step.Terminated && !step.Truncated) continue;
            yield return episode;
            episode = [];
        }

        if (episode.Count > 0) yield return episode;
    }

    /// <summary>Compares a part of an actor that plays several seats; its observations begin with the seat.</summary>
    private static void AssertOwnFirst(List<PlainSample> expected, SeatSamples part, TestGame game)
    {
        var finished = expected.Where(sample => !game.Info.TurnBased || sample.NextStep != -3).ToList();
        var place = finished.Select((sample, i) => (sample, i)).ToDictionary(pair => (pair.sample.Lane, pair.sample.Seat, pair.sample.Step), pair => pair.i);
        Assert.Equal(finished.Count, part.Count);
        for (var i = 0; i < finished.Count; i++)
        {
            var sample = finished[i];
            Assert.Equal(sample.Action, part.Actions[i]);
            Assert.Equal(sample.Reward, part.Rewards[i], 1e-5f);
            Assert.Equal(sample.Signal, part.Signals[i], 1e-5f);
            var o = sample.Observation;
            Assert.Equal([o[2], o[0], o[1], o[3], o[4]], PlainSamples.Row(part.Observations, part.Row[i], 5));
            if (sample.NextStep == -1) Assert.Equal(SeatSamples.Ended, part.Next[i]);
            else if (sample.NextStep >= 0 && place.TryGetValue((sample.Lane, sample.Seat, sample.NextStep), out var next)) Assert.Equal(next, part.Next[i]);
            else Assert.Equal(o[2], part.Observations[SeatSamples.BootstrapRow(part.Next[i]) * 5]);
        }
    }
}
