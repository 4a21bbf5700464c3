namespace Srpo.Learning.Tests.Updates;

/// <summary>Advantages worked out by hand.</summary>
public sealed class GaeTests
{
    /// <summary>Steps of one lane: values of their observations, then of the one behind the last; '.' goes on, 'e' ends, 't' is a time-out.</summary>
    private static (float[] Advantages, float[] Returns) Compute(float[] rewards, float[] values, string ends)
    {
        int[] next = [.. ends.Select((end, i) => end switch
        {
            'e' => SeatSamples.Ended,
            't' => SeatSamples.CutAt(i),
            _ => i + 1 < rewards.Length ? i + 1 : SeatSamples.CutAt(i + 1),
        })];
        return Compute(rewards, values, [.. Enumerable.Range(0, rewards.Length)], next);
    }

    private static (float[] Advantages, float[] Returns) Compute(float[] rewards, float[] values, int[] row, int[] next)
    {
        var (advantages, returns) = (new float[rewards.Length], new float[rewards.Length]);
        Losses.Advantages(rewards, values, row, next, 0.5, 0.5, advantages, returns);
        return (advantages, returns);
    }

    [Fact]
    public void The_last_step_is_bootstrapped_and_earlier_ones_decay()
    {
        var (advantages, returns) = Compute([1, 2, 3], [10, 20, 30, 40], "...");
        // delta = 1+10-10 = 1, 2+15-20 = -3, 3+20-30 = -7; A2 = -7, A1 = -3 + .25*-7, A0 = 1 + .25*A1
        Assert.Equal([-0.1875f, -4.75f, -7f], advantages);
        Assert.Equal([9.8125f, 15.25f, 23f], returns);
    }

    [Fact]
    public void Nothing_is_bootstrapped_across_an_end()
    {
        var (advantages, _) = Compute([1, 2, 3], [10, 20, 30, 40], ".e.");
        Assert.Equal([-3.5f, -18f, -7f], advantages);
    }

    [Fact]
    public void A_timeout_cuts_the_sum_but_keeps_a_value()
    {
        var (advantages, _) = Compute([1, 2, 3], [10, 20, 30, 40], ".t.");
        Assert.Equal([-1f, -8f, -7f], advantages);
    }

    [Fact]
    public void Lanes_do_not_touch_each_other()
    {
        var (advantages, _) = Compute(
            [1, 100, 2, 200, 3, 300], [10, 0, 20, 0, 30, 0, 40, 0], [0, 1, 2, 3, 4, 5], [2, 3, 4, 5, SeatSamples.CutAt(6), SeatSamples.CutAt(7)]);
        Assert.Equal([-0.1875f, -4.75f, -7f], new[] { advantages[0], advantages[2], advantages[4] });
        Assert.Equal([168.75f, 275f, 300f], new[] { advantages[1], advantages[3], advantages[5] });
    }

    [Fact]
    public void Samples_that_share_an_observation_share_its_value()
    {
        // Rows 0, 1, 0 and a bootstrap from row 1.
        var (advantages, _) = Compute([1, 2, 3], [10, 20], [0, 1, 0], [1, 2, SeatSamples.CutAt(1)]);
        // delta = 1+10-10 = 1, 2+5-20 = -13, 3+10-10 = 3; A2 = 3, A1 = -13 + .75, A0 = 1 + .25*A1
        Assert.Equal([-2.0625f, -12.25f, 3f], advantages);
    }

    [Fact]
    public void Seats_that_take_turns_at_different_paces_have_sums_of_their_own()
    {
        // Seat 0 acts in samples 0, 2, 3; its episode ends there. Seat 1 acts in sample 1 and then again behind the rollout, at row 4.
        var (advantages, returns) = Compute([1, 5, 2, 3], [10, 40, 20, 30, 8], [0, 1, 2, 3], [2, SeatSamples.CutAt(4), 3, SeatSamples.Ended]);
        // Seat 0: delta = 1+10-10 = 1, 2+15-20 = -3, 3-30 = -27; seat 1: 5+4-40 = -31.
        Assert.Equal([1 + (0.25f * (-3 + (0.25f * -27))), -31f, -3 + (0.25f * -27), -27f], advantages);
        Assert.Equal([advantages[0] + 10, 9f, advantages[2] + 20, 3f], returns);
    }

    [Fact]
    public void A_sample_cannot_be_followed_by_itself_or_an_earlier_one()
    {
        Assert.Throws<ArgumentException>(() => Compute([1, 2], [1, 1], [0, 1], [1, 1]));
        Assert.Throws<ArgumentException>(() => Compute([1, 2], [1, 1], [0, 1], [1, 0]));
    }

    [Fact]
    public void No_samples_are_no_error() => Assert.Empty(Compute([], [], [], []).Returns);

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Compute([1, 2], [1], [0], [SeatSamples.Ended, SeatSamples.Ended]));
        Assert.Throws<ArgumentException>(() => Compute([1, 2], [1], [0, 0], [SeatSamples.Ended]));
    }
}
