using Srpo.Core.Settings;
using Srpo.Dashboard.Following;
using Srpo.Environments;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Dashboard.Tests.Following;

/// <summary>States that a person leads an environment to are those of an episode, and the policy says there what it would do in one.</summary>
public sealed class PolicyOnStateTests
{
    private static readonly EnvironmentSettings Gridworld = new("gridworld", "official");
    private static readonly EnvironmentSettings Hanabi = new("hanabi", "3x3-2p");

    [Fact]
    public void Every_step_is_that_of_an_episode()
    {
        using var policy = new PolicyOnState(Gridworld, Snapshot(Gridworld));
        using var session = Session(Gridworld, seat: 1, seed: 5);
        var path = new List<int[]>();
        var score = 0.0;
        var start = policy.Show(5, 1, path);
        Assert.Equal((0, (double?)null, false), (start.Step, start.Score, start.Ended));
        for (var step = 0; step < 40; step++)
        {
            int[] actions = [step % 5, (step / 2) % 5];
            path.Add(actions);
            var frame = session.Advance(actions);
            score += TeamScore.Of(frame.Rewards, session.Environment.Info);
            var state = policy.Show(5, 1, path);
            Assert.Equal(session.Frame.Drawing.TrimEnd('\n'), state.Drawing);
            Assert.Equal(session.Probabilities(1), state.Probabilities);
            Assert.Equal((frame.Step, score, frame.EpisodeEnded), (state.Step, state.Score!.Value, state.Ended));
            Assert.Equal(1.0, state.Probabilities.Sum(), 1e-5);
            Assert.Equal([0, 1], state.ToAct);
        }
    }

    [Fact]
    public void Undone_steps_another_start_and_another_seat_are_played_anew()
    {
        using var policy = new PolicyOnState(Gridworld, Snapshot(Gridworld));
        int[][] path = [[1, 2], [3, 1], [0, 4]];
        var before = policy.Show(5, 0, path[..2]);
        var after = policy.Show(5, 0, path);
        Assert.NotEqual(before.Drawing, after.Drawing);
        Same(before, policy.Show(5, 0, path[..2]));

        // Another step from there, and as many steps on another way.
        var other = policy.Show(5, 0, [.. path[..2], [4, 0]]);
        Assert.NotEqual(after.Drawing, other.Drawing);
        Same(after, policy.Show(5, 0, path));

        // In another seat it sees another state; the state itself is the same.
        var seated = policy.Show(5, 1, path);
        Assert.Equal(after.Drawing, seated.Drawing);
        Assert.NotEqual(after.Probabilities, seated.Probabilities);
        using var session = Session(Gridworld, seat: 1, seed: 5);
        foreach (var actions in path) session.Advance(actions);
        Assert.Equal(session.Probabilities(1), seated.Probabilities);
        Same(after, policy.Show(5, 0, path));
    }

    [Fact]
    public void In_turns_only_the_mover_acts_and_only_what_is_legal_is_offered()
    {
        using var policy = new PolicyOnState(Hanabi, Snapshot(Hanabi));
        var path = new List<int[]>();
        var moved = new List<int>();
        for (var state = policy.Show(3, 0, path); path.Count < 12 && !state.Ended; state = policy.Show(3, 0, path))
        {
            var mover = Assert.Single(state.ToAct);
            moved.Add(mover);
            Assert.Empty(state.Legal[1 - mover]);
            Assert.NotEmpty(state.Legal[mover]);
            Assert.Equal(mover == 0, state.Probabilities.Length > 0);
            if (mover == 0) Assert.All(Enumerable.Range(0, state.Probabilities.Length), action => Assert.Equal(state.Legal[0].Contains(action), state.Probabilities[action] > 0));
            path.Add([.. Enumerable.Range(0, 2).Select(seat => seat == mover ? state.Legal[mover][0] : 0)]);
        }

        Assert.Contains(0, moved);
        Assert.Contains(1, moved);
    }

    [Fact]
    public void What_is_not_possible_is_refused_and_nothing_is_played()
    {
        using var policy = new PolicyOnState(Hanabi, Snapshot(Hanabi));
        var state = policy.Show(3, 0, []);
        var illegal = Enumerable.Range(0, EnvironmentFactory.Info(Hanabi).Actions).First(action => !state.Legal[state.ToAct[0]].Contains(action));
        Assert.ThrowsAny<ArgumentException>(() => policy.Show(3, 0, [[illegal, illegal]]));
        Same(state, policy.Show(3, 0, []));
        using var wrong = new PolicyOnState(Gridworld, Snapshot(Hanabi));
        Assert.ThrowsAny<ArgumentException>(() => wrong.Show(3, 0, []));
    }

    [Fact]
    public void An_end_is_told_with_the_step_that_led_to_it()
    {
        using var policy = new PolicyOnState(Hanabi, Snapshot(Hanabi));
        var path = new List<int[]>();
        var state = policy.Show(3, 0, path);
        while (!state.Ended)
        {
            Assert.True(path.Count < 200, "no game of Hanabi is as long");
            var mover = state.ToAct[0];
            path.Add([.. Enumerable.Range(0, 2).Select(seat => seat == mover ? state.Legal[mover][0] : 0)]);
            state = policy.Show(3, 0, path);
        }

        Assert.False(policy.Show(3, 0, path[..^1]).Ended);
        Same(state, policy.Show(3, 0, path));
    }

    private static void Same(PolicyOnState.State expected, PolicyOnState.State actual)
    {
        Assert.Equal((expected.Step, expected.Drawing, expected.Score, expected.Ended), (actual.Step, actual.Drawing, actual.Score, actual.Ended));
        Assert.Equal(expected.Probabilities, actual.Probabilities);
        Assert.Equal(expected.Legal, actual.Legal);
    }

    private static EpisodeSession Session(EnvironmentSettings settings, int seat, ulong seed) =>
        new(settings, [.. Enumerable.Range(0, EnvironmentFactory.Info(settings).Seats).Select(place => place == seat ? FrozenPolicies.Of(Snapshot(settings)) : null)], seed, 0, steered: true);

    /// <summary>A policy with weights that make it prefer some actions.</summary>
    private static PolicySnapshot Snapshot(EnvironmentSettings settings)
    {
        var info = EnvironmentFactory.Info(settings);
        var network = new NetworkDescription(info.ObservationLength(ObservationEncoding.OwnFirst), [6], info.Actions, nameof(Activation.Tanh), nameof(ObservationEncoding.OwnFirst));
        var random = new Random(4);
        float[] parameters = [.. Enumerable.Range(0, (network.Inputs + 1) * 6 + 7 * network.Actions).Select(_ => (float)(random.NextDouble() - 0.5))];
        return new PolicySnapshot("p/0/0", 3, network, new FloatBlock(parameters));
    }
}
