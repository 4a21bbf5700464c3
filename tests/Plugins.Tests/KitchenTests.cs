using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Plugins;

namespace Srpo.Plugins.Tests;

/// <summary>The sample's rules and constants, held against what Overcooked-AI publishes (Carroll et al. 2019).</summary>
public sealed class KitchenTests
{
    private const byte North = 0, South = 1, East = 2, West = 3, Stay = 4, Interact = 5;

    private readonly float[] _rewards = new float[2];

    public KitchenTests() => LoadedPlugins.Load(Samples.Kitchen, AppContext.BaseDirectory);

    /// <summary>Player 2 fetches three onions from the right, player 1 a dish; the soup takes 20 steps.</summary>
    private static IEnumerable<(byte First, byte Second, int Onions)> Soup()
    {
        // 2 stands beside the onions at the right and below the pot's neighbour; he turns east, takes one, goes to the pot's column and puts it in.
        for (var onion = 1; onion <= 3; onion++)
        {
            yield return (Stay, East, 0);
            yield return (Stay, Interact, 0);
            yield return (Stay, West, 0);
            yield return (Stay, North, 0);
            yield return (Stay, Interact, 1);
            yield return (Stay, East, 0);
        }
    }

    [Fact]
    public void Constants_are_those_that_are_published()
    {
        var info = EnvironmentFactory.Info(new("kitchen", "cramped_room"));
        Assert.Equal((2, 6, 400), (info.Seats, info.Actions, info.EpisodeLength));
        Assert.Equal(["north", "south", "east", "west", "stay", "interact"], info.ActionNames);
        var kitchen = Make("cramped_room");
        Assert.Equal("X   X   P   X   X\nO   .   .   2^  O\nX   1^  .   .   X\nX   D   X   S   X\n1 faces north and holds nothing; 2 faces north and holds nothing\n", kitchen.Render(0));
    }

    [Theory]
    [InlineData("cramped_room", 0, 0, 0)]
    [InlineData("cramped_room-shaped", 3, 3, 5)]
    public void A_soup_of_three_onions_cooks_for_20_steps_and_earns_20(string layout, int onion, int dish, int pickup)
    {
        var kitchen = Make(layout);
        foreach (var (first, second, onions) in Soup()) Assert.Equal(onions * onion, Play(kitchen, first, second));

        // The third onion went in a step before the last: 18 steps are left.
        Assert.Contains("P~", kitchen.Render(0), StringComparison.Ordinal);
        Assert.Equal(0, Play(kitchen, South, Stay));
        Assert.Equal(dish, Play(kitchen, Interact, Stay));
        Assert.Equal(0, Play(kitchen, East, Stay));
        Assert.Equal(0, Play(kitchen, North, Stay));
        Assert.Equal(0, Play(kitchen, North, Stay));
        for (var step = 0; step < 13; step++) Assert.Equal(0, Play(kitchen, Interact, Stay));
        Assert.Contains("P!", kitchen.Render(0), StringComparison.Ordinal);
        Assert.Equal(pickup, Play(kitchen, Interact, Stay));
        Assert.Contains("1 faces north and holds a soup", kitchen.Render(0), StringComparison.Ordinal);
        foreach (var action in new[] { South, East, South }) Assert.Equal(0, Play(kitchen, action, Stay));
        Assert.Equal(20, Play(kitchen, Interact, Stay));
        Assert.Equal(0, Play(kitchen, Interact, Stay));
    }

