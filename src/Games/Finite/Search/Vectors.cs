using System.Runtime.Intrinsics;

namespace Srpo.Games.Finite.Search;

/// <summary>
/// The few operations on spans that the solvers spend their time in. Sums run in one order whatever the machine's vectors and the
/// compiler's tier, for where Newton goes from a far start depends on the last bit.
/// </summary>
internal static class Vectors
{
    /// <summary>Inner product of two spans of one length.</summary>
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        right = right[..left.Length];
        var sums = Vector256<double>.Zero;
        var i = 0;
        for (; i <= left.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            sums += Vector256.Create(left[i..]) * Vector256.Create(right[i..]);
        var sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        for (; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }

    /// <summary>target += factor * values.</summary>
    public static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> values)
    {
        values = values[..target.Length];
        var factors = Vector256.Create(factor);
        var i = 0;
        for (; i <= target.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var part = target[i..];
            (Vector256.Create((ReadOnlySpan<double>)part) + (factors * Vector256.Create(values[i..]))).CopyTo(part);
        }

        for (; i < target.Length; i++) target[i] += factor * values[i];
    }

    /// <summary>Largest absolute value; not a number if any is.</summary>
    public static double MaxAbs(ReadOnlySpan<double> values)
    {
        var max = 0.0;
        foreach (var value in values) max = Math.Max(max, Math.Abs(value));
        return max;
    }

    /// <summary>Euclidean length.</summary>
    public static double Norm(ReadOnlySpan<double> values) => Math.Sqrt(Dot(values, values));

    /// <summary>Replaces log weights by log probabilities and gives the probabilities; safe for weights as far apart as exp(-10^5).</summary>
    public static void LogSoftmax(Span<double> logs, Span<double> probabilities)
    {
        var max = double.NegativeInfinity;
        foreach (var value in logs) max = Math.Max(max, value);
        var sum = 0.0;
        for (var i = 0; i < logs.Length; i++)
        {
            logs[i] -= max;
            probabilities[i] = Math.Exp(logs[i]);
            sum += probabilities[i];
        }

        var (shift, scale) = (Math.Log(sum), 1 / sum);
        for (var i = 0; i < logs.Length; i++)
        {
            logs[i] -= shift;
            probabilities[i] *= scale;
        }
    }
}
