using System.Globalization;

namespace Srpo.Games.Finite;

/// <summary>
/// The entropic risk measure: equation (1) of Qu et al. (arXiv 2602.21515, section 3) for one player with her own strategy
/// fixed. Values X(b) are her utilities against the others' joint actions b, q(b) the others' probabilities, tau her risk aversion:
/// <code>inf_p E_p[X] + KL(p || q) / tau  =  -(1/tau) log E_q[exp(-tau X)],   p*(b) proportional to q(b) exp(-tau X(b))</code>
/// </summary>
/// <remarks>
/// tau = 0 is the expectation under q, tau = infinity the least value that q gives a positive probability. Probabilities must be
/// non-negative and are divided by their sum; this is not checked further, as these functions run in inner loops.
/// </remarks>
public static class EntropicRisk
{
    /// <summary>The risk-adjusted value by the dual form, -(1/tau) log E_q[exp(-tau X)].</summary>
    /// <param name="values">[outcomes] X, finite.</param>
    /// <param name="probabilities">[outcomes] q, not all zero.</param>
    /// <param name="tau">Risk aversion, from 0 to infinity; continuous at 0.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, tau is negative or not a number, or all q are zero.</exception>
    public static double Value(ReadOnlySpan<double> values, ReadOnlySpan<double> probabilities, double tau)
    {
        Require(values, probabilities, tau);
        return Evaluate(values, probabilities, tau, []);
    }

    /// <summary>The minimiser p* of the primal form, "the adversary". Zero where q is zero; for tau = infinity spread like q over the worst outcomes.</summary>
    /// <param name="values">[outcomes] X, finite.</param>
    /// <param name="probabilities">[outcomes] q, not all zero.</param>
    /// <param name="tau">Risk aversion, from 0 to infinity.</param>
    /// <param name="adversary">[outcomes] receives p*, which sums to 1.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, tau is negative or not a number, or all q are zero.</exception>
    public static void Adversary(ReadOnlySpan<double> values, ReadOnlySpan<double> probabilities, double tau, Span<double> adversary)
    {
        Require(values, probabilities, tau);
        if (adversary.Length != values.Length)
            throw new ArgumentException(Text($"adversary has {adversary.Length} entries; there are {values.Length} values"), nameof(adversary));
        Evaluate(values, probabilities, tau, adversary);
    }

    /// <summary>
    /// The objective of the primal form at any p: E_p[X] + KL(p || q) / tau. Infinite where p leaves the support of q, and for tau = 0
    /// wherever p is not q.
    /// </summary>
    /// <param name="values">[outcomes] X, finite.</param>
    /// <param name="probabilities">[outcomes] q, sums to 1.</param>
    /// <param name="tau">Risk aversion, from 0 to infinity.</param>
    /// <param name="adversary">[outcomes] p, sums to 1.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, tau is negative or not a number, or all q are zero.</exception>
    public static double Objective(ReadOnlySpan<double> values, ReadOnlySpan<double> probabilities, double tau, ReadOnlySpan<double> adversary)
    {
        Require(values, probabilities, tau);
        if (adversary.Length != values.Length)
            throw new ArgumentException(Text($"adversary has {adversary.Length} entries; there are {values.Length} values"), nameof(adversary));
        var expectation = 0.0;
        for (var b = 0; b < values.Length; b++) expectation += adversary[b] * values[b];
        var divergence = Divergence(adversary, probabilities);
        return divergence == 0 ? expectation : expectation + (divergence / tau);
    }

    /// <summary>KL(p || q) = sum p log(p/q), exact to rounding also for p close to q; infinite where q is zero and p is not.</summary>
    /// <param name="p">[outcomes] sums to 1.</param>
    /// <param name="q">[outcomes] sums to 1.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double Divergence(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        if (p.Length != q.Length) throw new ArgumentException(Text($"q has {q.Length} entries and p {p.Length}"), nameof(q));
        var sum = 0.0;
        for (var b = 0; b < p.Length; b++)
        {
            if (q[b] == 0)
            {
                if (p[b] > 0) return double.PositiveInfinity;
                continue;
            }

            // Every term p log(p/q) - p + q is non-negative, so nothing cancels in the sum; it adds nothing as both sum to 1.
            var u = (p[b] - q[b]) / q[b];
            if (Math.Abs(u) < 0.1)
            {
                var series = 0.0;
                for (var k = 18; k >= 2; k--) series = (1.0 / (k * (k - 1))) - (u * series);
                sum += q[b] * u * u * series;
            }
            else
            {
                sum += p[b] == 0 ? q[b] : (p[b] * (Math.Log(p[b]) - Math.Log(q[b]))) - p[b] + q[b];
            }
        }

