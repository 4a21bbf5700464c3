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
        var lengths = new int[5];
        for (var step = 0u; step < 300; step++)
        {
            // Poison: whatever the environment does not write is found below.
            Array.Fill(rig.Rewards, float.NaN);
            Array.Fill(rig.Costs, float.NaN);
            Array.Fill(rig.Terminated, true);
            Array.Fill(rig.Truncated, true);
            rig.ChooseActions(1, step);
            rig.Step();

            Assert.All(rig.Rewards, reward => Assert.True(float.IsFinite(reward)));
            Assert.All(rig.Costs, cost => Assert.True(float.IsFinite(cost) && cost >= 0));
            Assert.All(rig.Truncated, Assert.False);
            for (var lane = 0; lane < 5; lane++)
            {
                var atLength = ++lengths[lane] == rig.Info.EpisodeLength;
                if (!rig.Info.EndsEarly) Assert.Equal(atLength, rig.Terminated[lane]);
                else if (atLength) Assert.True(rig.Terminated[lane], "longer than an episode can be");
                if (!rig.Terminated[lane]) continue;
                lengths[lane] = 0;
                ends++;
            }

            if (rig.Info.SharedReward) Assert.All(Enumerable.Range(0, rig.Info.TeamSeats * 5), i => Assert.Equal(rig.Rewards[i % 5], rig.Rewards[i]));
            foreach (var encoding in Encodings(rig.Info))
            {
                for (var seat = 0; seat < rig.Info.Seats; seat++) Assert.All(rig.Observe(seat, encoding), value => Assert.True(float.IsFinite(value)));
            }

            Assert.NotEmpty(rig.Environment.Render(0));
        }

        if (!rig.Info.EndsEarly) Assert.Equal(5 * (300 / rig.Info.EpisodeLength), ends);
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
    public void EveryNumberOfAnObservationHasAMeaningAndStaysInItsRange(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 3);
        rig.Reset(4);
        foreach (var encoding in Encodings(rig.Info))
        {
            var length = rig.Info.ObservationLength(encoding);
            for (var seat = 0; seat < rig.Info.Seats; seat++)
            {
                var slots = rig.Environment.Slots(seat, encoding);
                Assert.Equal(Enumerable.Range(0, length), slots.Select(slot => slot.Index));
                Assert.All(slots, slot => Assert.NotEmpty(slot.Meaning));
                var observations = new float[3 * length];
                rig.Environment.Observe(seat, encoding, observations);
                for (var i = 0; i < observations.Length; i++)
                    Assert.InRange(observations[i], slots[i % length].Minimum, slots[i % length].Maximum);
            }
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

        // Code that is not compiled for good yet allocates where it later does not, for longer where the machine is busy: the leanest of some rounds counts.
        var least = long.MaxValue;
        for (var round = 0; round < 20 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Play(300);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);

        void Play(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                for (var i = 0; i < encodings.Length; i++)
                {
                    rig.Environment.Observe(1, encodings[i], observations[i]);
                    if (rig.Info.ObservationStates > 0) rig.Environment.ObserveStates(1, encodings[i], states);
                }

                rig.ChooseActions(4, (uint)step);
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
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Observe(rig.Info.TurnBased ? -2 : -1, ObservationEncoding.Absolute));
        if (rig.Info.MasksActions) Assert.Throws<ArgumentOutOfRangeException>(() => rig.Environment.ReadLegalActions(-2, rig.Legal));
        if (rig.Info.MasksActions) Assert.Throws<ArgumentException>(() => rig.Environment.ReadLegalActions(0, new byte[1]));
        if (rig.Info.TurnBased) Assert.Throws<ArgumentException>(() => rig.Environment.ReadMovers(new byte[1]));
        else Assert.Throws<NotSupportedException>(() => rig.Environment.ReadMovers(rig.Movers));
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

        for (var index = 0; index < rig.Actions.Length; index++)
        {
            rig.Reset(5);
            rig.ChooseActions(5, 0);
            if (rig.Info.TurnBased && rig.Movers[index % 2] != index / 2) continue;
            rig.Actions[index] = (byte)rig.Info.Actions;
            Assert.Throws<ArgumentOutOfRangeException>(rig.Step);
        }
    }

    /// <summary>What is said to be legal is accepted, everything else is refused, at many points of an episode.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void LegalActionsAreThoseThatStepsAccept(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 1);
        if (!rig.Info.MasksActions) return;
        var seen = new HashSet<(int Action, bool Legal)>();
        for (var steps = 0u; steps < 40; steps++)
        {
            Replay();
            var legal = rig.Legal.ToArray();
            for (var action = 0; action < rig.Info.Actions; action++)
            {
                Assert.InRange(legal[action], 0, 1);
                seen.Add((action, legal[action] == 1));
                Replay();
                Array.Fill(rig.Actions, (byte)action);
                if (legal[action] == 1) rig.Step();
                else Assert.Contains("lane 0, seat ", Assert.Throws<ArgumentOutOfRangeException>(rig.Step).Message, StringComparison.Ordinal);
            }

            void Replay()
            {
                rig.Reset(6);
                for (var step = 0u; step < steps; step++)
                {
                    rig.ChooseActions(6, step);
                    rig.Step();
                }

                Array.Fill(rig.Legal, byte.MaxValue);
                rig.Environment.ReadLegalActions(rig.Info.TurnBased ? IVectorEnvironment.ToMove : 0, rig.Legal);
            }
        }

        Assert.True(seen.Count > rig.Info.Actions, "the test must see an action that is legal at one time and not at another");
    }

    /// <summary>The seat in ToMove's place is the mover's, for observations and legal actions alike.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void ToMoveStandsForTheMover(string name, string variant)
    {
        var rig = new EnvironmentRig(name, variant, 6);
        if (!rig.Info.TurnBased) return;
        rig.Reset(7);
        var seen = new HashSet<byte>();
        for (var step = 0u; step < 60; step++)
        {
            rig.Environment.ReadMovers(rig.Movers);
            seen.UnionWith(rig.Movers);
            var movers = rig.Movers.ToArray();
            foreach (var encoding in Encodings(rig.Info))
                Assert.Equal(Gather(seat => rig.Observe(seat, encoding), movers), rig.Observe(IVectorEnvironment.ToMove, encoding));
            Assert.Equal(Gather(ReadLegal, movers), ReadLegal(IVectorEnvironment.ToMove));
            rig.ChooseActions(7, step);
            rig.Step();
        }

        Assert.Equal(rig.Info.Seats, seen.Count);

        byte[] ReadLegal(int seat)
        {
            rig.Environment.ReadLegalActions(seat, rig.Legal);
            return [.. rig.Legal];
        }

        T[] Gather<T>(Func<int, T[]> read, byte[] movers) => [.. movers.SelectMany((mover, lane) =>
        {
            var all = read(mover);
            return all[(lane * all.Length / 6)..((lane + 1) * all.Length / 6)];
        })];
    }

    [Theory]
    [MemberData(nameof(All))]
    public void LaneCountsOutsideTheirRangeAreRefused(string name, string variant)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnvironmentRig(name, variant, 0).Environment);
    }
}
