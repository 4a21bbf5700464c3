using System.Text;

namespace Srpo.Silo;

/// <summary>Names and units of instruments in the form that Prometheus expects.</summary>
internal static class PrometheusNames
{
    /// <summary>The name of an instrument: its unit at the end, "_total" for counters.</summary>
    public static string Metric(string name, string? unit, MetricKind kind)
    {
        var text = Clean(name, colon: true);
        var suffix = Unit(unit);
        if (suffix.Length > 0 && !text.EndsWith("_" + suffix, StringComparison.Ordinal)) text += "_" + suffix;
        if (kind == MetricKind.Counter && !text.EndsWith("_total", StringComparison.Ordinal)) text += "_total";
        return text;
    }

    /// <summary>The name of a tag.</summary>
    public static string Label(string name)
    {
        var text = Clean(name, colon: false);

        // Two underscores in front are Prometheus' own; "le" belongs to histograms.
        return text.StartsWith("__", StringComparison.Ordinal) || text == "le" ? "tag_" + text.TrimStart('_') : text;
    }

    private static string Unit(string? unit)
    {
        if (string.IsNullOrEmpty(unit) || unit[0] == '{' || unit == "1") return "";
        return unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "us" => "microseconds",
            "By" or "bytes" => "bytes",
            "MB" => "megabytes",
            "%" => "percent",
            _ => Clean(unit, colon: false).Trim('_'),
        };
    }

    private static string Clean(string name, bool colon)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || (colon && c == ':')) text.Append(c);
            else if (text.Length == 0 || text[^1] != '_') text.Append('_');
        }

        if (text.Length == 0 || char.IsAsciiDigit(text[0])) text.Insert(0, '_');
        return text.ToString();
    }
}
