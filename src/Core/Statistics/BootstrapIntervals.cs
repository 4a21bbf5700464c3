namespace Srpo.Core.Statistics;

/// <summary>The intervals of one set of cells, from the same resamples.</summary>
/// <param name="Mean">Interval of the mean.</param>
/// <param name="InterquartileMean">Interval of the interquartile mean.</param>
public readonly record struct BootstrapIntervals(Interval Mean, Interval InterquartileMean);
