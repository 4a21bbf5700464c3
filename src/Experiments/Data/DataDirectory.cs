using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Experiments.Data;

/// <summary>
/// The directory that keeps everything: `ID/` for each run, `.grains/` for the state of agents, `.models/` for language models that runs have trained,
/// `.live/` for locks and sockets of running processes, `.dev/` for a development cluster, `.plugins.json` for where plug-ins were.
/// </summary>
public sealed class DataDirectory
{
    /// <summary>A directory, which need not exist.</summary>
    /// <param name="root">Its path.</param>
    public DataDirectory(string root) => Root = Path.GetFullPath(root);

    /// <summary>Its path, absolute.</summary>
    public string Root { get; }

    /// <summary>Where grains keep their state.</summary>
    public string Grains => Path.Combine(Root, ".grains");

    /// <summary>Where locks and sockets of running processes are.</summary>
    public string Live => Path.Combine(Root, ".live");

    /// <summary>Where language models are kept that runs have trained for their populations.</summary>
    public string Models => Path.Combine(Root, ".models");

    /// <summary>The file that says with which plug-ins something was begun here, see <see cref="KnownPlugins"/>.</summary>
    public string Plugins => Path.Combine(Root, ".plugins.json");

    /// <summary>Directory of a run.</summary>
    public string Run(string id) => Path.Combine(Root, id);

    /// <summary>The file that describes a run.</summary>
    public string Manifest(string id) => Path.Combine(Run(id), "run.json");

    /// <summary>Ids of all runs, sorted.</summary>
    public IReadOnlyList<string> Runs() => Directory.Exists(Root)
        ? [.. Directory.EnumerateDirectories(Root)
            .Select(path => Path.GetFileName(path)!)
            .Where(id => id[0] != '.' && Path.Exists(Manifest(id)))
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Whether a run of this id is kept, of either kind: one that trains, or a sweep of equilibria.</summary>
    public bool HasRun(string id) => Path.Exists(Manifest(id)) || Path.Exists(Path.Combine(Run(id), "sweep-run.json"));

    /// <summary>Fails where its path is that of something else; it need not be there.</summary>
    /// <exception cref="SrpoException">It is a file, or anything but a directory.</exception>
    public void RequireDirectory()
    {
        if (FileStatus.Of(Root).Kind is var kind and not (FileKind.Missing or FileKind.Directory))
            throw new SrpoException(ErrorKind.Usage, $"the data directory {Root} is {UserFile.Word(kind)}; name a directory with --data DIR");
    }

    /// <summary>Fails where nothing was ever kept.</summary>
    public void EnsureExists()
    {
        RequireDirectory();
        if (!Directory.Exists(Root))
            throw new SrpoException(ErrorKind.NotFound, $"there is no data directory {Root}; name another one with --data DIR, or make it with `srpo run overcooked`");
    }

    /// <summary>Makes the directory and checks that files can be written there, before any work is spent.</summary>
    public void EnsureWritable()
    {
        RequireDirectory();
        EnsureWritable(Live, $"the data directory {Root}", "--data");
    }

    /// <summary>Makes any directory and checks that files can be written there.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="what">What it is in messages.</param>
    /// <param name="option">The option that chooses another one; null where it is an argument.</param>
    /// <exception cref="SrpoException">They cannot.</exception>
    public static void EnsureWritable(string directory, string what, string? option)
    {
        var probe = Path.Combine(directory, $".probe-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(probe, new byte[4096]);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SrpoException(
                ErrorKind.Environment, $"{what} cannot be written: {UserFile.WhyUnwritable(error)}. Use another one{(option is null ? "" : $" with {option} DIR")}, make room, or change its permissions.", error);
        }
    }
}
