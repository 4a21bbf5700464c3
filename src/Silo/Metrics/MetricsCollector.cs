using System.Diagnostics.Metrics;
using System.Text;

namespace Srpo.Silo;

/// <summary>Listens to meters from its start on and writes what they measured. Thread-safe.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Other = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000];

    private readonly ILogger<MetricsCollector> _logger;
    private readonly IReadOnlySet<string> _meters;
    private readonly MeterListener _listener = new();
    private readonly Lock _scrape = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    /// <summary>Begins to listen.</summary>
    /// <param name="meters">Names of the meters to listen to.</param>
    /// <param name="logger">Where trouble goes.</param>
    /// <param name="owner">Of the meters that a factory made, those of this one only: another silo of this process has its own.</param>
    public MetricsCollector(IReadOnlySet<string> meters, ILogger<MetricsCollector> logger, IMeterFactory? owner = null)
    {
        (_meters, _logger) = (meters, logger);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter.Name) && (owner is null || instrument.Meter.Scope is not IMeterFactory || instrument.Meter.Scope == owner) && Family(instrument) is { } family) listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => Measure(value, tags, family));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, family) => Measure(value, tags, family));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Measure(value, tags, family));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Measure(value, tags, family));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, family) => Measure(value, tags, family));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Measure(value, tags, family));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, family) => Measure((double)value, tags, family));
        _listener.Start();
    }

    /// <summary>All metrics as text, sorted by name.</summary>
    public string Scrape()
    {
        lock (_scrape)
        {
            var families = Families();
            foreach (var family in families.Where(family => family.Observable))
            {
                foreach (var series in family.Series()) series.Forget();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (Exception error)
            {
                // One instrument that fails must not hide the others.
                _logger.LogWarning(error, "An observable instrument failed.");
            }

            var text = new StringBuilder(16384);
            foreach (var family in families) PrometheusText.Write(text, family);
            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? family) =>
        ((MetricFamily)family!).Measure(value, tags);

    private MetricFamily[] Families()
    {
        lock (_families) return [.. _families.Values];
    }

    private MetricFamily? Family(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsGenericType) return null;
        var generic = type.GetGenericTypeDefinition();
        var kind = generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>) ? MetricKind.Counter
            : generic == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
        var name = PrometheusNames.Metric(instrument.Name, instrument.Unit, kind);
        lock (_families)
        {
            if (!_families.TryGetValue(name, out var family))
            {
                var additive = generic == typeof(Counter<>) || generic == typeof(UpDownCounter<>);
                _families.Add(name, family = new MetricFamily(name, kind, instrument.Description ?? "", additive, instrument.IsObservable, Bounds(instrument, kind)));
                return family;
            }

            if (family.Kind == kind && family.Observable == instrument.IsObservable) return family;
            _logger.LogWarning("The instrument {Instrument} of {Meter} is not shown: {Metric} is a metric of another kind.", instrument.Name, instrument.Meter.Name, name);
            return null;
        }
    }

    private static double[] Bounds(Instrument instrument, MetricKind kind)
    {
        if (kind != MetricKind.Histogram) return [];
        return instrument switch
        {
            Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
            Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
            Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
            _ => instrument.Unit == "s" ? Seconds : Other,
        };
    }
}
