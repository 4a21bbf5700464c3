using System.Globalization;
using System.Text;

namespace Srpo.Silo;

/// <summary>Writes metrics in Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes a metric with its description and type; nothing if it has no values.</summary>
    public static void Write(StringBuilder text, MetricFamily family)
    {
        var series = Array.FindAll(family.Series(), one => one.HasValue);
        if (series.Length == 0) return;
        if (family.Help.Length > 0) text.Append("# HELP ").Append(family.Name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
        text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
        foreach (var one in series)
        {
            if (family.Kind == MetricKind.Histogram) WriteHistogram(text, family.Name, one);
            else WriteSample(text, family.Name, one.Labels, Number(one.Value));
        }
    }

    /// <summary>A number as the format has it.</summary>
    public static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : double.IsNaN(value) ? "NaN"
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The value of a label as the format has it, without quotes.</summary>
    public static string EscapeLabel(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);

    private static string EscapeHelp(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);

    private static void WriteHistogram(StringBuilder text, string name, MetricSeries series)
    {
        var counts = series.Cumulative();
        var before = series.Labels.Length == 0 ? "" : series.Labels + ",";
        for (var i = 0; i < counts.Length; i++)
        {
            var bound = i < series.Bounds.Length ? Number(series.Bounds[i]) : "+Inf";
            WriteSample(text, name + "_bucket", $"{before}le=\"{bound}\"", Number(counts[i]));
        }

        WriteSample(text, name + "_sum", series.Labels, Number(series.Value));
        WriteSample(text, name + "_count", series.Labels, Number(counts[^1]));
    }

    private static void WriteSample(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value).Append('\n');
    }
}
