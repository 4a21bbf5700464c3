namespace Srpo.Core.Statistics;

/// <summary>How bootstrap intervals are made. Equal options and data give equal intervals, bit for bit.</summary>
/// <param name="Seed">Seed of the resampling streams (purpose <c>Bootstrap</c>).</param>
/// <param name="Resamples">Number of resamples, 1 to 2^24.</param>
/// <param name="Level">Share of the resamples between the two ends of the interval, in (0, 1).</param>
public sealed record BootstrapOptions(ulong Seed = 0, int Resamples = 2000, double Level = 0.95)
{
    /// <summary>2000 resamples, 95 %, seed 0.</summary>
    public static BootstrapOptions Default { get; } = new();
}
