namespace Srpo.Learning.Tests.Updates;

/// <summary>Advantages worked out by hand.</summary>
public sealed class GaeTests
{
    private static (float[] Advantages, float[] Returns) Compute(
        float[] rewards, float[] values, float[] last, bool[] terminated, bool[] truncated)
    {
        var (advantages, returns) = (new float[rewards.Length], new float[rewards.Length]);
        Gae.Compute(rewards, values, last, terminated, truncated, 0.5, 0.5, advantages, returns);
        return (advantages, returns);
    }

    [Fact]
    public void The_last_step_is_bootstrapped_and_earlier_ones_decay()
    {
        var (advantages, returns) = Compute([1, 2, 3], [10, 20, 30], [40], new bool[3], new bool[3]);
        // delta = 1+10-10 = 1, 2+15-20 = -3, 3+20-30 = -7; A2 = -7, A1 = -3 + .25*-7, A0 = 1 + .25*A1
        Assert.Equal([-0.1875f, -4.75f, -7f], advantages);
        Assert.Equal([9.8125f, 15.25f, 23f], returns);
    }

    [Fact]
    public void Nothing_is_bootstrapped_across_an_end()
    {
        var (advantages, _) = Compute([1, 2, 3], [10, 20, 30], [40], [false, true, false], new bool[3]);
        Assert.Equal([-3.5f, -18f, -7f], advantages);
    }

    [Fact]
    public void A_timeout_cuts_the_sum_but_keeps_a_value()
    {
        var (advantages, _) = Compute([1, 2, 3], [10, 20, 30], [40], new bool[3], [false, true, false]);
        Assert.Equal([-1f, -8f, -7f], advantages);
    }

    [Fact]
    public void Lanes_do_not_touch_each_other()
    {
        var (advantages, _) = Compute([1, 100, 2, 200, 3, 300], [10, 0, 20, 0, 30, 0], [40, 0], new bool[6], new bool[6]);
        Assert.Equal([-0.1875f, -4.75f, -7f], new[] { advantages[0], advantages[2], advantages[4] });
        Assert.Equal([168.75f, 275f, 300f], new[] { advantages[1], advantages[3], advantages[5] });
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused() =>
        Assert.Throws<ArgumentException>(() => Compute([1, 2], [1], [1], new bool[2], new bool[2]));
}
