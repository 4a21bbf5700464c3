using System.Security.Cryptography;
using Srpo.Core.Random;

namespace Srpo.Environments.Tests;

/// <summary>Lanes that are saved, restored elsewhere and gone on with, for every registered environment and every built-in variant of it.</summary>
public class LaneStateTests
{
    private const int Lanes = 5;
    private const int Steps = 300;
    private const int FirstLane = 3;

    public static TheoryData<string, string> All => EnvironmentBatteryTests.All;

    /// <summary>In the midst of episodes, at their start, and right behind an end, with ends of episodes to come.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void A_restored_environment_plays_on_with_the_same_bits(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, Lanes);
        Assert.True(rig.Info.SavesLanes);
        rig.Reset(1, FirstLane);
        var traces = new List<string[]>();
        var saved = new SortedDictionary<int, byte[]> { [0] = rig.Environment.SaveLanes() };
        var ends = new List<int>();
        for (var step = 1; step <= Steps; step++)
        {
            Step(rig, step, FirstLane);
            traces.Add(Traces(rig));
            if (Array.Exists(rig.Terminated, ended => ended)) ends.Add(step);
            if (step is 1 or 37 || ends is [var first] && first == step) saved[step] = rig.Environment.SaveLanes();
        }

        Assert.True(saved.Count >= 3);
        Assert.True(ends.Count > 0, "the test must see the end of an episode");
        var last = rig.Environment.SaveLanes();
        foreach (var (at, state) in saved)
        {
            var other = new EnvironmentRig(name, variant, Lanes);

            // One that has played other episodes before, and one that was never reset.
            if (at != 37) other.Play(9, 50);
            other.Environment.RestoreLanes(state);
            Assert.Equal(state, other.Environment.SaveLanes());
            for (var step = at + 1; step <= Steps; step++)
            {
                Step(other, step, FirstLane);
                Assert.Equal(traces[step - 1], Traces(other));
            }

            Assert.Equal(last, other.Environment.SaveLanes());
        }
    }

    /// <summary>What is left in buffers of games before is not part of a state: equal states are equal bytes, and so are checkpoints.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Equal_states_give_equal_bytes_whatever_was_played_before(string name, string variant)
    {
        var (fresh, used) = (new EnvironmentRig(name, variant, Lanes), new EnvironmentRig(name, variant, Lanes));
        used.Play(4, 150);
        foreach (var rig in new[] { fresh, used })
        {
            rig.Reset(2);
            for (var step = 1; step <= 20; step++) Step(rig, step);
        }

        Assert.Equal(fresh.Environment.SaveLanes(), used.Environment.SaveLanes());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Episodes_go_on_with_other_streams_wherever_they_are_bound(string name, string variant)
    {
        var (rig, other) = (new EnvironmentRig(name, variant, Lanes), new EnvironmentRig(name, variant, Lanes));
        rig.Reset(1, FirstLane);

        // Into later episodes, whose number must not be taken for one of the new streams.
        var (played, ended) = (0, new string?[Lanes]);
        for (var more = 13; more > 0; more -= Array.TrueForAll(ended, start => start is not null) ? 1 : 0)
        {
            Step(rig, ++played);
            Keep(rig, ended);
        }

        other.Environment.RestoreLanes(rig.Environment.SaveLanes());
        var before = Traces(rig);
        foreach (var each in new[] { rig, other }) each.Environment.Rebind(Stream(StreamPurpose.Reset), Stream(StreamPurpose.Dynamics), 7);
        Assert.Equal(before, Traces(rig));

        // As if an episode of the new streams was in progress: the next one begins as their second.
        var whole = new EnvironmentRig(name, variant, Lanes);
        whole.Environment.Reset(Stream(StreamPurpose.Reset), Stream(StreamPurpose.Dynamics), 7);
        var (second, next) = (new string?[Lanes], new string?[Lanes]);
        for (var step = played + 1; step <= played + Steps; step++)
        {
            foreach (var each in new[] { rig, other }) Step(each, step);
            Assert.Equal(Traces(rig), Traces(other));
            Keep(rig, next);
            Step(whole, step);
            Keep(whole, second);
        }

        Assert.Equal(second, next);
        Assert.All(next, Assert.NotNull);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_no_state_of_such_lanes_is_refused(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, Lanes);
        Assert.Throws<InvalidOperationException>(() => rig.Environment.SaveLanes());
        Assert.Throws<InvalidOperationException>(() => rig.Environment.Rebind(Stream(StreamPurpose.Reset), Stream(StreamPurpose.Dynamics)));
        rig.Reset(1);
        Step(rig, 1);
        var state = rig.Environment.SaveLanes();
        for (var at = 0; at < state.Length; at += 7)
        {
            var damaged = (byte[])state.Clone();
            damaged[at] ^= 16;
            Assert.Contains(at < 8 ? "do not begin" : "damaged", Refused(damaged), StringComparison.Ordinal);
        }

        Assert.Contains("damaged or cut short", Refused(state[..^1]), StringComparison.Ordinal);
        Assert.Contains("damaged", Refused([.. state, 0]), StringComparison.Ordinal);
        Assert.Contains("do not begin", Refused([]), StringComparison.Ordinal);

        // Whole, and of another length than this environment's: what a build with another layout of the same version would write.
        Assert.Contains("too many", Refused(Sealed([.. state, 0])), StringComparison.Ordinal);
        Assert.Contains("too early", Refused(Sealed(state[..^1])), StringComparison.Ordinal);

        var fewer = new EnvironmentRig(name, variant, Lanes - 1);
        fewer.Reset(1);
        Assert.Contains($"{Lanes - 1} lanes", Refused(fewer.Environment.SaveLanes()), StringComparison.Ordinal);
        foreach (var registration in EnvironmentFactory.Registrations)
        {
            foreach (var its in registration.Variants.Where(its => (registration.Name, its) != (name, variant)).Take(2))
            {
                var foreign = new EnvironmentRig(registration.Name, its, Lanes);
                foreign.Reset(1);
                Assert.Contains($"of {registration.Name} {its} with", Refused(foreign.Environment.SaveLanes()), StringComparison.Ordinal);
            }
        }

        var same = Stream(StreamPurpose.Reset);
        Assert.Throws<ArgumentException>(() => rig.Environment.Rebind(same, same));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Environment.Rebind(same, Stream(StreamPurpose.Dynamics), -1));

        string Refused(byte[] bytes) => Assert.Throws<FormatException>(() => rig.Environment.RestoreLanes(bytes)).Message;
    }

    [Fact]
    public void An_environment_that_says_nothing_of_it_saves_no_lanes()
    {
        IVectorEnvironment plain = new Plain();

        Assert.False(plain.Info.SavesLanes);
        Assert.Contains("'plain' cannot be saved", Assert.Throws<NotSupportedException>(() => plain.SaveLanes()).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => plain.RestoreLanes([]));
        Assert.Throws<NotSupportedException>(() => plain.Rebind(default, default));
    }

    private static StreamId Stream(StreamPurpose purpose) => new(5, 1, 8, purpose);

    private static void Step(EnvironmentRig rig, int step, int firstLane = 0)
    {
        rig.ChooseActions(1, (uint)step, firstLane);
        rig.Step();
    }

    private static string[] Traces(EnvironmentRig rig) => [.. Enumerable.Range(0, Lanes).Select(rig.Trace)];

    /// <summary>Notes what is observed at the start of every lane's next episode.</summary>
    private static void Keep(EnvironmentRig rig, string?[] starts)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            if (!rig.Terminated[lane]) continue;
            var length = rig.Info.ObservationLength(ObservationEncoding.Absolute);
            starts[lane] ??= string.Join('|', Enumerable.Range(0, rig.Info.Seats).Select(seat => string.Join(' ', rig.Observe(seat, ObservationEncoding.Absolute)[(lane * length)..((lane + 1) * length)])));
        }
    }

    /// <summary>With a checksum that fits.</summary>
    private static byte[] Sealed(byte[] state)
    {
        SHA256.HashData(state.AsSpan(40), state.AsSpan(8, 32));
        return state;
    }

    /// <summary>What somebody may have written before there was anything to save.</summary>
    private sealed class Plain : IVectorEnvironment
    {
        public EnvironmentInfo Info { get; } = new("plain", "only", 2, 2, 1, 0, [1, 0, 0, 0], ["a", "b"]);

        public int Lanes => 1;

        public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0) { }

        public void Observe(int seat, ObservationEncoding encoding, Span<float> observations) => observations.Clear();

        public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome) => outcome.Terminated.Fill(true);

        public string Render(int lane) => "";
    }
}
