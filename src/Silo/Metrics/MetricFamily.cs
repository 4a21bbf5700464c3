using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Srpo.Silo;

/// <summary>A metric with all its series. Instruments of one name and type share one, so that silos of one process add up.</summary>
internal sealed class MetricFamily(string name, MetricKind kind, string help, bool additive, bool observable, double[] bounds)
{
    /// <summary>More sets of tags than this are not kept: memory must not grow with what somebody else puts into tags.</summary>
    public const int MaxSeries = 1000;

    private readonly ConcurrentDictionary<int, (KeyValuePair<string, object?>[] Tags, MetricSeries Series)[]> _byHash = new();
    private readonly Dictionary<string, MetricSeries> _byLabels = [];

    public string Name { get; } = name;

    public MetricKind Kind { get; } = kind;

    public string Help { get; } = help;

    /// <summary>Whether measurements are changes of the value; otherwise each is the value.</summary>
    public bool Additive { get; } = additive;

    /// <summary>Whether the instrument is asked for its values instead of reporting changes.</summary>
    public bool Observable { get; } = observable;

    /// <summary>Sets of tags that were left out.</summary>
    public long Dropped { get; private set; }

    /// <summary>Takes a measurement.</summary>
    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Find(tags) is not { } series) return;
        if (Kind == MetricKind.Histogram) series.Record(value);
        else if (Additive || Observable) series.Add(value);
        else series.Set(value);
    }

    /// <summary>The series in the order of their labels.</summary>
    public MetricSeries[] Series()
    {
        lock (_byLabels) return [.. _byLabels.Values.OrderBy(series => series.Labels, StringComparer.Ordinal)];
    }

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var tag in tags)
        {
            hash.Add(tag.Key);
            hash.Add(tag.Value);
        }

        var key = hash.ToHashCode();
        if (_byHash.TryGetValue(key, out var known))
        {
            foreach (var (seen, series) in known)
            {
                if (Same(seen, tags)) return series;
            }
        }

        return Create(key, tags);
    }

    private MetricSeries? Create(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (_byLabels)
        {
            if (!_byLabels.TryGetValue(labels, out var series))
            {
                if (_byLabels.Count == MaxSeries)
                {
                    Dropped++;
                    return null;
                }

                _byLabels.Add(labels, series = new MetricSeries(labels, bounds));
            }

            // The same tags in another order, or of another type, lead to the same series.
            var entry = (tags.ToArray(), series);
            if (_byHash.Count < 4 * MaxSeries) _byHash.AddOrUpdate(hash, [entry], (_, others) => others.Length < 16 ? [.. others, entry] : others);
            return series;
        }
    }

    private static bool Same(KeyValuePair<string, object?>[] seen, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (seen.Length != tags.Length) return false;
        for (var i = 0; i < seen.Length; i++)
        {
            if (seen[i].Key != tags[i].Key || !Equals(seen[i].Value, tags[i].Value)) return false;
        }

        return true;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            var (label, value) = (PrometheusNames.Label(tag.Key), Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");

            // Different tags may become the same label; OpenTelemetry joins their values.
            labels[label] = labels.TryGetValue(label, out var other) ? other + ";" + value : value;
        }

        var text = new StringBuilder();
        foreach (var (label, value) in labels)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(label).Append("=\"").Append(PrometheusText.EscapeLabel(value)).Append('"');
        }

        return text.ToString();
    }
}
