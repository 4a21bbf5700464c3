namespace Srpo.Learning;

/// <summary>Choosing from a discrete distribution: sampling by inversion of its cumulative sums, or what is most likely.</summary>
internal static class Sampling
{
    /// <summary>Cumulative sums in index order.</summary>
    public static void Accumulate(ReadOnlySpan<float> probabilities, Span<float> cumulative)
    {
        var sum = 0f;
        for (var a = 0; a < probabilities.Length; a++)
        {
            sum += probabilities[a];
            cumulative[a] = sum;
        }

        // Rounding may leave the total below the largest uniform number: the last action that can happen takes the rest,
        // so that an action of probability zero is never drawn.
        var last = probabilities.Length - 1;
        while (last > 0 && probabilities[last] == 0f) last--;
        cumulative[last..].Fill(float.PositiveInfinity);
    }

    /// <summary>The action with the largest probability; of several, the first.</summary>
    public static byte MostLikely(ReadOnlySpan<float> probabilities)
    {
        var best = 0;
        for (var a = 1; a < probabilities.Length; a++)
            if (probabilities[a] > probabilities[best]) best = a;
        return (byte)best;
    }

    /// <summary>The first action whose cumulative sum exceeds a uniform number in [0, 1).</summary>
    public static int Choose(ReadOnlySpan<float> cumulative, float uniform)
    {
        var action = 0;
        while (uniform >= cumulative[action]) action++;
        return action;
    }
}
