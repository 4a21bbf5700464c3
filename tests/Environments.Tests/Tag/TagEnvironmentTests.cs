using Srpo.Core.Random;
using Srpo.Environments.Tag;

namespace Srpo.Environments.Tests.Tag;

public sealed class TagEnvironmentTests : TagRecordings
{
    private static readonly StreamId Starts = new(5, 0, 0, StreamPurpose.Reset);

    [Fact]
    public void InfoTellsTeamAndOpponents()
    {
        var info = new TagEnvironment(TagScenarios.Load("tag-4v2"), 1).Info;

        Assert.Equal(("tag", "tag-4v2", 6, 4, 5, 100), (info.Name, info.Variant, info.Seats, info.TeamSeats, info.Actions, info.EpisodeLength));
        Assert.Equal((true, false, false, false), (info.SharedReward, info.TurnBased, info.MasksActions, info.EndsEarly));
        Assert.Equal([24, 24, 0, 0], info.ObservationLengths);
        Assert.Equal([14, 14, 0, 0], new TagEnvironment(TagScenarios.Load("simple-tag"), 1).Info.ObservationLengths);
    }

    /// <summary>All recorded episodes side by side through the public interface: what the networks see and are paid.</summary>
    [Fact]
    public void LanesPlayTheRecordedEpisodes()
    {
        var episodes = TagRecording.Read(Public).ToList();
        var environment = Start(TagScenarios.Load("simple-tag"), episodes.Count);
        for (var lane = 0; lane < episodes.Count; lane++)
        {
            var bodies = episodes[lane].Agents.Concat(episodes[lane].Obstacles).ToList();
            for (var i = 0; i < bodies.Count; i++) environment.State.Place(lane, i, bodies[i].Position[0], bodies[i].Position[1]);
        }

        var buffers = new Buffers(environment);
        var observations = new float[environment.Lanes * 14];
        for (var step = 0; step < 100; step++)
        {
            for (var lane = 0; lane < episodes.Count; lane++)
            {
                for (var seat = 0; seat < 3; seat++) buffers.Actions[(seat * environment.Lanes) + lane] = (byte)episodes[lane].Steps[step].Actions[seat];
            }

            buffers.Step();
            Assert.All(buffers.Terminated, ended => Assert.Equal(step == 99, ended));
            for (var seat = 0; seat < 3; seat++)
            {
                environment.Observe(seat, step % 2 == 0 ? ObservationEncoding.Absolute : ObservationEncoding.OwnFirst, observations);
                for (var lane = 0; lane < episodes.Count; lane++)
                {
                    var recorded = episodes[lane].Steps[step];
                    Assert.Equal(recorded.Rewards[seat] * 0.1, buffers.Rewards[(seat * environment.Lanes) + lane], 5e-6);

                    // After the last step the next episode is observed.
                    if (step == 99) continue;
                    var padding = seat == 2 ? new float[2] : [];
                    Assert.Equal([.. recorded.Observations[seat].Select(value => (float)value), .. padding], observations[(lane * 14)..((lane + 1) * 14)]);
                }
            }
        }
    }

    /// <summary>Coordinates are made of the documented words of the reset stream.</summary>
    [Fact]
    public void StartsAreDrawnAsDocumented()
    {
        var environment = Start(new TagDefinition { Chasers = 3, Runners = 2, Obstacles = 2, Length = 2 }, 3, firstLane: 40);
        var buffers = new Buffers(environment);
        for (var episode = 0u; episode < 3; episode++)
        {
            for (var entity = 0; entity < 7; entity++)
            {
                var block = Starts.Block(41, (episode * 7) + (uint)entity);
                var half = entity < 5 ? 1 : 0.9;
                var (x, y) = environment.State.PositionOf(1, entity);
                Assert.Equal(half * ((2 * Unit(block.Word0, block.Word1)) - 1), x, 1e-15);
                Assert.Equal(half * ((2 * Unit(block.Word2, block.Word3)) - 1), y, 1e-15);
                if (entity < 5) Assert.Equal((0, 0), environment.State.VelocityOf(1, entity));
            }

            buffers.Step();
            buffers.Step();
        }

        static double Unit(uint high, uint low) => (((ulong)high << 21) | (low >> 11)) / 9007199254740992.0;
    }

    [Fact]
    public void StartsAreUniform()
    {
        const int lanes = 20_000;
        var environment = Start(TagScenarios.Load("simple-tag"), lanes);
        for (var entity = 0; entity < 5; entity++)
        {
            var half = entity < 3 ? 1 : 0.9;
            var values = Enumerable.Range(0, lanes).Select(lane => environment.State.PositionOf(lane, entity)).ToList();
            foreach (var axis in new[] { values.Select(p => p.X).ToList(), values.Select(p => p.Y).ToList() })
            {
                Assert.All(axis, value => Assert.InRange(value, -half, half));

                // Kolmogorov-Smirnov: 2.5 / sqrt(n) is passed by chance once in 100,000.
                axis.Sort();
                var largest = axis.Select((value, i) => Math.Abs(((value + half) / (2 * half)) - ((i + 0.5) / lanes))).Max();
                Assert.True(largest < 2.5 / Math.Sqrt(lanes), $"entity {entity}: {largest}");
            }
        }
    }

