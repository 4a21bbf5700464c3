namespace Srpo.Silo;

/// <summary>One line, or one histogram, of a metric: the values of one set of tags. Thread-safe.</summary>
internal sealed class MetricSeries(string labels, double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _sum;
    private int _observed = 1;

    /// <summary>Tags as they are written between the braces; empty without tags.</summary>
    public string Labels { get; } = labels;

    /// <summary>Upper bounds of the buckets, ascending, the infinite one left out; empty for what is no histogram.</summary>
    public ReadOnlySpan<double> Bounds => bounds;

    /// <summary>The value, or the sum of a histogram.</summary>
    public double Value => Volatile.Read(ref _sum);

    /// <summary>Whether it has a value: an observable instrument may leave out tags that it reported before.</summary>
    public bool HasValue => Volatile.Read(ref _observed) > 0;

    /// <summary>Adds to the value.</summary>
    public void Add(double value)
    {
        var seen = Volatile.Read(ref _sum);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _sum, seen + value, seen);
            if (before.Equals(seen)) break;
            seen = before;
        }

        Volatile.Write(ref _observed, 1);
    }

    /// <summary>Replaces the value.</summary>
    public void Set(double value)
    {
        Volatile.Write(ref _sum, value);
        Volatile.Write(ref _observed, 1);
    }

    /// <summary>Forgets the value of an observable instrument before it is asked again.</summary>
    public void Forget()
    {
        Volatile.Write(ref _observed, 0);
        Volatile.Write(ref _sum, 0);
    }

    /// <summary>Counts a measurement of a histogram. One that is no number is left out: it would spoil the sum for good.</summary>
    public void Record(double value)
    {
        if (double.IsNaN(value)) return;
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        Interlocked.Increment(ref _buckets[bucket]);
        Add(value);
    }

    /// <summary>Measurements up to each bound, and all of them at the end.</summary>
    public long[] Cumulative()
    {
        var counts = new long[_buckets.Length];
        long total = 0;
        for (var i = 0; i < counts.Length; i++) counts[i] = total += Interlocked.Read(ref _buckets[i]);
        return counts;
    }
}
