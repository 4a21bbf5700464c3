using System.Text;

namespace Srpo.Core.Files;

/// <summary>Writes files so that a reader, or a crash, never sees half of one.</summary>
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
    /// <inheritdoc cref="Write(string, string)"/>
    public static void Write(string path, ReadOnlySpan<byte> content) => Replace(path, Temporary(path), CreateNew, content, []);

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
    /// <inheritdoc cref="Write(string, string)"/>
    public static void Replace(string path, string temporary, Func<string, Stream> open, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
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

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    private static string Temporary(string path) => $"{path}.{Guid.NewGuid():N}.part";

    private static FileStream CreateNew(string path) => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);

    private static FileStream CreatePrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static void Discard(string temporary)
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
