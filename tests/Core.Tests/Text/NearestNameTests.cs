using Srpo.Core.Text;

namespace Srpo.Core.Tests.Text;

public class NearestNameTests
{
    private static readonly string[] Known = ["official", "held-out-a", "held-out-b", "wide"];

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("offical", "official", 1)]
    [InlineData("wdie", "wide", 1)]
    [InlineData("ca", "abc", 3)]
    public void DistanceCountsEdits(string a, string b, int expected)
    {
        Assert.Equal(expected, NearestName.Distance(a, b));
        Assert.Equal(expected, NearestName.Distance(b, a));
    }

    [Theory]
    [InlineData("offical", "official")]
    [InlineData("OFFICIAL", "official")]
    [InlineData("held-out-d", "held-out-a")]
    [InlineData("heldout-b", "held-out-b")]
    [InlineData("off", "official")]
    [InlineData("wdie", "wide")]
    [InlineData("widest", "wide")]
    [InlineData("kitchen", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void FindSuggestsOnlyWhatIsNear(string typed, string? expected) => Assert.Equal(expected, NearestName.Find(typed, Known));

    [Fact]
    public void Of_names_that_begin_as_typed_the_shortest_is_meant() =>
        Assert.Equal("overcooked", NearestName.Find("overcook", ["overcooked-ablation", "overcooked-quick", "overcooked", "tag"]));

    [Fact]
    public void MessageListsTheKnownNames()
    {
        Assert.Equal(
            "unknown layout 'offical'; did you mean 'official'? Known layouts: official, held-out-a, held-out-b, wide.",
            NearestName.Unknown("layout", "offical", Known));
        Assert.Equal(
            "unknown layout 'kitchen'. Known layouts: official, held-out-a, held-out-b, wide.",
            NearestName.Unknown("layout", "kitchen", Known));
    }

    [Fact]
    public void Message_of_many_names_lists_the_nearest_first_and_says_how_many_there_are()
    {
        Assert.Equal("unknown run 'a-1': there is none.", NearestName.Unknown("run", "a-1", []));
        string[] many = [.. Enumerable.Range(0, 500).Select(i => $"other-run-{i}"), "overcooked-2", "overcooked-1"];
        var message = NearestName.Unknown("run", "overcookd-1", many);
        Assert.StartsWith("unknown run 'overcookd-1'; did you mean 'overcooked-1'? Known runs: overcooked-1, overcooked-2, other-run-1, ", message, StringComparison.Ordinal);
        Assert.EndsWith(" and 492 more.", message, StringComparison.Ordinal);
        Assert.Equal(10, message.Split("Known runs: ")[1].Split(',').Length);
    }
}
