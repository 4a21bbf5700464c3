using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning.Tests.Matches;

/// <summary>Episodes that are looked at step by step, and seats whose actions come from outside.</summary>
public sealed class EpisodeSessionTests
{
    private static readonly EnvironmentSettings Gridworld = new("gridworld", "official");
    private static readonly EnvironmentSettings Hanabi = new("hanabi", "3x3-3p");
    private static readonly EnvironmentSettings Tag = new("tag", "tag-4v2");

    private static FrozenPolicy Policy(EnvironmentSettings settings, int number, int carried = 0)
    {
        var info = EnvironmentFactory.Create(settings, 1).Info;
        var shape = new NetworkShape(info.ObservationLength(ObservationEncoding.OwnFirst), [8], info.Actions, Activation.Tanh, gru: carried);
        var random = TestData.Stream(40 + number);
        return new NetworkPolicy(shape, ObservationEncoding.OwnFirst, TestData.Normals(shape.ParameterCount, ref random, 0.3));
    }

    private static FrozenPolicy?[] Players(EnvironmentSettings settings, int seats, params int[] outside) =>
        [.. Enumerable.Range(0, seats).Select(seat => outside.Contains(seat) ? null : Policy(settings, seat))];

    [Theory]
    [InlineData("gridworld", "official", 2)]
    [InlineData("tag", "tag-4v2", 6)]
    [InlineData("hanabi", "3x3-2p", 2)]
    public void A_replay_is_the_first_episode_of_the_first_cell(string name, string variant, int seats)
    {
        var settings = new EnvironmentSettings(name, variant);
        var players = Players(settings, seats).Select(player => player!).ToArray();
        var info = EnvironmentFactory.Create(settings, 1).Info;
        using var player = new MatchPlayer(settings);
        var frames = player.Replay(7, 0, players, 60);

        // Two seats are ordered: row's run in seat 0, column's in seat 1. In larger teams both runs are the same here.
        var team = new FrozenTeam(players[..info.TeamSeats]);
        var seating = Seatings.For(info.TeamSeats, shared: false);
        var outcome = player.Play(7, 0, team, 0, [team], new MatchRules(seating, 1, 60), players[info.TeamSeats..])[0];
        var score = frames.Skip(1).Sum(frame => info.SharedReward ? frame.Rewards[0] : frame.Rewards[..info.TeamSeats].Sum());
        if (seating == Seating.Ordered) Assert.Equal(score, outcome.MeanReturn, 1e-4);
        Assert.Equal(frames.Select(frame => frame.Drawing), player.Replay(7, 0, players, 60).Select(frame => frame.Drawing));
        Assert.NotEqual(frames.Select(frame => frame.Drawing), player.Replay(7, 1, players, 60).Select(frame => frame.Drawing));
    }

    [Theory]
    [InlineData("gridworld", "official", 2, 0)]
    [InlineData("gridworld", "official", 2, 6)]
    [InlineData("tag", "tag-4v2", 6, 0)]
    [InlineData("hanabi", "3x3-2p", 2, 0)]
    public void Greedy_policies_take_the_most_likely_legal_action(string name, string variant, int seats, int carried)
    {
        var settings = new EnvironmentSettings(name, variant);
        FrozenPolicy[] players = [.. Enumerable.Range(0, seats).Select(seat => Policy(settings, seat, carried))];
        using var player = new MatchPlayer(settings);
        var frames = player.Replay(7, 0, players, 60, ActionChoice.Greedy);
        Assert.All(frames.Skip(1), frame => Assert.All(Enumerable.Range(0, seats).Where(seat => frame.Actions[seat] >= 0), seat =>
            Assert.Equal(frame.Probabilities[seat].Max(), frame.Probabilities[seat][frame.Actions[seat]], 1e-6)));

        // The matrix is played in the same way, whatever was played before.
        var info = EnvironmentFactory.Create(settings, 1).Info;
        var team = new FrozenTeam(players[..info.TeamSeats]);
        var rules = new MatchRules(Seatings.For(info.TeamSeats, shared: false), 1, 60);
        var drawn = Play(rules);
        var greedy = Play(rules with { Actions = ActionChoice.Greedy });
        if (rules.Seating == Seating.Ordered) Assert.Equal(frames.Skip(1).Sum(frame => info.SharedReward ? frame.Rewards[0] : frame.Rewards[..info.TeamSeats].Sum()), greedy, 1e-4);
        Assert.Equal(drawn, Play(rules));
        Assert.NotEqual(player.Replay(7, 0, players, 60).Select(frame => frame.Drawing), frames.Select(frame => frame.Drawing));

        double Play(MatchRules how) => player.Play(7, 0, team, 0, [team], how, players[info.TeamSeats..])[0].MeanReturn;
    }

