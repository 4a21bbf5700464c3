namespace Srpo.Client.Data;

/// <summary>Writes files so that a reader, or a crash, never sees half of one.</summary>
internal static class AtomicFiles
{
    public static void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    public static void Write(string path, byte[] content)
    {
        var temporary = $"{path}.{Environment.ProcessId}.part";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
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