        return sum;
    }

    /// <summary>Value, and p* unless the span is empty; nothing is checked.</summary>
    internal static double Evaluate(ReadOnlySpan<double> values, ReadOnlySpan<double> probabilities, double tau, Span<double> adversary)
    {
        var lowest = double.PositiveInfinity;
        var highest = double.NegativeInfinity;
        var mass = 0.0;
        for (var b = 0; b < values.Length; b++)
        {
            if (!(probabilities[b] > 0)) continue;
            lowest = Math.Min(lowest, values[b]);
            highest = Math.Max(highest, values[b]);
            mass += probabilities[b];
        }

        var total = 0.0;
        var first = 0.0;
        for (var b = 0; b < values.Length; b++)
        {
            var above = values[b] - lowest;
            // 0 * infinity would not be a number; impossible outcomes may also lie below the lowest possible one.
            var weight = probabilities[b] > 0 ? above == 0 ? probabilities[b] : probabilities[b] * Math.Exp(-tau * above) : 0;
            total += weight;
            first += probabilities[b] > 0 ? probabilities[b] * above : 0;
            if (!adversary.IsEmpty) adversary[b] = weight;
        }

        if (!adversary.IsEmpty)
        {
            for (var b = 0; b < values.Length; b++) adversary[b] /= total;
        }

        var mean = lowest + (first / mass);
        if (tau == 0 || highest == lowest) return mean;
        if (tau * (highest - lowest) > 1) return lowest - (Math.Log(total / mass) / tau);

        // log E exp(-tau X) loses all digits of the risk for small tau; the second-order remainder around the mean keeps them.
        var excess = 0.0;
        for (var b = 0; b < values.Length; b++)
        {
            if (probabilities[b] > 0) excess += probabilities[b] * Logistic.ExpRemainder(-tau * (values[b] - mean));
        }

        return mean - (Logistic.LogOnePlus(excess / mass) / tau);
    }

    /// <summary>Value and p* from log probabilities, which also hold what underflows; nothing is checked.</summary>
    /// <param name="values">[outcomes] X.</param>
    /// <param name="logs">[outcomes] log q, normalised; minus infinity where q is zero.</param>
    /// <param name="tau">Risk aversion, finite.</param>
    /// <param name="logAdversary">[outcomes] receives log p*.</param>
    /// <param name="adversary">[outcomes] receives p*.</param>
    internal static double EvaluateLogs(ReadOnlySpan<double> values, ReadOnlySpan<double> logs, double tau, Span<double> logAdversary, Span<double> adversary)
    {
        var (lowest, highest) = (double.PositiveInfinity, double.NegativeInfinity);
        var (mass, first) = (0.0, 0.0);
        for (var b = 0; b < values.Length; b++)
        {
            if (double.IsNegativeInfinity(logs[b])) continue;
            (lowest, highest) = (Math.Min(lowest, values[b]), Math.Max(highest, values[b]));
        }

        var top = double.NegativeInfinity;
        for (var b = 0; b < values.Length; b++)
        {
            logAdversary[b] = double.IsNegativeInfinity(logs[b]) ? logs[b] : logs[b] - (tau * (values[b] - lowest));
            top = Math.Max(top, logAdversary[b]);
            var q = Math.Exp(logs[b]);
            mass += q;
            first += q * (values[b] - lowest);
        }

        var total = 0.0;
        for (var b = 0; b < values.Length; b++) total += adversary[b] = Math.Exp(logAdversary[b] - top);
        var shift = top + Math.Log(total);
        for (var b = 0; b < values.Length; b++)
        {
            logAdversary[b] -= shift;
            adversary[b] /= total;
        }

        var mean = lowest + (first / mass);
        if (tau == 0 || highest == lowest) return mean;
        if (tau * (highest - lowest) > 1) return lowest - (shift / tau);
        var excess = 0.0;
        for (var b = 0; b < values.Length; b++) excess += Math.Exp(logs[b]) * Logistic.ExpRemainder(-tau * (values[b] - mean));
        return mean - (Logistic.LogOnePlus(excess / mass) / tau);
    }

    private static void Require(ReadOnlySpan<double> values, ReadOnlySpan<double> probabilities, double tau)
    {
        if (values.IsEmpty) throw new ArgumentException("values must not be empty", nameof(values));
        if (probabilities.Length != values.Length)
            throw new ArgumentException(Text($"probabilities has {probabilities.Length} entries; there are {values.Length} values"), nameof(probabilities));
        if (!(tau >= 0)) throw new ArgumentException(Text($"tau must be at least 0, not {tau}"), nameof(tau));
        if (!(probabilities.IndexOfAnyExcept(0.0) >= 0)) throw new ArgumentException("probabilities must not all be zero", nameof(probabilities));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
