using System.Globalization;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Dashboard.Components.Parts;

/// <summary>Numbers and states as pages write them.</summary>
internal static class Texts
{
    /// <summary>A count with its thousands apart.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');

    /// <summary>A rate, short.</summary>
    public static string Rate(double value) => value switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.##} G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##} M"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.#} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.#} "),
    };

    /// <summary>A number with as many digits as it needs.</summary>
    public static string Number(double? value) => value is { } number ? number.ToString(Math.Abs(number) >= 100 ? "0.#" : "0.###", CultureInfo.InvariantCulture).Replace('-', '−') : "";

    /// <summary>A number with three digits, as columns of measures of any size need them; nothing where there is none.</summary>
    public static string Digits(double? value) => value switch
    {
        null => "",
        0 => "0",
        { } number => Reporting.Text.Numbers.Fixed(number, double.IsFinite(number) ? Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 6) : 0),
    };

    /// <summary>Bytes, short.</summary>
    public static string Bytes(long bytes) => bytes >= 1L << 30 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GB") : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MB");

    /// <summary>A share.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    /// <summary>A duration, short.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        >= 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h {(int)(seconds % 3600 / 60)} min"),
        >= 60 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)} min {(int)(seconds % 60)} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
    };

    /// <summary>A time of day, or a date where it is not of today.</summary>
    public static string Time(DateTimeOffset time) => time.ToLocalTime().ToString(time.LocalDateTime.Date == DateTime.Now.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The class that gives the state of a run its look: that of populations which stand there.</summary>
    public static string StateClass(string state) => state == RunStates.Running ? "training" : state.Split(", ")[0].Replace(' ', '-');

    /// <summary>A phase, with what is asked for.</summary>
    public static string Phase(PopulationStatus status) => status.Wish switch
    {
        PopulationPhase.Paused => "pausing",
        PopulationPhase.Stopped => "stopping",
        _ => status.Phase.ToString().ToLowerInvariant(),
    };

    /// <summary>A text that begins a sentence.</summary>
    public static string Sentence(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>What a run is.</summary>
    public static string Kind(RunKind kind) => kind switch
    {
        RunKind.Experiment => "experiment",
        RunKind.Sweep => "sweep",
        RunKind.CrossPlay => "cross-play",
        RunKind.Population => "population",
        _ => "remains",
    };
}
