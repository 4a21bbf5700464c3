using System.Text;
using Srpo.Core.Errors;

namespace Srpo.Core.Files;

/// <summary>
/// Files that a user names: read only where they are files, since a pipe or a device may be waited for for ever, and written only where
/// nothing is lost by it.
/// </summary>
public static class UserFile
{
    /// <summary>Most bytes of a text that people write.</summary>
    public const int MostBytes = 1 << 26;

    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="what">What it is in messages, for example "experiment file".</param>
    /// <param name="shown">The path as messages show it; null for the path itself.</param>
    /// <exception cref="SrpoException">It is missing, no file, longer than <see cref="MostBytes"/>, or cannot be read.</exception>
    public static byte[] Read(string path, string what, string? shown = null)
    {
        shown ??= path;
        Require(path, what, shown);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MostBytes) throw TooLong(what, shown);
            using var content = new MemoryStream();
            var part = new byte[1 << 16];
            for (int read; (read = file.Read(part)) > 0;)
            {
                // Files of /proc have no length before they are read.
                if (content.Length + read > MostBytes) throw TooLong(what, shown);
                content.Write(part, 0, read);
            }

            return content.ToArray();
        }
        catch (UnauthorizedAccessException error)
        {
            throw new SrpoException(ErrorKind.Environment, $"the {what} {shown} may not be read; give this user the right to read it", error);
        }
        catch (IOException error)
        {
            throw new SrpoException(ErrorKind.Environment, $"the {what} {shown} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>The text of a file: UTF-8, or what its byte order mark says.</summary>
    /// <inheritdoc cref="Read"/>
    public static string ReadText(string path, string what, string? shown = null)
    {
        using var reader = new StreamReader(new MemoryStream(Read(path, what, shown)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>The text of a file that holds a secret. It may be a pipe, so that the secret need not lie in a file.</summary>
    /// <inheritdoc cref="Read"/>
    public static string ReadSecret(string path, string what, string? shown = null)
    {
        if (FileStatus.Of(path).Kind != FileKind.Pipe) return ReadText(path, what, shown);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SrpoException(ErrorKind.Environment, $"the {what} {shown ?? path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Refuses what is not there and what is no file, before it is opened.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="what">What it is in messages.</param>
    /// <param name="shown">The path as messages show it; null for the path itself.</param>
    /// <exception cref="SrpoException">It is missing, or no file.</exception>
    public static void Require(string path, string what, string? shown = null)
    {
        shown ??= path;
        var kind = FileStatus.Of(path).Kind;
        if (kind == FileKind.Regular) return;
        throw kind == FileKind.Missing
            ? new SrpoException(ErrorKind.NotFound, $"there is no {what} {shown}")
            : new SrpoException(ErrorKind.Usage, $"{shown} is {Followed(kind)}, not a file; name a file{(kind == FileKind.Pipe ? ", for example one that what comes through the pipe was written to" : "")}");
    }

    /// <summary>Checks that an output can be written where a user wants it, before any work is spent.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="force">Whether an existing file may be replaced.</param>
    /// <exception cref="SrpoException">It exists, is a directory, a disk or a socket, or its directory does not exist.</exception>
    public static void CheckTarget(string path, bool force)
    {
        var kind = FileStatus.Of(path).Kind;
        switch (kind)
        {
            case FileKind.Regular when !force:
                throw Exists(path);
            case FileKind.Directory or FileKind.BlockDevice or FileKind.Socket or FileKind.Link:
                throw new SrpoException(ErrorKind.Usage, $"{path} cannot be written: it is {Followed(kind)}; name a file");
            case FileKind.Missing when FileStatus.Of(Folder(path)).Kind != FileKind.Directory:
                throw new SrpoException(ErrorKind.Usage, $"{path} cannot be written: its directory does not exist");
            default:
                return;
        }
    }

    /// <summary>Writes an output where a user wants it. A symbolic link stays, and what it leads to is written; a pipe or a device takes the bytes.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="content">All of it.</param>
    /// <param name="force">Whether an existing file is replaced.</param>
    /// <exception cref="SrpoException">As <see cref="CheckTarget"/>, or it cannot be written; an old one is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool force)
    {
        CheckTarget(path, force);
        try
        {
            AtomicFile.Write(path, content, replace: force, through: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unwritten(path, force, error);
        }
    }

    /// <summary>The same for what is made while it is written, of whatever length.</summary>
    /// <param name="path">The file, absolute.</param>
    /// <param name="write">Writes all of it, from beginning to end.</param>
    /// <param name="force">Whether an existing file is replaced.</param>
    /// <exception cref="SrpoException">As <see cref="CheckTarget"/>, or it cannot be written; an old one is as it was.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write, bool force)
    {
        CheckTarget(path, force);
        try
        {
            await AtomicFile.WriteAsync(path, write, replace: force, through: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unwritten(path, force, error);
        }
    }

    /// <summary>Why something cannot be written, for a sentence: the system's own words may speak of a file that cannot be found.</summary>
    /// <param name="error">What writing, or making a directory, threw.</param>
    public static string WhyUnwritable(Exception error) => error switch
    {
        FileNotFoundException => "the system lets nobody make files there",
        DirectoryNotFoundException => "a part of its path is missing, or is no directory",
        PathTooLongException => "its path is too long",
        UnauthorizedAccessException => "this user has no right to write there",
        IOException io when IsDiskFull(io) => "the disk is full",
        _ => error?.Message.TrimEnd('.') ?? throw new ArgumentNullException(nameof(error)),
    };

    /// <summary>Whether an error says that a disk, or a user's share of it, is full.</summary>
    /// <param name="error">The error.</param>
    public static bool IsDiskFull(IOException error) => error?.HResult is NoSpaceLeft or QuotaExceeded or DiskFullWindows or HandleDiskFullWindows;

    /// <summary>The kind of thing in a sentence, with its article.</summary>
    public static string Word(FileKind kind) => kind switch
    {
        FileKind.Regular => "a file",
        FileKind.Directory => "a directory",
        FileKind.Pipe => "a pipe",
        FileKind.CharacterDevice or FileKind.BlockDevice => "a device",
        FileKind.Socket => "a socket",
        FileKind.Link => "a link",
        _ => "nothing",
    };

    private static string Followed(FileKind kind) => kind == FileKind.Link ? "a symbolic link that leads back to itself" : Word(kind);

    private static string Folder(string path) => Path.GetDirectoryName(AtomicFile.Target(path)) ?? "/";

    /// <summary>What to say of an output that could not be written; somebody may have made it meanwhile.</summary>
    private static SrpoException Unwritten(string path, bool force, Exception error) => !force && error is IOException && FileStatus.Of(path).Kind == FileKind.Regular
        ? Exists(path)
        : new SrpoException(ErrorKind.Environment, $"{path} cannot be written: {WhyUnwritable(error)}. Choose another place, make room, or change its permissions.", error);

    private static SrpoException Exists(string path) => new(ErrorKind.InUse, $"{path} exists; --force replaces it");

    private static SrpoException TooLong(string what, string shown) =>
        new(ErrorKind.Usage, $"the {what} {shown} is longer than {MostBytes >> 20} MiB, which is more than anybody writes; is it the right file?");
}
