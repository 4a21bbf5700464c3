namespace Srpo.Core.Statistics;

/// <summary>Percentile intervals of resamples.</summary>
internal static class Percentiles
{
    /// <summary>The interval between the two tails. Sorts the values.</summary>
    public static Interval Of(double[] values, double level)
    {
        Array.Sort(values);
        var tail = (1 - level) / 2;
        return new(Descriptive.Quantile(values, tail), Descriptive.Quantile(values, 1 - tail));
    }
}
