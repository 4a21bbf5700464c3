namespace Srpo.Core.Statistics;

/// <summary>
/// Statistics of a list of finite doubles, taken in the order given. All throw <see cref="ArgumentException"/> on an empty
/// list; the caller decides what "no data" means.
/// </summary>
public static class Descriptive
{
    /// <summary>The arithmetic mean: sum x / n.</summary>
    public static double Mean(ReadOnlySpan<double> values)
    {
        RequireAny(values);
        return CompensatedSum.Of(values) / values.Length;
    }

    /// <summary>
    /// The population standard deviation sqrt(sum (x - mean)^2 / n): the spread of the values at hand. Every "std" of the
    /// reports is this one.
    /// </summary>
    public static double StandardDeviation(ReadOnlySpan<double> values)
    {
        RequireAny(values);
        return Math.Sqrt(SquaredDeviations(values) / values.Length);
    }

    /// <summary>The smallest value.</summary>
    public static double Minimum(ReadOnlySpan<double> values)
    {
        RequireAny(values);
        var minimum = values[0];
        foreach (var value in values) minimum = Math.Min(minimum, value);
        return minimum;
    }

    /// <summary>The largest value.</summary>
    public static double Maximum(ReadOnlySpan<double> values)
    {
        RequireAny(values);
        var maximum = values[0];
        foreach (var value in values) maximum = Math.Max(maximum, value);
        return maximum;
    }

    /// <summary>
    /// The interquartile mean (Agarwal et al. 2021): sort, drop floor(n / 4) values at either end, average the rest. Of fewer
    /// than four values it is the mean.
    /// </summary>
    public static double InterquartileMean(ReadOnlySpan<double> values)
    {
        RequireAny(values);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var cut = sorted.Length / 4;
        return Mean(sorted.AsSpan(cut, sorted.Length - 2 * cut));
    }

    /// <summary>
    /// A quantile of an ascending list, linear between neighbours: with h = (n - 1) p it is x[floor h] + (h - floor h)
    /// (x[floor h + 1] - x[floor h]), as numpy's default.
    /// </summary>
    /// <param name="ascending">The values, ascending (not checked).</param>
    /// <param name="probability">p, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in [0, 1].</exception>
    public static double Quantile(ReadOnlySpan<double> ascending, double probability)
    {
        RequireAny(ascending);
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability));
        var position = (ascending.Length - 1) * probability;
        var below = (int)position;
        if (below == ascending.Length - 1) return ascending[below];
        return ascending[below] + (position - below) * (ascending[below + 1] - ascending[below]);
    }

    private static double SquaredDeviations(ReadOnlySpan<double> values)
    {
        var mean = Mean(values);
        var sum = new CompensatedSum();
        foreach (var value in values) sum.Add((value - mean) * (value - mean));
        return sum.Value;
    }

    private static void RequireAny(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) throw new ArgumentException("There are no values.", nameof(values));
    }
}
