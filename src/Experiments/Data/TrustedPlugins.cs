using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Learning.Plugins;

namespace Srpo.Experiments.Data;

/// <summary>
/// The plug-ins that this user has loaded by naming them, hash and file of each, in a file of his own. What a data directory or a run remembers is loaded again only if it is one of
/// them: a directory that came from somebody else can name files, and bring them, but not have them run. The same file elsewhere is another one, since what lies beside it is not part
/// of the hash, and may be loaded with it.
/// </summary>
public static class TrustedPlugins
{
    /// <summary>A folder that takes the place of the user's own, for tests and for users without a home.</summary>
    public const string FolderVariable = "SRPO_TRUST";

    private const int Most = 1000;

    /// <summary>Loads a plug-in that the user has named, see <see cref="LoadedPlugins.Load"/>, and notes that. Where nothing can be noted it must be named again another time.</summary>
    /// <param name="typed">Its file as it was named, or the name of an environment in Python.</param>
    /// <param name="directory">Directory against which a relative path is meant.</param>
    public static LoadedPlugin LoadNamed(string typed, string directory)
    {
        var loaded = LoadedPlugins.Load(typed, directory);
        Add(loaded.Reference.Hash, loaded.File);
        return loaded;
    }

    /// <summary>Whether the user has loaded a plug-in before.</summary>
    /// <param name="hash">Its hash, as in <see cref="Core.Settings.PluginReference.Hash"/>.</param>
    /// <param name="plugin">Its file, absolute.</param>
    public static bool Contains(string hash, string plugin) => Read().Contains(Line(hash, plugin), StringComparer.Ordinal);

    private static void Add(string hash, string plugin)
    {
        if (plugin.AsSpan().ContainsAny('\r', '\n') || File() is not { } file || Contains(hash, plugin)) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, string.Join('\n', Read().Append(Line(hash, plugin)).TakeLast(Most)) + "\n");
        }
        catch (Exception error) when (error is SrpoException or IOException or UnauthorizedAccessException)
        {
            // It only saves typing.
        }
    }

    private static string Line(string hash, string plugin) => $"{hash}  {plugin}";

    private static string[] Read()
    {
        try
        {
            return File() is { } file && System.IO.File.Exists(file) ? System.IO.File.ReadAllLines(file) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? File()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } chosen ? chosen : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.IsPathRooted(folder) ? Path.Combine(folder, "srpo", "plugins.trusted") : null;
    }
}