    [Fact]
    public void Players_do_not_pass_through_each_other_and_lay_things_on_counters()
    {
        var kitchen = Make("cramped_room");
        Play(kitchen, North, West);
        Play(kitchen, East, West);
        Assert.Contains("O   1>  2<  .   O", kitchen.Render(0), StringComparison.Ordinal);
        Play(kitchen, West, Stay);
        Play(kitchen, Interact, Stay);
        Play(kitchen, North, Stay);
        Play(kitchen, Interact, Stay);
        Assert.Contains("X   Xo  P   X   X", kitchen.Render(0), StringComparison.Ordinal);
        Play(kitchen, Interact, Stay);
        Assert.Contains("O   1^o 2<", kitchen.Render(0), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dish_that_nobody_needs_earns_nothing()
    {
        var kitchen = Make("cramped_room-shaped");
        Play(kitchen, South, Stay);
        Assert.Equal(0, Play(kitchen, Interact, Stay));
    }

    [Fact]
    public void Observations_fit_their_meanings_and_nothing_is_allocated()
    {
        foreach (var encoding in Enum.GetValues<ObservationEncoding>())
        {
            var kitchen = Make("cramped_room");
            foreach (var (first, second, _) in Soup()) Play(kitchen, first, second);
            for (var seat = 0; seat < 2; seat++)
            {
                var slots = kitchen.Slots(seat, encoding);
                var values = new float[kitchen.Info.ObservationLength(encoding)];
                kitchen.Observe(seat, encoding, values);
                Assert.Equal(values.Length, slots.Count);
                Assert.All(slots, slot => Assert.InRange(values[slot.Index], slot.Minimum, slot.Maximum));
                var own = encoding is ObservationEncoding.OwnFirst or ObservationEncoding.OneHotOwnFirst;
                string[] place = ["row 2 column 1", "row 1 column 3"];
                var at = slots.Single(slot => slot.Meaning == $"{(own ? "this player" : "player 1")} is at {place[own ? seat : 0]}");
                Assert.Equal(1, values[at.Index]);
                Assert.Equal(18 / 20f, values[slots.Single(slot => slot.Meaning.StartsWith("share of the cooking", StringComparison.Ordinal)).Index], 0.06f);
            }
        }

        var lanes = EnvironmentFactory.Create(new("kitchen", "cramped_room"), lanes: 8);
        lanes.Reset(new StreamId(1, 0, 0, StreamPurpose.Reset), new StreamId(1, 0, 0, StreamPurpose.Dynamics));
        byte[] actions = [.. Enumerable.Range(0, 16).Select(i => (byte)(i % 6))];
        float[] rewards = new float[16], costs = new float[16], observations = new float[8 * lanes.Info.ObservationLength(ObservationEncoding.Absolute)];
        bool[] terminated = new bool[8], truncated = new bool[8];
        var before = 0L;
        for (var step = 0; step < 900; step++)
        {
            if (step == 100) before = GC.GetAllocatedBytesForCurrentThread();
            lanes.Observe(0, ObservationEncoding.Absolute, observations);
            lanes.Step(actions, new StepOutcome { Rewards = rewards, Costs = costs, Terminated = terminated, Truncated = truncated });
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Lanes_that_are_restored_go_on_with_the_same_bits()
    {
        var one = Make("cramped_room-shaped");
        foreach (var (first, second, _) in Soup().Take(11)) Play(one, first, second);
        var other = EnvironmentFactory.Create(new("kitchen", "cramped_room-shaped"), lanes: 1);
        other.RestoreLanes(one.SaveLanes());
        foreach (var (first, second, _) in Soup().Skip(11))
        {
            Assert.Equal(Play(one, first, second), Play(other, first, second));
            Assert.Equal(one.Render(0), other.Render(0));
        }

        Assert.Equal(one.SaveLanes(), other.SaveLanes());
        Assert.Throws<FormatException>(() => Make("cramped_room").RestoreLanes(one.SaveLanes()));
    }

    [Theory]
    [InlineData("XXPXX\nO  2O\nX1  X\nXDXXX\n", "there is no S on the map")]
    [InlineData("XXPXX\nO  2O\nX1  \nXDXSX\n", "line 3, column 1: the row has 4 signs")]
    [InlineData("XX XX\nO  2O\nX1  X\nXDXSX\n", "line 1, column 3: ' ' cannot be here")]
    [InlineData("XXPXX\nO  2O\nX1 ?X\nXDXSX\n", "line 3, column 4: '?' cannot be here")]
    [InlineData("XXPXX\nO 12O\nX1  X\nXDXSX\n", "player 1 is on the map twice")]
    [InlineData("cooktime = 3\nXXPXX\nO  2O\nX1  X\nXDXSX\n", "line 1, column 1: unknown setting 'cooktime'")]
    [InlineData("cookTime = x\nXXPXX\nO  2O\nX1  X\nXDXSX\n", "line 1, column 1: cookTime: 'x' is not possible")]
    [InlineData("", "there is no map")]
    public void A_wrong_layout_is_refused_at_its_place(string text, string said) =>
        Assert.Contains(said, Assert.Throws<LayoutException>(() => EnvironmentFactory.Create(new EnvironmentSettings("kitchen", "mine", text), 1)).Message, StringComparison.Ordinal);

    private static IVectorEnvironment Make(string layout)
    {
        var kitchen = EnvironmentFactory.Create(new("kitchen", layout), lanes: 1);
        kitchen.Reset(new StreamId(1, 0, 0, StreamPurpose.Reset), new StreamId(1, 0, 0, StreamPurpose.Dynamics));
        return kitchen;
    }

    private float Play(IVectorEnvironment kitchen, byte first, byte second)
    {
        kitchen.Step([first, second], new StepOutcome { Rewards = _rewards, Costs = new float[2], Terminated = new bool[1], Truncated = new bool[1] });
        Assert.Equal(_rewards[0], _rewards[1]);
        return _rewards[0];
    }
}
