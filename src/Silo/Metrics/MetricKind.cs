namespace Srpo.Silo;

/// <summary>Types of metrics in the text format; the names are what is written.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
