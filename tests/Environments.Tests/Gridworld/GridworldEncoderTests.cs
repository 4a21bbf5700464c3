using Srpo.Environments.Gridworld;

namespace Srpo.Environments.Tests.Gridworld;

public class GridworldEncoderTests
{
    private static readonly GridworldLayout Official = GridworldLayouts.Load("official");

    /// <summary>Seat 0 at (3,1) carrying, seat 1 at (0,4) with empty hands, onion 0 gone.</summary>
    private static GridworldState Example()
    {
        var state = new GridworldState { Onions = 2 };
        state.Agents[0] = new GridworldAgent(16, true);
        state.Agents[1] = new GridworldAgent(4, false);
        return state;
    }

    private static float[] Write(int seat, ObservationEncoding encoding)
    {
        var encoder = new GridworldEncoder(Official);
        var observation = new float[encoder.Lengths[(int)encoding]];
        encoder.Write(Example(), seat, encoding, observation);
        return observation;
    }

    [Fact]
    public void AbsoluteIsTheSameForBothSeats()
    {
        Assert.Equal([3, 1, 1, 0, 4, 0, 0, 1], Write(0, ObservationEncoding.Absolute));
        Assert.Equal([3, 1, 1, 0, 4, 0, 0, 1], Write(1, ObservationEncoding.Absolute));
    }

    [Fact]
    public void OwnFirstBeginsWithTheObserver()
    {
        Assert.Equal([3, 1, 1, 0, 4, 0, 0, 1], Write(0, ObservationEncoding.OwnFirst));
        Assert.Equal([0, 4, 0, 3, 1, 1, 0, 1], Write(1, ObservationEncoding.OwnFirst));
    }

    [Theory]
    [InlineData(ObservationEncoding.Absolute)]
    [InlineData(ObservationEncoding.OwnFirst)]
    public void OneHotSaysTheSame(ObservationEncoding plain)
    {
        var oneHot = plain == ObservationEncoding.Absolute ? ObservationEncoding.OneHot : ObservationEncoding.OneHotOwnFirst;
        int[] values = [5, 5, 2, 5, 5, 2, 2, 2];
        for (var seat = 0; seat < 2; seat++)
        {
            var expected = new List<float>();
            foreach (var (value, count) in Write(seat, plain).Zip(values))
                expected.AddRange(Enumerable.Range(0, count).Select(candidate => candidate == (int)value ? 1f : 0f));
            Assert.Equal(expected, Write(seat, oneHot));
        }
    }

    public static TheoryData<string, ObservationEncoding> LayoutsAndEncodings
    {
        get
        {
            var data = new TheoryData<string, ObservationEncoding>();
            foreach (var name in GridworldLayouts.Names)
            {
                foreach (var encoding in Enum.GetValues<ObservationEncoding>()) data.Add(name, encoding);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LayoutsAndEncodings))]
    public void SlotsCoverTheObservationAndItsRange(string name, ObservationEncoding encoding)
    {
        var rig = Rig.Of("gridworld", name, 4);
        var slots = ((GridworldEnvironment)rig.Environment).Slots(encoding);
        Assert.Equal(rig.Info.ObservationLength(encoding), slots.Count);
        Assert.Equal(Enumerable.Range(0, slots.Count), slots.Select(slot => slot.Index));
        Assert.Equal(slots.Count, slots.Select(slot => slot.Meaning).Distinct().Count());

        rig.Reset(6);
        for (var step = 0u; step < 100; step++)
        {
            rig.ChooseActions(6, step);
            rig.Step();
            var observations = rig.Observe(1, encoding);
            for (var i = 0; i < observations.Length; i++)
            {
                var slot = slots[i % slots.Count];
                Assert.InRange(observations[i], slot.Minimum, slot.Maximum);
            }
        }
    }

    [Fact]
    public void OfficialHasTenThousandStates() => Assert.Equal(10_000, new GridworldEncoder(Official).States);

    [Fact]
    public void SeatOnesStateNumberIsThatOfTheSwappedView()
    {
        var encoder = new GridworldEncoder(Official);
        var state = Example();
        var swapped = state;
        (swapped.Agents[0], swapped.Agents[1]) = (state.Agents[1], state.Agents[0]);

        Assert.Equal(encoder.Number(swapped, 0), encoder.Number(state, 1));
        Assert.NotEqual(encoder.Number(state, 0), encoder.Number(state, 1));
        Assert.Equal(state, encoder.State(encoder.Number(state, 0)));
        Assert.Equal(swapped, encoder.State(encoder.Number(state, 1)));
    }
}
