namespace Srpo.Learning;

/// <summary>Generalised advantage estimation (Schulman et al. 2016).</summary>
public static class Gae
{
    /// <summary>
    /// Advantages and returns, each sample after the one that follows it:
    /// A_t = delta_t + gamma lambda A_(t+1), delta_t = r_t + gamma V(s_(t+1)) - V(s_t), return_t = A_t + V(s_t),
    /// where t counts the samples of one seat: its own turns in turn-based environments. Where the episode ended nothing follows:
    /// delta_t = r_t - V(s_t). At a cut the sum ends too, but delta_t keeps the value of the observation behind it.
    /// </summary>
    /// <param name="rewards">[samples].</param>
    /// <param name="values">[rows] of the critic.</param>
    /// <param name="row">[samples] row of each sample's observation.</param>
    /// <param name="next">[samples] what follows, as in <see cref="SeatSamples.Next"/>; a following sample has a larger number.</param>
    /// <param name="discount">gamma.</param>
    /// <param name="lambda">lambda.</param>
    /// <param name="advantages">[samples] is set.</param>
    /// <param name="returns">[samples] is set.</param>
    /// <exception cref="ArgumentException">Lengths do not fit together, or a sample follows itself or an earlier one.</exception>
    public static void Compute(
        ReadOnlySpan<float> rewards, ReadOnlySpan<float> values, ReadOnlySpan<int> row, ReadOnlySpan<int> next,
        double discount, double lambda, Span<float> advantages, Span<float> returns)
    {
        var samples = rewards.Length;
        if (row.Length != samples || next.Length != samples || advantages.Length != samples || returns.Length != samples)
            throw new ArgumentException("rewards, rows, followers, advantages and returns must all be [samples]");

        var decay = discount * lambda;
        var exact = new double[samples];
        for (var i = samples - 1; i >= 0; i--)
        {
            double value = values[row[i]];
            var (following, advantage) = (0.0, 0.0);
            var follower = next[i];
            if (follower >= 0)
            {
                if (follower <= i) throw new ArgumentException($"sample {follower} follows the later sample {i}", nameof(next));
                (following, advantage) = (values[row[follower]], exact[follower]);
            }
            else if (follower != SeatSamples.Ended)
            {
                following = values[SeatSamples.BootstrapRow(follower)];
            }

            advantage = rewards[i] + (discount * following) - value + (decay * advantage);
            exact[i] = advantage;
            advantages[i] = (float)advantage;
            returns[i] = (float)(advantage + value);
        }
    }
}
