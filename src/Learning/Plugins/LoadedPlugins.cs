using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Environments.Python;

namespace Srpo.Learning.Plugins;

/// <summary>The plug-ins of this process, and what populations need of them. Thread-safe.</summary>
public static class LoadedPlugins
{
    private static readonly Lock Changes = new();
    private static volatile LoadedPlugin[] _all = [];
    private static volatile UnloadedPlugin[] _unloaded = [];

    /// <summary>All of them, in the order in which they were loaded.</summary>
    public static IReadOnlyList<LoadedPlugin> All => _all;

    /// <summary>Loads a plug-in; one that is loaded already is not loaded again.</summary>
    /// <param name="typed">Its file as it was named, for messages; or the name of an environment in Python, see <see cref="PythonReference"/>.</param>
    /// <param name="directory">Directory against which a relative path is meant.</param>
    /// <exception cref="PluginException">
    /// It is no plug-in, is built against another version of the interface, lacks an assembly, fails, brings names that are taken, or another one of its
    /// name is loaded.
    /// </exception>
    /// <exception cref="SrpoException">The file cannot be read, or there is no such environment in Python.</exception>
    public static LoadedPlugin Load(string typed, string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(typed);
        ArgumentNullException.ThrowIfNull(directory);
        return PythonReference.Is(typed) ? Add(all => PythonPlugin.Load(typed, directory, all)) : LoadFile(typed, Path.GetFullPath(typed, directory));
    }

    /// <summary>Loads a plug-in whose file is known, see <see cref="Load"/>.</summary>
    /// <param name="typed">Its file as it was once named.</param>
    /// <param name="file">The same, absolute.</param>
    /// <param name="sources">Of an environment in Python, <see cref="LoadedPlugin.Sources"/>.</param>
    /// <param name="hash">The hash that it must have, see <see cref="PluginReference.Hash"/>; null for any.</param>
    public static LoadedPlugin LoadFile(string typed, string file, IReadOnlyList<string>? sources = null, string? hash = null) =>
        Add(all => sources is null ? PluginLoader.Load(typed, file, hash, all) : PythonPlugin.LoadKnown(typed, file, sources, hash, all));

    /// <summary>SHA-256 of a plug-in's file, lower-case hexadecimal, as in <see cref="PluginReference.Hash"/>.</summary>
    /// <param name="file">The file, absolute.</param>
    /// <exception cref="SrpoException">It cannot be read.</exception>
    public static string HashOf(string file) => PluginLoader.Hash(Core.Files.UserFile.Read(file, "plug-in"));

    /// <summary>The hash of a plug-in as it is now; of one in Python null where a file is not there any more.</summary>
    /// <param name="typed">Its file as it was once named.</param>
    /// <param name="file">The same, absolute.</param>
    /// <param name="sources">Of an environment in Python, <see cref="LoadedPlugin.Sources"/>.</param>
    /// <exception cref="SrpoException">It cannot be read.</exception>
    public static string? HashOf(string typed, string file, IReadOnlyList<string>? sources) =>
        sources is null ? HashOf(file) : PythonModule.HashOf(PythonReference.Parse(typed), file, sources);

    /// <summary>Remembers of a plug-in that could not be found again where it was, for whoever needs it.</summary>
    /// <param name="plugin">The plug-in.</param>
    /// <param name="file">Where it was.</param>
    /// <param name="reason">Why it was not loaded, as the end of a sentence that begins with the file.</param>
    public static void NoteUnloaded(PluginReference plugin, string file, string reason)
    {
        lock (Changes) _unloaded = [.. _unloaded.Where(known => known.Plugin.Hash != plugin.Hash), new(plugin, file, reason)];
    }

    /// <summary>The plug-in that an environment comes from; null where it is built in, or not known.</summary>
    /// <param name="environment">Name of the environment.</param>
    public static LoadedPlugin? OfEnvironment(string environment) => Array.Find(_all, plugin => plugin.Environments.Contains(environment));

    /// <summary>The plug-in that a method comes from; null where it is built in, or not known.</summary>
    /// <param name="method">Id of the method.</param>
    public static LoadedPlugin? OfMethod(string method) => Array.Find(_all, plugin => plugin.Methods.Contains(method));

    /// <summary>A scripted player as messages and stored populations name it, with the plug-in that it comes from.</summary>
    /// <param name="player">A player that is registered.</param>
    public static ScriptedReference ReferenceOf(ScriptedPlayer player)
    {
        ArgumentNullException.ThrowIfNull(player);
        return new(player.Name, player.Rules, OfPlayer(player.Name)?.Reference);
    }

    /// <summary>The plug-in that a scripted player comes from; null where it is built in, or not known.</summary>
    /// <param name="player">Name of the player.</param>
    public static LoadedPlugin? OfPlayer(string player) => Array.Find(_all, plugin => plugin.Players.Contains(player));

