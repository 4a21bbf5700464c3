using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Client.Output;

/// <summary>Numbers as people read them; always with a point, never with the machine's culture.</summary>
internal static class Texts
{
    /// <summary>What is counted where nothing else is said.</summary>
    private const string EnvironmentSteps = "env-steps";

    public static string Percent(double fraction) => (Math.Clamp(fraction, 0, 1) * 100).ToString("0") + " %";

    /// <summary>", 512 k env-steps/s", or nothing for 0.</summary>
    public static string RateSuffix(double perSecond, string unit = EnvironmentSteps) => perSecond > 0 ? ", " + Rate(perSecond, unit) : "";

    public static string Rate(double perSecond, string unit = EnvironmentSteps) => $"{Count(perSecond)} {unit}/s";

    /// <summary>Three significant digits with k, M or G.</summary>
    public static string Count(double value)
    {
        var (scaled, unit) = Math.Abs(value) switch
        {
            >= 1e9 => (value / 1e9, " G"),
            >= 1e6 => (value / 1e6, " M"),
            >= 1e4 => (value / 1e3, " k"),
            _ => (value, ""),
        };
        var format = unit.Length == 0 || Math.Abs(scaled) >= 100 ? "0" : Math.Abs(scaled) >= 10 ? "0.0" : "0.00";
        return scaled.ToString(format) + unit;
    }

    public static string Number(double value, int digits = 1) =>
        double.IsNaN(value) ? "-" : value.ToString("F" + digits);

    /// <summary>Whether an environment ("debate gsm8k") is one of debates, whose returns are joint accuracies.</summary>
    public static bool AreDebates(string environment) =>
        EnvironmentFactory.Registrations.FirstOrDefault(registration => registration.Name == environment.Split(' ')[0]) is { IsStepped: false };

    /// <summary>A mean return, or a joint accuracy with as many digits as shares need.</summary>
    public static string Score(double value, string environment) => Number(value, AreDebates(environment) ? 3 : 1);

    /// <summary>"round 1000, weights 0123456789abcdef".</summary>
    public static string Weights(int round, string? hash) => $"round {round.ToString()}, weights {NetworkTensors.Shown(hash)}";

    /// <summary>"policy.safetensors, SHA-256 0123456789abcdef, 2026-01-31T12:00:00Z", or "scripted player 'uniform', 2026-01-31T12:00:00Z".</summary>
    public static string Imported(ImportedPolicy from) => from.Scripted is { } player ? $"{player}, {from.Imported}" : $"{from.File}, SHA-256 {NetworkTensors.Shown(from.Sha256)}, {from.Imported}";

    /// <summary>"8-64-64-5 tanh", or "3-32-GRU 32-2 tanh, normalised layers", or "8 to 5 logits, ONNX graph", or "none, plays by rules".</summary>
    public static string Network(NetworkDescription network)
    {
        if (network.Scripted is not null) return "none, plays by rules";
        if (network.Graph is { } graph) return $"{network.Inputs.ToString()} to {network.Actions.ToString()} {graph.Head.ToString().ToLowerInvariant()}, ONNX graph";
        var memory = network.Carried > 0 ? $"-GRU {network.Carried.ToString()}" : "";
        return $"{network.Inputs.ToString()}-{string.Join('-', network.Hidden)}{memory}-{network.Actions.ToString()} {network.Activation.ToLowerInvariant()}{(network.LayerNorm ? ", normalised layers" : "")}";
    }

    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => (time.TotalSeconds * 1000).ToString("0") + " ms",
        < 10 => time.TotalSeconds.ToString("0.0") + " s",
        < 90 => time.TotalSeconds.ToString("0") + " s",
        < 5400 => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        _ => $"{(int)time.TotalHours} h {time.Minutes} min",
    };
}
