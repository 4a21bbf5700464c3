using System.Globalization;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Text;

/// <summary>Numbers for people: invariant, a true minus sign, thousands apart by a narrow space, an en dash for "none".</summary>
public static class Numbers
{
    /// <summary>What stands where there is no number.</summary>
    public const string None = "–";

    private const string Minus = "−";
    private const string Thousands = "\u202f";

    /// <summary>About three digits: no decimals from 100 on, one from 10 on, two below.</summary>
    public static string Short(double? value)
    {
        if (value is not { } number || !double.IsFinite(number)) return None;
        var size = Math.Abs(number);
        return Fixed(number, size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
    }

    /// <summary>A fixed number of decimals.</summary>
    public static string Fixed(double? value, int decimals)
    {
        if (value is not { } number || !double.IsFinite(number)) return None;
        var size = Math.Abs(number).ToString((Math.Abs(number) >= 9999.5 ? "N" : "F") + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var isZero = size.AsSpan().IndexOfAnyInRange('1', '9') < 0;
        return (number < 0 && !isZero ? Minus : "") + size.Replace(",", Thousands, StringComparison.Ordinal);
    }

    /// <summary>An integer.</summary>
    public static string Integer(long value) => Fixed(value, 0);

    /// <summary>An interval: <c>[low, high]</c>.</summary>
    public static string Range(Interval? interval) =>
        interval is { } ends ? $"[{Short(ends.Low)}, {Short(ends.High)}]" : None;

    /// <summary>A share as whole per cent.</summary>
    public static string Percent(double share) => Fixed(100 * share, 0) + " %";

    /// <summary>A large count with a unit letter: 950, 12 k, 3.9 M, 1.2 G, 5 T.</summary>
    public static string Count(double value) => Math.Abs(value) switch
    {
        >= 999.5e9 => Trim(value / 1e12) + " T",
        >= 999.5e6 => Trim(value / 1e9) + " G",
        >= 999.5e3 => Trim(value / 1e6) + " M",
        >= 9999.5 => Trim(value / 1e3) + " k",
        _ => Trim(value),
    };

    /// <summary>A duration: 0.4 s, 12 s, 3 min 20 s, 2 h 05 min.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds < 0) return None;
        if (seconds < 9.95) return Fixed(seconds, 1) + " s";
        var whole = (long)Math.Round(seconds);
        if (whole < 60) return Integer(whole) + " s";
        if (whole < 3600) return string.Create(CultureInfo.InvariantCulture, $"{whole / 60} min {whole % 60:00} s");
        var minutes = (whole + 30) / 60;
        return string.Create(CultureInfo.InvariantCulture, $"{minutes / 60} h {minutes % 60:00} min");
    }

    /// <summary>An estimated time in one unit: "about 40 s", "about 3 h", "about 12 days", "about 5 years".</summary>
    public static string About(TimeSpan time) => "about " + (time.TotalSeconds switch
    {
        < 1 => "1 s",
        < 100 => Integer((long)time.TotalSeconds) + " s",
        < 100 * 60 => Integer((long)time.TotalMinutes) + " min",
        < 48 * 3600 => Integer((long)time.TotalHours) + " h",
        < 1000 * 86400.0 => Integer((long)time.TotalDays) + " days",
        var seconds => Integer((long)(seconds / (365.25 * 86400))) + " years",
    });

    /// <summary>An amount of memory or disk, in decimal units: 950 B, 12 kB, 3.9 MB, 1.2 GB, 40 TB.</summary>
    public static string Bytes(double value) => value switch
    {
        >= 999.5e9 => Fixed(value / 1e12, value >= 99.95e12 ? 0 : 1) + " TB",
        >= 999.5e6 => Fixed(value / 1e9, value >= 99.95e9 ? 0 : 1) + " GB",
        >= 999.5e3 => Fixed(value / 1e6, value >= 9.95e6 ? 0 : 1) + " MB",
        >= 999.5 => Fixed(value / 1e3, 0) + " kB",
        _ => Fixed(value, 0) + " B",
    };

    private static string Trim(double value)
    {
        var text = Short(value);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }
}