    /// <summary>The plug-ins without which a population cannot be trained, by name: what its spec keeps.</summary>
    /// <param name="environment">Name of its environment.</param>
    /// <param name="method">Id of its method; null to ask for the environment alone.</param>
    /// <param name="player">Name of the scripted player that its agents are; null where they are none.</param>
    public static IReadOnlyList<PluginReference> NeededBy(string environment, string? method = null, string? player = null)
    {
        if (_all.Length == 0) return [];
        return [.. new[] { OfEnvironment(environment), method is null ? null : OfMethod(method), player is null ? null : OfPlayer(player) }
            .OfType<LoadedPlugin>().Select(plugin => plugin.Reference).Distinct().OrderBy(plugin => plugin.Name, StringComparer.Ordinal)];
    }

    /// <summary>Whether a process that has some plug-ins has those that are needed.</summary>
    /// <param name="has">What it has.</param>
    /// <param name="needed">What is needed.</param>
    public static bool Suffice(IReadOnlyList<PluginReference>? has, IReadOnlyList<PluginReference>? needed) => needed is not { Count: > 0 } || Lacking(has, needed) is null;

    /// <summary>The first plug-in that is needed and not there; null where all are. What comes from outside may hold none in a place, which is checked elsewhere.</summary>
    /// <inheritdoc cref="Suffice"/>
    public static PluginReference? Lacking(IReadOnlyList<PluginReference>? has, IReadOnlyList<PluginReference>? needed) =>
        needed?.FirstOrDefault(plugin => plugin is not null && has?.Any(other => other.Name == plugin.Name && other.Hash == plugin.Hash) != true);

    /// <summary>What is wrong here with the plug-ins that a population was begun with, with the remedy; null where nothing is.</summary>
    /// <param name="spec">The population.</param>
    public static string? Problem(PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (Missing(spec.Plugins) is { } missing) return missing;
        if (_all.Length == 0 || spec.Environment?.Name is null || spec.Training?.Method is null) return null;
        var needed = NeededBy(spec.Environment.Name, spec.Training.Method);
        if (Lacking(spec.Plugins, needed) is not { } unnamed) return null;
        return $"plugins: {(OfMethod(spec.Training.Method)?.Reference == unnamed ? $"the method '{spec.Training.Method}'" : $"the environment '{spec.Environment.Name}'")} is of the plug-in {unnamed} here, which the population was not begun with; begin it with that plug-in, or load the one that it was begun with";
    }

    /// <summary>What is missing here of some plug-ins, with the remedy; null where all are loaded.</summary>
    /// <param name="needed">The plug-ins.</param>
    public static string? Missing(IReadOnlyList<PluginReference>? needed)
    {
        if (needed is not { Count: > 0 }) return null;
        var all = _all;
        if (Lacking([.. all.Select(plugin => plugin.Reference)], needed) is not { } lacking) return null;
        if (Array.Find(all, plugin => plugin.Reference.Name == lacking.Name) is { } other)
            return $"it needs the plug-in {lacking}, and here it is {other.Reference.Version} (sha256 {other.Reference.ShortHash}), from {other.File}: another build; load the one that it was begun with{At(lacking)}, or begin anew under another name";
        return $"it needs the plug-in {lacking}, which is not loaded{Where(lacking)}; load it with --plugin {PythonReference.OfPlugin(lacking.Name) ?? "FILE"}{At(lacking)}, on a silo with the setting Srpo:Plugins";

        static string Where(PluginReference plugin) => Find(plugin) is { } note ? $" ({note.File} {note.Reason})" : "";
        static string At(PluginReference plugin) => Find(plugin) is null ? "" : PythonReference.OfPlugin(plugin.Name) is null ? ", built as it was then" : ", with its files as they were then";
        static UnloadedPlugin? Find(PluginReference plugin) => Array.Find(_unloaded, note => note.Plugin.Hash == plugin.Hash);
    }

    /// <summary>Fails where one of some plug-ins is not loaded.</summary>
    /// <param name="what">What needs them, as the beginning of a sentence, for example "the population 'a'".</param>
    /// <param name="needed">The plug-ins.</param>
    /// <exception cref="PluginException">Names it and the remedy.</exception>
    public static void Require(string what, IReadOnlyList<PluginReference>? needed)
    {
        if (Missing(needed) is { } missing) throw new PluginException(ErrorKind.NotFound, $"{what}: {missing}");
    }

    /// <summary>Fails where a plug-in is not loaded that a population was begun with.</summary>
    /// <param name="spec">The population.</param>
    /// <returns>The same.</returns>
    /// <exception cref="PluginException">Names the plug-in and the remedy.</exception>
    public static PopulationSpec RequirePlugins(this PopulationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Require($"the population '{spec.Population}'", spec.Plugins);
        return spec;
    }

    private static LoadedPlugin Add(Func<LoadedPlugin[], LoadedPlugin> load)
    {
        lock (Changes)
        {
            var loaded = load(_all);
            if (!_all.Contains(loaded)) _all = [.. _all, loaded];
            return loaded;
        }
    }

    private sealed record UnloadedPlugin(PluginReference Plugin, string File, string Reason);
}