    [Fact]
    public void In_turns_only_the_mover_has_an_action_and_probabilities()
    {
        using var player = new MatchPlayer(Hanabi);
        var frames = player.Replay(3, 0, [.. Players(Hanabi, 3).Select(policy => policy!)], 1000);
        Assert.Empty(frames[0].Actions);
        Assert.False(frames[0].EpisodeEnded);
        Assert.True(frames[^1].EpisodeEnded);
        Assert.All(frames.SkipLast(1), frame => Assert.False(frame.EpisodeEnded));
        Assert.All(frames.Skip(1), frame =>
        {
            var mover = Assert.Single(Enumerable.Range(0, 3), seat => frame.Actions[seat] >= 0);
            Assert.Equal(1.0, frame.Probabilities[mover].Sum(), 1e-5);
            Assert.True(frame.Probabilities[mover][frame.Actions[mover]] > 0);
            Assert.All(Enumerable.Range(0, 3).Where(seat => seat != mover), seat => Assert.Empty(frame.Probabilities[seat]));
        });

        // The next mover follows in turn.
        int[] movers = [.. frames.Skip(1).Select(frame => Array.FindIndex(frame.Actions, action => action >= 0))];
        Assert.All(movers.Zip(movers.Skip(1)), pair => Assert.Equal((pair.First + 1) % 3, pair.Second));
    }

    [Fact]
    public void Illegal_actions_have_no_probability()
    {
        using var session = new EpisodeSession(Hanabi, Players(Hanabi, 3), 4, 0);
        while (!session.Frame.EpisodeEnded)
        {
            var mover = Enumerable.Range(0, 3).Single(session.IsToAct);
            var legal = session.Legal(mover).ToArray();
            var frame = session.Advance();
            Assert.All(Enumerable.Range(0, legal.Length), action => Assert.Equal(legal[action] == 1, frame.Probabilities[mover][action] > 0));
        }
    }

    [Fact]
    public void A_person_takes_a_seat()
    {
        using var session = new EpisodeSession(Hanabi, Players(Hanabi, 3, outside: 1), 4, 2);
        var mine = 0;
        while (!session.Frame.EpisodeEnded && session.Frame.Step < 20)
        {
            if (!session.IsToAct(1))
            {
                Assert.Equal(-1, session.Advance().Actions[1]);
                continue;
            }

            var action = session.Legal(1).IndexOf((byte)1);
            var illegal = session.Legal(1).IndexOf((byte)0);
            var before = session.Frame;
            Assert.Contains("seat 1 needs an action", Assert.Throws<ArgumentOutOfRangeException>(() => session.Advance()).Message);
            Assert.Contains("seat 1 needs an action", Assert.Throws<ArgumentOutOfRangeException>(() => session.Advance([0, 99, 0])).Message);
            Assert.Contains("seat 1 needs an action", Assert.Throws<ArgumentOutOfRangeException>(() => session.Advance([0, -1, 0])).Message);
            if (illegal >= 0) Assert.Contains("may not take", Assert.Throws<ArgumentOutOfRangeException>(() => session.Advance([0, illegal, 0])).Message);

            // Nothing was played by that: the right action goes on from the same state.
            Assert.Same(before, session.Frame);
            var frame = session.Advance([99, action, 99]);
            Assert.Equal(before.Step + 1, frame.Step);
            Assert.Equal([-1, action, -1], frame.Actions);
            Assert.Empty(frame.Probabilities[1]);
            mine++;
        }

        Assert.True(mine > 2);
    }

