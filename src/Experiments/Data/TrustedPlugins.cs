using Srpo.Core.Errors;
using Srpo.Core.Files;

namespace Srpo.Experiments.Data;

/// <summary>
/// The plug-ins that this user has loaded by naming them, by hash, in a file of his own. What a data directory or a run remembers is loaded again only if it is one of them: a
/// directory that came from somebody else can name files, and bring them, but not have them run.
/// </summary>
public static class TrustedPlugins
{
    /// <summary>A folder that takes the place of the user's own, for tests and for users without a home.</summary>
    public const string FolderVariable = "SRPO_TRUST";

    private const int Most = 1000;

    /// <summary>Whether the user has loaded a plug-in before.</summary>
    /// <param name="hash">SHA-256 of its file.</param>
    public static bool Contains(string hash) => Read().Contains(hash, StringComparer.Ordinal);

    /// <summary>Notes that the user has named a plug-in. Where nothing can be noted it must be named again another time.</summary>
    /// <param name="hash">SHA-256 of its file.</param>
    public static void Add(string hash)
    {
        ArgumentException.ThrowIfNullOrEmpty(hash);
        if (File() is not { } file || Contains(hash)) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, string.Join('\n', Read().Append(hash).TakeLast(Most)) + "\n");
        }
        catch (Exception error) when (error is SrpoException or IOException or UnauthorizedAccessException)
        {
            // It only saves typing.
        }
    }

    private static string[] Read()
    {
        try
        {
            return File() is { } file && System.IO.File.Exists(file) ? System.IO.File.ReadAllLines(file) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? File()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } chosen ? chosen : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.IsPathRooted(folder) ? Path.Combine(folder, "srpo", "plugins.trusted") : null;
    }
}
