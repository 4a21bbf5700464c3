using Srpo.Core.Random;

namespace Srpo.Environments.Tests;

/// <summary>What must hold for every registered environment and every built-in variant of it.</summary>
public class EnvironmentBatteryTests
{
    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var registration in EnvironmentFactory.Registrations)
            {
                foreach (var variant in registration.Variants) data.Add(registration.Name, variant);
            }

            return data;
        }
    }

    private static IEnumerable<ObservationEncoding> Encodings(EnvironmentInfo info) =>
        Enum.GetValues<ObservationEncoding>().Where(encoding => info.ObservationLengths[(int)encoding] > 0);

    /// <summary>A new environment that nobody registers would be covered by no test of this class.</summary>
    [Fact]
    public void EveryImplementationIsRegistered()
    {
        var implementations = typeof(IVectorEnvironment).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IVectorEnvironment)))
            .ToList();

        Assert.NotEmpty(implementations);
        Assert.Equal(
            implementations.OrderBy(type => type.FullName, StringComparer.Ordinal),
            EnvironmentFactory.Registrations.Select(registration => registration.Implementation).Distinct().OrderBy(type => type.FullName, StringComparer.Ordinal));
        Assert.All(EnvironmentFactory.Registrations, registration => Assert.NotEmpty(registration.Variants));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void InfoFitsTheRegistration(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 2);

        Assert.Equal(name, rig.Info.Name);
        Assert.Equal(variant, rig.Info.Variant);
        Assert.Equal(EnvironmentFactory.Find(name).Implementation, rig.Environment.GetType());
        Assert.InRange(rig.Info.Seats, 2, 255);
        Assert.InRange(rig.Info.Actions, 2, 255);
        Assert.Equal(rig.Info.Actions, rig.Info.ActionNames.Count);
        Assert.Equal(Enum.GetValues<ObservationEncoding>().Length, rig.Info.ObservationLengths.Count);
        Assert.NotEmpty(Encodings(rig.Info));
        Assert.True(rig.Info.EpisodeLength >= 1);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void RandomPlayStaysInBounds(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 5);
        rig.Reset(1);
        var ends = 0;
        for (var step = 0u; step < 300; step++)
        {
            // Poison: whatever the environment does not write is found below.
            Array.Fill(rig.Rewards, float.NaN);
            Array.Fill(rig.Costs, float.NaN);
            Array.Fill(rig.Terminated, true);
            Array.Fill(rig.Truncated, true);
            rig.ChooseActions(1, step);
            rig.Step();

            var ended = (step + 1) % (uint)rig.Info.EpisodeLength == 0;
            Assert.All(rig.Rewards, reward => Assert.True(float.IsFinite(reward)));
            Assert.All(rig.Costs, cost => Assert.True(float.IsFinite(cost) && cost >= 0));
            Assert.All(rig.Terminated, end => Assert.Equal(ended, end));
            Assert.All(rig.Truncated, Assert.False);
            if (ended) ends++;
            foreach (var encoding in Encodings(rig.Info))
            {
                for (var seat = 0; seat < rig.Info.Seats; seat++) Assert.All(rig.Observe(seat, encoding), value => Assert.True(float.IsFinite(value)));
            }

            Assert.NotEmpty(rig.Environment.Render(0));
        }

        Assert.Equal(300 / rig.Info.EpisodeLength, ends);
        Assert.True(ends > 0, "the test must see the end of an episode");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ObservationsAreWrittenWhole(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 3);
        rig.Reset(2);
        foreach (var encoding in Encodings(rig.Info))
        {
            var observations = new float[3 * rig.Info.ObservationLength(encoding)];
            Array.Fill(observations, float.NaN);
            rig.Environment.Observe(1, encoding, observations);
            Assert.DoesNotContain(float.NaN, observations);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EqualSeedsGiveEqualEpisodes(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 3);
        var first = rig.Play(7, 120);

        Assert.Equal(first, new EnvironmentRig(name, variant, 3).Play(7, 120));
        Assert.Equal(first, rig.Play(7, 120));
        Assert.NotEqual(first, rig.Play(8, 120));
    }

    /// <summary>A rollout may be split over instances: a lane's course depends on its number in the streams alone.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void LanesDoNotDependOnTheirNeighbours(string name, string variant)
    {
        var whole = new EnvironmentRig(name, variant, 11).Play(9, 120);

        var part = new EnvironmentRig(name, variant, 5).Play(9, 120, firstLane: 4);
        for (var lane = 0; lane < 5; lane++) Assert.Equal(whole[4 + lane], part[lane]);
        Assert.Equal(whole[10], new EnvironmentRig(name, variant, 1).Play(9, 120, firstLane: 10)[0]);
        Assert.NotEqual(whole[0], whole[1]);
    }

    /// <summary>Equal numbers mean equal observations, and a number decodes into the observation that it stands for.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void StateNumbersStandForObservations(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 4);
        rig.Reset(3);
        var states = new int[4];
        if (rig.Info.ObservationStates == 0)
        {
            Assert.Throws<NotSupportedException>(() => rig.Environment.ObserveStates(0, ObservationEncoding.Absolute, states));
            return;
        }

        for (var step = 0u; step < 150; step++)
        {
            foreach (var encoding in Encodings(rig.Info))
            {
                var length = rig.Info.ObservationLength(encoding);
                for (var seat = 0; seat < rig.Info.Seats; seat++)
                {
                    var observations = rig.Observe(seat, encoding);
                    rig.Environment.ObserveStates(seat, encoding, states);
                    for (var lane = 0; lane < 4; lane++)
                    {
                        Assert.InRange(states[lane], 0, rig.Info.ObservationStates - 1);
                        var decoded = new float[length];
                        Array.Fill(decoded, float.NaN);
                        rig.Environment.DecodeState(states[lane], encoding, decoded);
                        Assert.Equal(observations[(lane * length)..((lane + 1) * length)], decoded);
                    }
                }
            }

            rig.ChooseActions(3, step);
            rig.Step();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void DifferentStateNumbersDecodeDifferently(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 1);
        var seen = new HashSet<string>();
        var decoded = new float[rig.Info.ObservationLength(ObservationEncoding.Absolute)];

        // A sample spread over the range where it is large.
        var stride = Math.Max(1, rig.Info.ObservationStates / 5000);
        for (var state = 0; state < rig.Info.ObservationStates; state += stride)
        {
            rig.Environment.DecodeState(state, ObservationEncoding.Absolute, decoded);
            Assert.True(seen.Add(string.Join(' ', decoded)), $"state {state}");
        }

        if (rig.Info.ObservationStates > 0)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => rig.Environment.DecodeState(-1, ObservationEncoding.Absolute, decoded));
            Assert.Throws<ArgumentOutOfRangeException>(
                () => rig.Environment.DecodeState(rig.Info.ObservationStates, ObservationEncoding.Absolute, decoded));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void StepsAllocateNothing(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 9);
        rig.Reset(4);
        rig.ChooseActions(4, 0);
        var encodings = Encodings(rig.Info).ToArray();
        var observations = encodings.Select(encoding => new float[9 * rig.Info.ObservationLength(encoding)]).ToArray();
        var states = new int[9];
        for (var warm = 0; warm < 3; warm++) Play(300);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(300);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Play(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                for (var i = 0; i < encodings.Length; i++)
                {
                    rig.Environment.Observe(1, encodings[i], observations[i]);
                    if (rig.Info.ObservationStates > 0) rig.Environment.ObserveStates(1, encodings[i], states);
                }

                rig.Step();
            }

            rig.Reset(4, round: (uint)steps);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void MisuseIsRefused(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 2);
        Assert.Throws<InvalidOperationException>(rig.Step);
        Assert.Throws<InvalidOperationException>(() => rig.Observe(0, ObservationEncoding.Absolute));
        Assert.Throws<InvalidOperationException>(() => rig.Environment.Render(0));

        rig.Reset(5);
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Observe(-1, ObservationEncoding.Absolute));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Observe(rig.Info.Seats, ObservationEncoding.Absolute));
        Assert.Throws<ArgumentException>(() => rig.Environment.Observe(0, ObservationEncoding.Absolute, new float[1]));
        Assert.Throws<ArgumentException>(() => rig.Environment.Step(new byte[1], rig.Outcome));
        Assert.Throws<ArgumentException>(() => rig.Environment.Step(
            rig.Actions, new StepOutcome { Rewards = rig.Rewards, Costs = new float[1], Terminated = rig.Terminated, Truncated = rig.Truncated }));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Reset(5, firstLane: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Reset(5, firstLane: StreamId.MaxLanes - 1));
        rig.Reset(5, firstLane: StreamId.MaxLanes - 2);
        var same = new StreamId(1, 0, 0, StreamPurpose.Reset);
        Assert.Throws<ArgumentException>(() => rig.Environment.Reset(same, same));

        rig.Reset(5);
        for (var index = 0; index < rig.Actions.Length; index++)
        {
            Array.Clear(rig.Actions);
            rig.Actions[index] = (byte)rig.Info.Actions;
            Assert.Throws<ArgumentOutOfRangeException>(rig.Step);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void LaneCountsOutsideTheirRangeAreRefused(string name, string variant)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnvironmentRig(name, variant, 0).Environment);
    }
}
