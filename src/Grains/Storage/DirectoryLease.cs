using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// The right of one process to write under a directory: a lock on a file there, held until disposed. Two processes that
/// trained the same population would undo each other's checkpoints.
/// </summary>
internal sealed class DirectoryLease : IDisposable
{
    /// <summary>Name of the lock file within the directory.</summary>
    public const string FileName = ".lock";

    /// <summary>Of this process, whose the lock is: its silos share it. Guarded by itself.</summary>
    private static readonly Dictionary<string, DirectoryLease> Held = new(StringComparer.Ordinal);

    private readonly string _directory;
    private readonly FileLock _lock;
    private int _users;

    private DirectoryLease(string directory, FileLock held) => (_directory, _lock) = (directory, held);

    /// <summary>Takes the lease, or shares the one that this process holds.</summary>
    /// <exception cref="SrpoGrainException">Another process holds it, or the directory cannot be written.</exception>
    public static DirectoryLease Take(string directory)
    {
        var full = Path.GetFullPath(directory);
        lock (Held)
        {
            if (!Held.TryGetValue(full, out var lease)) Held[full] = lease = new DirectoryLease(full, Lock(full));
            lease._users++;
            return lease;
        }
    }

    /// <summary>Gives the lease back; the last user in this process releases the lock.</summary>
    public void Dispose()
    {
        lock (Held)
        {
            if (--_users > 0) return;
            Held.Remove(_directory);
            _lock.Dispose();
        }
    }

    private static FileLock Lock(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            Directory.CreateDirectory(directory);
            return FileLock.TryTake(path) ?? throw new SrpoGrainException(
                ErrorKind.InUse, $"another process is writing to the data directory '{directory}'; wait until it has finished, stop it, or choose another data directory");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StateFile.Explain(error, path, "written");
        }
    }
}
