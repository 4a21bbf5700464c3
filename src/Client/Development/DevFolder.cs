using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Experiments.Data;
using Srpo.Grains.Security;

namespace Srpo.Client.Development;

/// <summary>
/// The folder of a development cluster: what it is (`cluster.json`), how to reach its storage (`connection`), a log and, while it lives, a file of each of its processes (`NAME.log`,
/// `NAME.pid`), and the storage's data.
/// </summary>
/// <param name="root">Its path, absolute.</param>
internal sealed class DevFolder(string root)
{
    private const string SettingsName = "cluster.json";
    private const string ConnectionName = "connection";
    private const string LockName = ".lock";
    private const string SilosName = "silos";
    private const string LogEnding = ".log";
    private const string ProcessEnding = ".pid";

    /// <summary>Others may pass through where the storage runs as another user, and list nothing.</summary>
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Passable = Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Its path, absolute.</summary>
    public string Root => root;

    /// <summary>The file with the connection string of the storage, for silos and clients.</summary>
    public string Connection => PathOf(ConnectionName);

    /// <summary>The data directory that silos are given; what they keep goes into the storage.</summary>
    public string Silos => PathOf(SilosName);

    /// <summary>The processes of which something is noted, in no order.</summary>
    public IReadOnlyList<DevPart> Noted => [.. PartsOf(ProcessEnding)];

    public string PathOf(string name) => Path.Combine(root, name);

    /// <summary>What a process of this name says.</summary>
    public string Log(string name) => PathOf(name + LogEnding);

    /// <summary>What is known of the process of this name, while it lives.</summary>
    public string Process(string name) => PathOf(name + ProcessEnding);

    /// <summary>Whether a cluster was made here, whole or not.</summary>
    public bool Exists => HasSettings || Path.Exists(PathOf(LockName));

    /// <summary>Whether it is known what the cluster is.</summary>
    public bool HasSettings => Path.Exists(PathOf(SettingsName));

    /// <summary>Makes the folder, for this user alone.</summary>
    /// <exception cref="SrpoException">It cannot be made or written, or something else is in its place.</exception>
    public void Make()
    {
        // Files of one value a line name it.
        if (root.Any(char.IsControl)) throw new SrpoException(ErrorKind.Usage, "the path of the folder holds a control character; name another one with --folder DIR");
        if (FileStatus.Of(root).Kind is var kind and not (FileKind.Missing or FileKind.Directory))
            throw new SrpoException(ErrorKind.Usage, $"{root} is {UserFile.Word(kind)}; name a directory with --folder DIR");
        if (Directory.Exists(root) && !Exists && Directory.EnumerateFileSystemEntries(root).Any())
            throw new SrpoException(ErrorKind.InUse, $"{root} holds something else than a development cluster; name a new or an empty directory with --folder DIR");
        DataDirectory.EnsureWritable(root, $"the folder {root}", "--folder");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(root, UnixUser.Own == 0 ? Passable : Owner);
    }

    /// <summary>Takes the folder for a command that starts or ends something.</summary>
    /// <exception cref="SrpoException">Another command works on it.</exception>
    public FileLock Take() => FileLock.TryTake(PathOf(LockName)) ?? throw new SrpoException(ErrorKind.InUse, $"another `srpo dev` is at work in {root}; wait until it has finished");

    /// <summary>What the cluster is; null where none was made here.</summary>
    /// <exception cref="SrpoException">It is damaged, or of a later version.</exception>
    public DevSettings? Load()
    {
        var path = PathOf(SettingsName);
        if (!Path.Exists(path)) return null;
        const string remedy = "`srpo dev down --delete` ends what runs and removes the cluster";
        try
        {
            var settings = JsonText.ReadFile<DevSettings>(path);
            if (settings is { Format: > DevSettings.CurrentFormat }) throw new SrpoException(ErrorKind.Usage, $"{path} was written by a later version of this program; use that one, or another folder with --folder DIR");
            return settings is { IsWhole: true } ? settings : throw new SrpoException(ErrorKind.Damaged, $"{path} is damaged: a part of it is missing, or no port; {remedy}");
        }
        catch (JsonException error)
        {
            throw new SrpoException(ErrorKind.Damaged, $"{path} is damaged: {SrpoException.MessageOf(error)}; {remedy}", error);
        }
    }

    /// <summary>Keeps what the cluster is.</summary>
    public void Save(DevSettings settings) => AtomicFile.Write(PathOf(SettingsName), JsonText.Write(settings));

    /// <summary>Removes everything that belongs to a cluster, and the folder where nothing else is in it.</summary>
    /// <returns>Whether the folder is gone.</returns>
    public bool Delete()
    {
        foreach (var name in Enum.GetValues<DevStorageKind>().Select(kind => kind.Name()).Append(SilosName))
            if (Directory.Exists(PathOf(name))) Directory.Delete(PathOf(name), recursive: true);
        foreach (var part in PartsOf(LogEnding).Concat(Noted))
            foreach (var ending in (string[])[LogEnding, ProcessEnding]) File.Delete(PathOf(part.Name + ending));
        foreach (var name in (string[])[SettingsName, ConnectionName, LockName]) File.Delete(PathOf(name));
        if (Directory.EnumerateFileSystemEntries(root).Any()) return false;
        Directory.Delete(root);
        return true;
    }

    /// <summary>The parts that have a file with this ending.</summary>
    private IEnumerable<DevPart> PartsOf(string ending) =>
        Directory.GetFiles(root, "*" + ending).Select(file => new DevPart(this, Path.GetFileNameWithoutExtension(file))).Where(part => part.IsKnown);
}
