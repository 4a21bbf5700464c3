using System.Text;

namespace Srpo.Core.Files;

/// <summary>
/// Writes files so that a reader, or a crash, never sees half of one. A symbolic link stays, and what it leads to is written; a pipe or a
/// device is never replaced, since that would do away with it.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes a text as UTF-8.</summary>
    /// <param name="path">The file, which may exist.</param>
    /// <param name="text">All of it.</param>
    /// <exception cref="IOException">It cannot be written; the old one is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The file, which may exist.</param>
    /// <param name="content">All of it.</param>
    /// <param name="replace">Whether a file that exists is replaced; else that is an <see cref="IOException"/>.</param>
    /// <param name="through">Whether a pipe or a device takes the bytes, which may wait for whoever is at the other end; else that is an <see cref="IOException"/>.</param>
    /// <inheritdoc cref="Write(string, string)"/>
    public static void Write(string path, ReadOnlySpan<byte> content, bool replace = true, bool through = false)
    {
        var status = FileStatus.Of(path);
        switch (status.Kind)
        {
            case FileKind.Pipe or FileKind.CharacterDevice when through:
                // Flushing to a disk means nothing there.
                using (var there = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)) there.Write(content);
                return;
            case FileKind.Missing or FileKind.Regular:
                var target = Target(path);
                Replace(target, Temporary(target), temporary => CreateLike(temporary, status), content, [], replace);
                return;
            default:
                throw Unwritable(path, status.Kind);
        }
    }

    /// <summary>Writes what is made while it is written, of whatever length.</summary>
    /// <param name="path">The file, which may exist.</param>
    /// <param name="write">Writes all of it, from beginning to end.</param>
    /// <param name="replace">Whether a file that exists is replaced; else that is an <see cref="IOException"/>.</param>
    /// <param name="through">Whether a pipe or a device takes the bytes, which may wait for whoever is at the other end; else that is an <see cref="IOException"/>.</param>
    /// <inheritdoc cref="Write(string, string)"/>
    public static async Task WriteAsync(string path, Func<Stream, Task> write, bool replace = true, bool through = false)
    {
        ArgumentNullException.ThrowIfNull(write);
        var status = FileStatus.Of(path);
        switch (status.Kind)
        {
            case FileKind.Pipe or FileKind.CharacterDevice when through:
                await using (var there = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)) await write(there);
                return;
            case FileKind.Missing or FileKind.Regular:
                var target = Target(path);
                var temporary = Temporary(target);
                try
                {
                    await using (var file = CreateLike(temporary, status))
                    {
                        await write(file);
                        file.Flush(flushToDisk: true);
                    }

                    File.Move(temporary, target, overwrite: replace);
                }
                catch
                {
                    Discard(temporary);
                    throw;
                }

                return;
            default:
                throw Unwritable(path, status.Kind);
        }
    }

    /// <summary>Writes a file that only this user can read.</summary>
    /// <inheritdoc cref="Write(string, string)"/>
    public static void WritePrivate(string path, string text) => Replace(path, Temporary(path), CreatePrivate, Encoding.UTF8.GetBytes(text), []);

    /// <summary>Opens a file for writing, empty, for this process alone.</summary>
    public static Stream Create(string path) => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);

    /// <summary>Writes a temporary file beside the target, flushes it to disk and renames it.</summary>
    /// <param name="path">The file, which may exist.</param>
    /// <param name="temporary">The temporary file. One with a fixed name, of which only one process writes, replaces what a killed one left.</param>
    /// <param name="open">Opens it: <see cref="Create"/>.</param>
    /// <param name="head">The first part.</param>
    /// <param name="rest">The rest.</param>
    /// <param name="replace">Whether a file that exists is replaced; else that is an <see cref="IOException"/>.</param>
    /// <inheritdoc cref="Write(string, string)"/>
    public static void Replace(string path, string temporary, Func<string, Stream> open, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest, bool replace = true)
    {
        ArgumentNullException.ThrowIfNull(open);
        var stream = open(temporary);
        try
        {
            using (stream)
            {
                stream.Write(head);
                stream.Write(rest);
                if (stream is FileStream file) file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: replace);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    private static IOException Unwritable(string path, FileKind kind) => new($"{path} cannot be written: it is {UserFile.Word(kind)}, not a file; move it away and repeat the command");

    private static string Temporary(string path) => $"{path}.{Guid.NewGuid():N}.part";

    /// <summary>What a path leads to through symbolic links, which need not exist.</summary>
    internal static string Target(string path) => new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path : path;

    /// <summary>A new file with the rights of the one that it replaces.</summary>
    private static FileStream CreateLike(string path, FileStatus old)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows() && old is { Kind: FileKind.Regular, Mode: not UnixFileMode.None }) File.SetUnixFileMode(file.SafeFileHandle, old.Mode);
        return file;
    }

    private static FileStream CreatePrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    internal static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report.
        }
    }
}
