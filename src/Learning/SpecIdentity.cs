using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>
/// What makes two specs the same. A spec is a list of lines "path=value", sorted, settings at their defaults left out: a new setting at its
/// default, or a property that is renamed while its path stays, changes nothing. An environment whose rules have changed has a line for it.
/// </summary>
public static class SpecIdentity
{
    /// <summary>First line of what is hashed; counts up when the meaning of a line changes.</summary>
    private const string Version = "srpo-spec 1";

    /// <summary>The line of an environment whose rules are not its first.</summary>
    public const string Rules = "environment.rules";

    /// <summary>What the lines of plug-ins begin with; their names follow.</summary>
    public const string Plugins = "plugins";

    private const int Shown = 80;

    private static readonly TrainingSettings Defaults = new() { Method = "" };

    /// <summary>Lines that change nothing in any team: how many there are, how often they are stored, and what they are called.</summary>
    private static readonly string[] Indifferent = ["checkpointInterval", "population", "seeds"];

    /// <summary>SHA-256 of all lines that decide what a team learns and keeps, as hexadecimal text.</summary>
    public static string Of(PopulationSpec spec)
    {
        var text = new StringBuilder(Version).Append('\n');
        var lines = Lines(spec);

        // Where a model's files are known by what is in them, it does not matter where they lie.
        if (lines.ContainsKey("language.weights")) lines.Remove("language.model");
        foreach (var (path, value) in lines)
        {
            if (!Indifferent.Contains(path)) text.Append(path).Append('=').Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Whether two specs are the same in every respect.</summary>
    public static bool Same(PopulationSpec one, PopulationSpec other) =>
        ReferenceEquals(one, other) || (IsComplete(one) && IsComplete(other) && Lines(one).SequenceEqual(Lines(other)));

    /// <summary>Each difference as "path: stored value, not given value".</summary>
    public static string Difference(PopulationSpec stored, PopulationSpec given)
    {
        var (before, now) = (Lines(stored), Lines(given));
        return string.Join("; ", before.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Where(path => before.GetValueOrDefault(path) != now.GetValueOrDefault(path))
            .Select(path => $"{path}: {Show(before, path, stored)}, not {Show(now, path, given)}"));
    }

    /// <summary>All lines of a spec, by path.</summary>
    public static SortedDictionary<string, string> Lines(PopulationSpec spec)
    {
        var settings = spec.Training;
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["checkpointInterval"] = Number(spec.CheckpointInterval),
            ["environment"] = spec.Environment.Name,
            ["layout"] = spec.Environment.Variant,
            ["population"] = spec.Population,
            ["seed"] = spec.Seed.ToString(CultureInfo.InvariantCulture),
            ["seeds"] = Number(spec.Teams),
        };
        if (spec.Environment.Definition is { } definition) lines["definition"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)));
        if (EnvironmentFactory.Registrations.FirstOrDefault(known => known.Name == spec.Environment.Name) is { Rules: > 1 and var rules }) lines[Rules] = Number(rules);
        if (spec.Snapshots.Count > 0) lines["snapshots"] = string.Join(',', spec.Snapshots.Select(Number));
        for (var i = 0; i < spec.Opponents.Count; i++) lines[$"opponents[{Number(i)}]"] = spec.Opponents[i].ToString();
        foreach (var plugin in (spec.Plugins ?? []).OfType<PluginReference>()) lines[$"{Plugins}.{plugin.Name}"] = $"{plugin.Version} sha256 {plugin.Hash}";
        for (var i = 0; i < spec.Partners.Count; i++) lines[$"partners[{Number(i)}]"] = spec.Partners[i].ToString();
        for (var i = 0; i < spec.Imported?.Count; i++)
            lines[$"imported[{Number(i)}]"] = spec.Imported[i] is { Names: { } names } from ? $"{from.Sha256} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(names)))}" : "";
        IEnumerable<KeyValuePair<string, double>> own = settings.Own is null ? [] : settings.Own;
        foreach (var (path, value) in own) lines[path] = value.ToString("R", CultureInfo.InvariantCulture);
        foreach (var setting in AllSettings.All)
        {
            if (setting.Text(settings) is var value && value != setting.Text(Defaults)) lines[setting.Path] = value;
            else lines.Remove(setting.Path);
        }

        return lines;
    }

    /// <summary>Whether all parts are there; what comes from outside may lack some.</summary>
    public static bool IsComplete([NotNullWhen(true)] PopulationSpec? spec) => spec is
    {
        Population: not null, Environment: { Name: not null, Variant: not null }, Training: { Method: not null, Device: not null, Network.Hidden: not null, Adversary: not null },
        Opponents: not null, Partners: not null, Snapshots: not null,
    } && !spec.Opponents.Contains(null!) && !spec.Partners.Contains(null!) && spec.Plugins?.Contains(null!) != true;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Show(SortedDictionary<string, string> lines, string path, PopulationSpec spec)
    {
        if (spec.Plugins?.FirstOrDefault(plugin => plugin is not null && path == $"{Plugins}.{plugin.Name}") is { } plugin) return plugin.ToString();
        if (path == "definition") return spec.Environment.Definition is { } text ? JsonText(text) : "none";
        if (lines.TryGetValue(path, out var value)) return Short(value);
        return AllSettings.Find(path)?.Text(Defaults) ?? "none";
    }

    private static string JsonText(string text) => Short(System.Text.Json.JsonSerializer.Serialize(text));

    private static string Short(string text) => text.Length <= Shown ? text : text[..Shown] + "...";
}
