using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Environments.Python;

namespace Srpo.Learning.Plugins;

/// <summary>Environments in Python as plug-ins: what is loaded, kept with a run and demanded of silos is a module's factory with a hash of its files.</summary>
internal static class PythonPlugin
{
    /// <summary>Stands where an assembly has its version: what is compared is the hash alone.</summary>
    private const string Version = "source";

    /// <summary>Finds and registers an environment; Python imports its module.</summary>
    /// <param name="typed">How it was named.</param>
    /// <param name="directory">Directory against which its folder is meant.</param>
    /// <param name="loaded">What is loaded already.</param>
    /// <exception cref="PythonEnvironmentException">It cannot be had.</exception>
    public static LoadedPlugin Load(string typed, string directory, IReadOnlyList<LoadedPlugin> loaded)
    {
        var reference = PythonReference.Parse(typed);

        // What lies there and has been found there need not be asked for again.
        return loaded.FirstOrDefault(other => other.Reference.Name == reference.PluginName) is { Sources: { } sources } known
            && reference.RootOf(known.File) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(reference.Folder, directory))
            && PythonModule.HashOf(reference, known.File, sources) == known.Reference.Hash
            ? known
            : Register(typed, PythonModule.Find(reference, directory), loaded);
    }

    /// <summary>Registers an environment that was found before; Python is not asked.</summary>
    /// <param name="typed">How it was named.</param>
    /// <param name="file">Its module's file, absolute.</param>
    /// <param name="sources">The files that it was made of.</param>
    /// <param name="expected">The hash that it must have; null for any.</param>
    /// <param name="loaded">What is loaded already.</param>
    public static LoadedPlugin LoadKnown(string typed, string file, IReadOnlyList<string> sources, string? expected, IReadOnlyList<LoadedPlugin> loaded)
    {
        var module = PythonModule.Known(PythonReference.Parse(typed), file, sources)
            ?? throw new PluginException(ErrorKind.NotFound, $"{typed}: a file of it is not there any more, or cannot be read; name it anew with --plugin");
        return expected is null || module.Hash == expected ? Register(typed, module, loaded) : throw PluginLoader.Changed(typed);
    }

    private static LoadedPlugin Register(string typed, PythonModule module, IReadOnlyList<LoadedPlugin> loaded)
    {
        if (loaded.FirstOrDefault(other => other.Reference.Hash == module.Hash) is { } same) return same;
        var reference = new PluginReference(module.Reference.PluginName, Version, module.Hash);
        PluginLoader.RequireAlone(typed, reference, loaded);
        var registration = PythonRegistration.Of(module);
        EnvironmentFactory.Register(registration);
        return new LoadedPlugin(reference, typed, module.File, [registration.Name], [], []) { Sources = module.Sources, Argument = module.Argument };
    }
}