    /// <summary>Where the reference divides by zero there is no force, and the two come apart when one of them moves.</summary>
    [Fact]
    public void ZeroDistanceGivesNoForce()
    {
        var environment = Start(new TagDefinition { Obstacles = 1 }, 2);
        for (var entity = 0; entity < 4; entity++) environment.State.Place(0, entity, entity == 2 ? 0.9 : 0.25, entity == 2 ? -0.9 : 0.5);
        var buffers = new Buffers(environment);
        buffers.Actions[0] = 2;
        buffers.Step();

        Assert.Equal(0.1 * 3, environment.State.VelocityOf(0, 0).X, 1e-12);
        Assert.Equal(0, environment.State.VelocityOf(0, 0).Y, 1e-12);
        Assert.Equal((0, 0), environment.State.VelocityOf(0, 1));
        for (var step = 0; step < 20; step++) buffers.Step();
        var (x, y) = environment.State.PositionOf(0, 0);
        Assert.True(double.IsFinite(x) && double.IsFinite(y) && environment.State.PositionOf(0, 0) != environment.State.PositionOf(0, 1));
    }

    [Fact]
    public void CatchesAreSharedAndScaled()
    {
        var environment = Start(new TagDefinition { Chasers = 3, Runners = 2, Obstacles = 0, ChaserRewardScale = 0.5, RunnerRewardScale = 0.1 }, 1);

        // Chasers 0 and 1 touch runner 0 (seat 3), chaser 1 also runner 1 (seat 4), who is in the ramp: 3 pairs.
        Place(0, 0.80, 0);
        Place(1, 0.95, 0);
        Place(2, -0.5, 0);
        Place(3, 0.89, 0);
        Place(4, 0.98, 0.1);
        var buffers = new Buffers(environment);
        buffers.Step();

        Assert.Equal([15, 15, 15, -2, -1.08f], buffers.Rewards.Select(reward => MathF.Round(reward, 4)));
        Assert.All(buffers.Costs, cost => Assert.Equal(0, cost));

        void Place(int entity, double x, double y) => environment.State.Place(0, entity, x, y);
    }

    [Fact]
    public void SlotsBoundWhatIsObserved()
    {
        var environment = Start(new TagDefinition { Chasers = 2, Runners = 2, Obstacles = 1, Length = 60 }, 8);
        var buffers = new Buffers(environment);
        var length = environment.Info.ObservationLength(ObservationEncoding.Absolute);
        var observations = new float[8 * length];
        for (var step = 0; step < 60; step++)
        {
            // Everybody runs away in a direction of its own.
            for (var i = 0; i < buffers.Actions.Length; i++) buffers.Actions[i] = (byte)(1 + ((i + (i / 8)) % 4));
            for (var seat = 0; seat < 4; seat++)
            {
                environment.Observe(seat, ObservationEncoding.Absolute, observations);
                var slots = environment.Slots(seat);
                Assert.Equal(Enumerable.Range(0, length), slots.Select(slot => slot.Index));
                for (var i = 0; i < observations.Length; i++)
                    Assert.InRange(observations[i], slots[i % length].Minimum - 1e-5f, slots[i % length].Maximum + 1e-5f);
            }

            buffers.Step();
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => environment.Slots(4));
    }

    [Fact]
    public void BadActionsAreNamedAndMoveNothing()
    {
        var environment = Start(TagScenarios.Load("tag-4v2"), 3);
        var buffers = new Buffers(environment);
        buffers.Actions[0] = 4;
        buffers.Actions[(5 * 3) + 2] = 5;
        var error = Assert.Throws<ArgumentOutOfRangeException>(buffers.Step);

        Assert.Contains("lane 2, seat 5: actions of 'tag' are 0 to 4", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), environment.State.VelocityOf(0, 0));
        Assert.Throws<NotSupportedException>(() => ((IVectorEnvironment)environment).DecodeState(0, ObservationEncoding.Absolute, new float[24]));
    }

    /// <summary>The bits of 300 random steps of 21 lanes, as they must be on every machine and at every vector width.</summary>
    [Theory]
    [InlineData("simple-tag", 6042024199076236750)]
    [InlineData("tag-4v2", 15813103934746031895)]
    public void BitsAreTheSameEverywhere(string scenario, ulong expected)
    {
        var rig = Rig.Of("tag", scenario, 21);
        rig.Reset(11);
        var hash = 14695981039346656037;
        for (var step = 0u; step < 300; step++)
        {
            rig.ChooseActions(11, step);
            rig.Step();
            Add(rig.Rewards);
            for (var seat = 0; seat < rig.Info.Seats; seat++) Add(rig.Observe(seat, ObservationEncoding.Absolute));
        }

        Assert.Equal(expected, hash);

        void Add(float[] values)
        {
            foreach (var value in values) hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 1099511628211;
        }
    }

    private static TagEnvironment Start(TagDefinition definition, int lanes, int firstLane = 0)
    {
        var environment = new TagEnvironment(definition, lanes);
        environment.Reset(Starts, Starts.For(StreamPurpose.Dynamics), firstLane);
        return environment;
    }

    private sealed class Buffers(TagEnvironment environment)
    {
        internal byte[] Actions { get; } = new byte[environment.Info.Seats * environment.Lanes];

        internal float[] Rewards { get; } = new float[environment.Info.Seats * environment.Lanes];

        internal float[] Costs { get; } = new float[environment.Info.Seats * environment.Lanes];

        internal bool[] Terminated { get; } = new bool[environment.Lanes];

        internal void Step() => environment.Step(
            Actions, new StepOutcome { Rewards = Rewards, Costs = Costs, Terminated = Terminated, Truncated = new bool[environment.Lanes] });
    }
}
