using System.Collections.Concurrent;
using Srpo.Core.Errors;
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

    private static readonly ConcurrentDictionary<string, DirectoryLease> Held = new();

    private readonly string _directory;
    private readonly FileStream _file;
    private int _users;

    private DirectoryLease(string directory, FileStream file) => (_directory, _file) = (directory, file);

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
            Held.TryRemove(_directory, out _);
            _file.Dispose();
        }
    }

    private static FileStream Lock(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            Directory.CreateDirectory(directory);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (File.Exists(path) && error is not PathTooLongException)
        {
            throw new SrpoGrainException(
                ErrorKind.InUse, $"another process is writing to the data directory '{directory}'; wait until it has finished, stop it, or choose another data directory", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StateFile.Explain(error, path, "written");
        }
    }
}
