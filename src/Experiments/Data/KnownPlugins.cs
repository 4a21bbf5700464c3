using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments.Data;

/// <summary>
/// The plug-ins with which something was begun in a data directory, in its file `.plugins.json`: whatever asks for it later finds them again, as long as
/// their files are there and have not changed, and the user has named them before (<see cref="TrustedPlugins"/>).
/// </summary>
public static class KnownPlugins
{
    /// <summary>Most that are remembered; the latest come first.</summary>
    private const int Most = 50;

    /// <summary>Loads those that can be found again. What cannot be is said by whoever needs it.</summary>
    /// <param name="data">The data directory; it need not exist.</param>
    public static void Load(DataDirectory data)
    {
        ArgumentNullException.ThrowIfNull(data);
        foreach (var plugin in Read(data)) Find(plugin);
    }

    /// <summary>Loads the plug-ins of a run where they are not loaded yet.</summary>
    /// <param name="run">The run, for messages.</param>
    /// <param name="plugins">Its plug-ins; null for none.</param>
    /// <exception cref="PluginException">One cannot be found again, or is another build; names it and the remedy.</exception>
    public static void Require(string run, IReadOnlyList<PluginFile>? plugins)
    {
        // A run may come from somebody else, who may have written anything.
        PluginFile[] known = [.. (plugins ?? []).Where(IsWhole)];
        foreach (var plugin in known) Find(plugin);
        LoadedPlugins.Require($"the run '{run}'", [.. known.Select(plugin => plugin.Plugin)]);
    }

    /// <summary>Remembers the plug-ins of this process for whoever works with the directory later.</summary>
    /// <param name="data">The data directory, which can be written.</param>
    public static void Remember(DataDirectory data)
    {
        ArgumentNullException.ThrowIfNull(data);
        PluginFile[] now = [.. LoadedPlugins.All.Reverse().Select(PluginFile.Of)];
        if (now.Length == 0) return;
        var before = Read(data);
        PluginFile[] all = [.. now.Concat(before.Where(known => now.All(other => other.Plugin.Hash != known.Plugin.Hash || other.File != known.File))).Take(Most)];
        if (!all.SequenceEqual(before)) AtomicFile.Write(data.Plugins, JsonText.Write(new Stored(all)) + "\n");
    }

    /// <summary>The file must be what it was: a run is not gone on with by other rules because somebody has built anew.</summary>
    private static void Find(PluginFile plugin)
    {
        var reference = plugin.Plugin;
        if (LoadedPlugins.All.Any(loaded => loaded.Reference.Name == reference.Name)) return;
        try
        {
            if (!Path.IsPathRooted(plugin.File)) LoadedPlugins.NoteUnloaded(reference, plugin.File, "names no file by its whole path");
            else if (!File.Exists(plugin.File)) LoadedPlugins.NoteUnloaded(reference, plugin.File, "is not there any more");
            else if (!TrustedPlugins.Contains(reference.Hash, plugin.File)) LoadedPlugins.NoteUnloaded(reference, plugin.File, "is not loaded unasked, as you have never named it");
            else if (LoadedPlugins.HashOf(plugin.Typed, plugin.File, plugin.Sources) != reference.Hash) LoadedPlugins.NoteUnloaded(reference, plugin.File, "has changed since");
            else LoadedPlugins.LoadFile(plugin.Typed, plugin.File, plugin.Sources, reference.Hash);
        }
        catch (Exception error) when (error is SrpoException or IOException or UnauthorizedAccessException)
        {
            LoadedPlugins.NoteUnloaded(reference, plugin.File, "cannot be loaded: " + error.Message);
        }
    }

    private static IReadOnlyList<PluginFile> Read(DataDirectory data)
    {
        if (!File.Exists(data.Plugins)) return [];
        try
        {
            return [.. (JsonText.ReadFile<Stored>(data.Plugins)?.Plugins ?? []).Where(IsWhole)];
        }
        catch (Exception error) when (error is JsonException or SrpoException or IOException or UnauthorizedAccessException)
        {
            // It only saves typing: without it plug-ins are named on the command line.
            return [];
        }
    }

    private static bool IsWhole(PluginFile? plugin) => plugin is { Plugin: { Name: not null, Version: not null, Hash: not null }, Typed: not null, File: not null } && plugin.Sources?.Contains(null!) != true;

    private sealed record Stored(IReadOnlyList<PluginFile> Plugins);
}
