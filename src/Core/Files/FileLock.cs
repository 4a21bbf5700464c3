namespace Srpo.Core.Files;

/// <summary>A lock that one process holds through an open file. The system frees it when the process ends, however it ends.</summary>
public sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes a lock, or returns null where somebody holds it, this process included.</summary>
    /// <param name="path">The file, in a directory that exists. It stays when the lock is freed: deleting it would let two processes lock two files of one name.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (IsTaken(error))
        {
            return null;
        }
    }

    /// <summary>Whether somebody holds a lock. Looking holds it for a moment, so whoever wants it tries more than once.</summary>
    /// <param name="path">The file, which may not exist.</param>
    public static bool IsHeld(string path)
    {
        if (!File.Exists(path)) return false;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException error) when (IsTaken(error))
        {
            return true;
        }
    }

    /// <summary>Writes into the file who holds it; nobody can read it before the lock is freed.</summary>
    public void Sign(ReadOnlySpan<byte> holder)
    {
        _file.SetLength(0);
        _file.Write(holder);
        _file.Flush();
    }

    /// <summary>Frees the lock.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK of Linux and macOS; a sharing and a lock violation of Windows.</summary>
    private static bool IsTaken(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
