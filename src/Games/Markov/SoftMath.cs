namespace Srpo.Games.Markov;

/// <summary>Softmax, entropies and the entropic risk measure, safe for large exponents.</summary>
internal static class SoftMath
{
    /// <summary>Softmax of logits; both spans may be the same.</summary>
    internal static void Softmax(ReadOnlySpan<double> logits, Span<double> probabilities)
    {
        var largest = double.NegativeInfinity;
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var sum = 0.0;
        for (var k = 0; k < logits.Length; k++) sum += probabilities[k] = Math.Exp(logits[k] - largest);
        for (var k = 0; k < logits.Length; k++) probabilities[k] /= sum;
    }

    /// <summary>nu(p) = sum p log p, with 0 log 0 = 0.</summary>
    internal static double NegativeEntropy(ReadOnlySpan<double> probabilities)
    {
        var sum = 0.0;
        foreach (var p in probabilities) sum += p > 0 ? p * Math.Log(p) : 0;
        return sum;
    }

    /// <summary>KL(p || q), infinite where p gives weight to what q excludes.</summary>
    internal static double Divergence(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        var sum = 0.0;
        for (var k = 0; k < p.Length; k++) sum += p[k] > 0 ? p[k] * Math.Log(p[k] / q[k]) : 0;
        return sum;
    }

    /// <summary>
    /// The entropic risk measure of equation (1), -(1/tau) log E_reference exp(-tau X), and its minimiser; the expectation at tau = 0.
    /// </summary>
    /// <param name="outcomes">X.</param>
    /// <param name="reference">Distribution of X's index.</param>
    /// <param name="tau">Risk aversion, at least 0.</param>
    /// <param name="minimiser">Receives p*, proportional to reference exp(-tau X).</param>
    internal static double Risk(ReadOnlySpan<double> outcomes, ReadOnlySpan<double> reference, double tau, Span<double> minimiser)
    {
        if (tau == 0)
        {
            reference.CopyTo(minimiser);
            return Dot(outcomes, reference);
        }

        // Exponents from the least outcome cannot overflow; where the mean of their exponentials is near 1, its excess keeps the digits.
        var least = double.PositiveInfinity;
        for (var k = 0; k < outcomes.Length; k++)
        {
            if (reference[k] > 0) least = Math.Min(least, outcomes[k]);
        }

        var sum = 0.0;
        var excess = 0.0;
        for (var k = 0; k < outcomes.Length; k++)
        {
            var exponent = -tau * (outcomes[k] - least);
            minimiser[k] = reference[k] > 0 ? reference[k] * Math.Exp(exponent) : 0;
            sum += minimiser[k];
            excess += reference[k] > 0 ? reference[k] * ExpM1(exponent) : 0;
        }

        for (var k = 0; k < outcomes.Length; k++) minimiser[k] /= sum;
        return least - ((excess > -0.5 ? LogP1(excess) : Math.Log(sum)) / tau);
    }

    internal static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sum = 0.0;
        for (var k = 0; k < x.Length; k++) sum += x[k] * y[k];
        return sum;
    }

    /// <summary>e^x - 1 without loss for small x (Kahan).</summary>
    private static double ExpM1(double x)
    {
        if (Math.Abs(x) > 0.5) return Math.Exp(x) - 1;
        var u = Math.Exp(x);
        return u == 1 ? x : (u - 1) * x / Math.Log(u);
    }

    /// <summary>log(1 + x) without loss for small x (Kahan).</summary>
    private static double LogP1(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : Math.Log(u) * x / (u - 1);
    }
}
