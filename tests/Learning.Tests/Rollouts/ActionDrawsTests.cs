using Srpo.Core.Random;

namespace Srpo.Learning.Tests.Rollouts;

/// <summary>Which random bits decide a seat's action: part of what recorded results mean.</summary>
public sealed class ActionDrawsTests
{
    private static readonly StreamId Stream = new(3, 1, 2, StreamPurpose.Action);

    private static float[] Draws(int views, int lanes, int step, int firstLane = 0)
    {
        var uniforms = new float[views * lanes];
        ActionDraws.Fill(Stream, firstLane, step, lanes, uniforms);
        return uniforms;
    }

    [Fact]
    public void A_view_has_a_word_of_its_own()
    {
        var draws = Draws(9, 3, 7);
        for (var lane = 0; lane < 3; lane++)
        {
            for (var view = 0; view < 9; view++)
                Assert.Equal(RandomBlock.ToUnitSingle(Stream.Block(lane, 7 | ((uint)(view / 4) << 24))[view % 4]), draws[(view * 3) + lane]);
        }
    }

    [Fact]
    public void No_two_views_lanes_or_steps_share_a_draw()
    {
        var all = Enumerable.Range(0, 20).SelectMany(step => Draws(9, 8, step)).ToArray();

        // Numbers have 24 bits: of 1440 of them less than one pair is alike by chance.
        Assert.InRange(all.Distinct().Count(), all.Length - 3, all.Length);
    }

    [Fact]
    public void Neither_further_views_nor_other_lanes_change_a_draw()
    {
        var draws = Draws(6, 5, 4);
        Assert.Equal(draws[..10], Draws(2, 5, 4));
        Assert.Equal(draws[..5], Draws(1, 5, 4));
        Assert.Equal([draws[3], draws[4], draws[8], draws[9]], Draws(2, 2, 4, firstLane: 3));
    }
}
