namespace Srpo.Learning;

/// <summary>Generalised advantage estimation (Schulman et al. 2016).</summary>
public static class Gae
{
    /// <summary>
    /// Advantages and returns of a rollout, lane by lane, backwards in time:
    /// A_t = delta_t + gamma lambda A_(t+1), delta_t = r_t + gamma V(s_(t+1)) - V(s_t), return_t = A_t + V(s_t).
    /// Where the episode ended in step t nothing follows: delta_t = r_t - V(s_t). Where time ran out the sum is cut too, but
    /// delta_t is bootstrapped from V(s_t), the nearest observation of that episode that the environment hands out.
    /// </summary>
    /// <param name="rewards">[steps x lanes], step-major.</param>
    /// <param name="values">[steps x lanes].</param>
    /// <param name="lastValues">[lanes] values of the observations after the last step.</param>
    /// <param name="terminated">[steps x lanes] the episode ended in this step.</param>
    /// <param name="truncated">[steps x lanes] time ran out in this step.</param>
    /// <param name="discount">gamma.</param>
    /// <param name="lambda">lambda.</param>
    /// <param name="advantages">[steps x lanes] is set.</param>
    /// <param name="returns">[steps x lanes] is set.</param>
    /// <exception cref="ArgumentException">Lengths do not fit together.</exception>
    public static void Compute(
        ReadOnlySpan<float> rewards, ReadOnlySpan<float> values, ReadOnlySpan<float> lastValues,
        ReadOnlySpan<bool> terminated, ReadOnlySpan<bool> truncated,
        double discount, double lambda, Span<float> advantages, Span<float> returns)
    {
        var lanes = lastValues.Length;
        var samples = rewards.Length;
        if (lanes == 0 || samples % lanes != 0 || values.Length != samples || terminated.Length != samples
            || truncated.Length != samples || advantages.Length != samples || returns.Length != samples)
            throw new ArgumentException("rewards, values, ends, advantages and returns must all be [steps x lanes]");

        var decay = discount * lambda;
        for (var lane = 0; lane < lanes; lane++)
        {
            var next = (double)lastValues[lane];
            var advantage = 0.0;
            for (var i = samples - lanes + lane; i >= 0; i -= lanes)
            {
                double value = values[i];
                if (terminated[i]) (next, advantage) = (0.0, 0.0);
                else if (truncated[i]) (next, advantage) = (value, 0.0);
                advantage = rewards[i] + (discount * next) - value + (decay * advantage);
                advantages[i] = (float)advantage;
                returns[i] = (float)(advantage + value);
                next = value;
            }
        }
    }
}
