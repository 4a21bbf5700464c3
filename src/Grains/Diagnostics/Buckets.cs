using System.Diagnostics.Metrics;

namespace Srpo.Grains.Diagnostics;

/// <summary>Upper bounds of histogram buckets, seconds.</summary>
internal static class Buckets
{
    /// <summary>Parts of a round: from the smallest networks to the largest rollouts.</summary>
    public static InstrumentAdvice<double> Rounds { get; } =
        new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] };

    /// <summary>Reads and writes.</summary>
    public static InstrumentAdvice<double> Storage { get; } =
        new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };

    /// <summary>Tiles of a tournament.</summary>
    public static InstrumentAdvice<double> Tiles { get; } =
        new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] };
}
