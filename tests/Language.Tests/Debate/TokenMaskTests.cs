using Srpo.Language.Debate;

namespace Srpo.Language.Tests.Debate;

public sealed class TokenMaskTests
{
    [Fact]
    public void Tokens_after_the_end_and_responses_that_nobody_learns_from_count_for_nothing()
    {
        var mask = new float[12];
        Array.Fill(mask, 9);
        Assert.Equal(3, TokenMask.Fill([1, 3, 2], [true, false, true], 4, mask));
        Assert.Equal([1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0], mask);
        float[] values = [3, float.NaN, 100, 100, 100, 100, 100, 100, 6, 9, float.NaN, 100];
        Assert.Equal(6, TokenMask.Mean(values, mask));
        Assert.Equal(0, TokenMask.Mean([float.NaN], [0]));
        Assert.Throws<ArgumentException>(() => TokenMask.Fill([5], [true], 4, new float[4]));
        Assert.Throws<ArgumentException>(() => TokenMask.Fill([4], [true], 4, new float[5]));
    }
}
