namespace Srpo.Core.Statistics;

/// <summary>A closed interval, for instance of confidence.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end, not below the lower one.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Whether the two intervals share a point.</summary>
    public bool Overlaps(Interval other) => Low <= other.High && other.Low <= High;

    /// <summary>Whether the value lies in the interval, ends included.</summary>
    public bool Contains(double value) => Low <= value && value <= High;
}
