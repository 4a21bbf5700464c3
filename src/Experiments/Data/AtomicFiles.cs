namespace Srpo.Experiments.Data;

/// <summary>Writes files so that a reader, or a crash, never sees half of one.</summary>
public static class AtomicFiles
{
    /// <summary>Writes a text as UTF-8.</summary>
    /// <param name="path">The file, which may exist.</param>
    /// <param name="text">All of it.</param>
    public static void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The file, which may exist.</param>
    /// <param name="content">All of it.</param>
    public static void Write(string path, byte[] content) =>
        Write(path, content, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None });

    /// <summary>Writes a file that only this user can read.</summary>
    public static void WritePrivate(string path, string text)
    {
        // A leftover of a killed process with this number would keep the mode that it has.
        File.Delete(Temporary(path));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Write(path, System.Text.Encoding.UTF8.GetBytes(text), options);
    }

    private static string Temporary(string path) => $"{path}.{Environment.ProcessId}.part";

    private static void Write(string path, byte[] content, FileStreamOptions options)
    {
        var temporary = Temporary(path);
        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
