using System.Security.Cryptography;
using Srpo.Conformance.Environments;
using Srpo.Core.Random;

namespace Srpo.Environments.Tests;

/// <summary>What is no state of lanes is refused in words; that states which are some go on with the same bits is Conformance's to check.</summary>
public class LaneStateTests
{
    private const int Lanes = 5;

    public static TheoryData<string, string> All => EnvironmentFactoryTests.Variants;

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_no_state_of_such_lanes_is_refused(string name, string variant)
    {
        var rig = Rig.Of(name, variant, Lanes);
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

        var fewer = Rig.Of(name, variant, Lanes - 1);
        fewer.Reset(1);
        Assert.Contains($"{Lanes - 1} lanes", Refused(fewer.Environment.SaveLanes()), StringComparison.Ordinal);
        foreach (var registration in EnvironmentFactory.Registrations)
        {
            foreach (var its in registration.Variants.Where(its => (registration.Name, its) != (name, variant)).Take(2))
            {
                var foreign = Rig.Of(registration.Name, its, Lanes);
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

    private static void Step(EnvironmentProbe rig, int step, int firstLane = 0)
    {
        rig.ChooseActions(1, (uint)step, firstLane);
        rig.Step();
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
