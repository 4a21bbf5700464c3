namespace Srpo.Learning.Tests.Matches;

/// <summary>Who sits where in cross-play.</summary>
public sealed class SeatingTests
{
    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 6)]
    [InlineData(4, 14)]
    [InlineData(10, 1022)]
    public void Every_way_to_mix_two_runs_comes_equally_often(int seats, int ways)
    {
        Assert.Equal(ways, Seatings.Ways(Seating.Mixed, seats));
        var episodes = Seatings.Episodes(Seating.Mixed, seats, ways + 1);
        Assert.Equal(2 * ways, episodes);
        var counts = Enumerable.Range(0, episodes)
            .GroupBy(episode => string.Concat(Enumerable.Range(0, seats).Select(seat => Seatings.IsColumn(Seating.Mixed, seats, episode, seat) ? 'c' : 'r')))
            .ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(ways, counts.Count);
        Assert.All(counts, count => Assert.Equal(2, count.Value));
        Assert.DoesNotContain(new string('c', seats), counts.Keys);
        Assert.DoesNotContain(new string('r', seats), counts.Keys);
    }

    [Theory]
    [InlineData(2, false, Seating.Ordered)]
    [InlineData(2, true, Seating.Mixed)]
    [InlineData(3, false, Seating.Mixed)]
    [InlineData(4, true, Seating.Mixed)]
    [InlineData(1, true, Seating.Ordered)]
    public void Two_seats_of_their_own_are_ordered(int seats, bool shared, Seating seating) => Assert.Equal(seating, Seatings.For(seats, shared));

    [Fact]
    public void Ordered_seats_are_the_rows_then_the_columns()
    {
        Assert.Equal(17, Seatings.Episodes(Seating.Ordered, 2, 17));
        Assert.All(Enumerable.Range(0, 5), episode => Assert.False(Seatings.IsColumn(Seating.Ordered, 2, episode, 0)));
        Assert.All(Enumerable.Range(0, 5), episode => Assert.True(Seatings.IsColumn(Seating.Ordered, 2, episode, 1)));
        Assert.Contains("seat 0", Seatings.Describe(Seating.Ordered, 2));
        Assert.Contains("14 ways", Seatings.Describe(Seating.Mixed, 4));
    }

    [Theory]
    [InlineData(Seating.Ordered)]
    [InlineData(Seating.Mixed)]
    public void A_team_of_one_is_the_rows(Seating seating)
    {
        Assert.Equal(9, Seatings.Episodes(seating, 1, 9));
        Assert.All(Enumerable.Range(0, 9), episode => Assert.False(Seatings.IsColumn(seating, 1, episode, 0)));
    }
}