    [Fact]
    public void Who_plays_a_seat_does_not_change_the_draws_of_the_others()
    {
        // Six seats: the fifth and sixth draw from a block of their own.
        using var all = new EpisodeSession(Tag, Players(Tag, 6), 4, 1);
        using var some = new EpisodeSession(Tag, Players(Tag, 6, outside: [0, 4]), 4, 1);
        for (var step = 0; step < 40; step++)
        {
            var frame = all.Advance();
            var same = some.Advance([frame.Actions[0], 0, 0, 0, frame.Actions[4], 0]);
            Assert.Equal(frame.Actions, same.Actions);
            Assert.Equal(frame.Drawing, same.Drawing);
        }
    }

    [Theory]
    [InlineData("gridworld", "official", 2, 0)]
    [InlineData("gridworld", "official", 2, 4)]
    [InlineData("tag", "tag-4v2", 6, 0)]
    [InlineData("hanabi", "3x3-3p", 3, 4)]
    public void A_steered_policy_says_what_it_would_do_and_is_led_all_the_same(string name, string variant, int seats, int carried)
    {
        var settings = new EnvironmentSettings(name, variant);
        FrozenPolicy?[] players = [.. Enumerable.Range(0, seats).Select(seat => Policy(settings, seat, carried))];
        using var free = new EpisodeSession(settings, players, 6, 2);
        using var steered = new EpisodeSession(settings, players, 6, 2, steered: true);
        using var one = new EpisodeSession(settings, [.. players.Select((player, seat) => seat == 1 ? player : null)], 6, 2, steered: true);
        for (var step = 0; step < 30; step++)
        {
            // However often it is asked, also where it remembers what it has seen.
            var said = Enumerable.Range(0, seats).Select(steered.Probabilities).ToArray();
            Assert.Equal(said, Enumerable.Range(0, seats).Select(steered.Probabilities));
            Assert.Equal(said[1], one.Probabilities(1));
            Assert.Empty(one.Probabilities(0));
            var frame = free.Advance();
            Assert.Equal(said, frame.Probabilities);
            foreach (var led in new[] { steered, one })
            {
                var same = led.Advance(frame.Actions);
                Assert.Equal(frame.Actions, same.Actions);
                Assert.Equal((frame.Drawing, frame.EpisodeEnded), (same.Drawing, same.EpisodeEnded));
                Assert.Equal(frame.Rewards, same.Rewards);
            }
        }

        // Where a policy is led is not where it would have gone.
        using var other = new EpisodeSession(settings, players, 6, 2, steered: true);
        var mover = Enumerable.Range(0, seats).First(other.IsToAct);
        var least = Enumerable.Range(0, other.Environment.Info.Actions).Where(action => other.Legal(mover)[action] == 1).MinBy(action => other.Probabilities(mover)[action]);
        Assert.Contains($"seat {mover} needs an action", Assert.Throws<ArgumentOutOfRangeException>(() => other.Advance()).Message);
        Assert.Equal(least, other.Advance([.. Enumerable.Range(0, seats).Select(seat => seat == mover ? least : other.Legal(seat).IndexOf((byte)1))]).Actions[mover]);
    }

    [Fact]
    public void Scenes_come_with_environments_that_have_them()
    {
        using var tag = new EpisodeSession(Tag, Players(Tag, 6), 1, 0);
        Assert.Equal(6 + 3, tag.Frame.Scene.Count);
        var before = tag.Frame.Scene;
        for (var step = 0; step < 5; step++) tag.Advance();
        Assert.Equal(before.Select(circle => circle.Name), tag.Frame.Scene.Select(circle => circle.Name));
        Assert.NotEqual(before.Single(circle => circle.Name == "runner 0"), tag.Frame.Scene.Single(circle => circle.Name == "runner 0"));
        using var gridworld = new EpisodeSession(Gridworld, Players(Gridworld, 2), 1, 0);
        Assert.Empty(gridworld.Frame.Scene);
    }

    [Fact]
    public void Every_seat_needs_a_policy_or_a_person()
    {
        Assert.Contains("2 players are given for 3 seats", Assert.Throws<ArgumentException>(() => new EpisodeSession(Hanabi, Players(Hanabi, 2), 1, 0)).Message);
        Assert.Throws<ArgumentException>(() => new EpisodeSession(Gridworld, Players(Tag, 2), 1, 0));
    }
}
