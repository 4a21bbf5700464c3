using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Reporting;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Figures;

namespace Srpo.Experiments.Data;

/// <summary>Directories for results that a user names: what is there of something else is never overwritten.</summary>
public static class OutputDirectory
{
    private const string Summary = "summary.json";
    private const string Sweep = "sweep.json";

    /// <summary>What makes a directory that of a run.</summary>
    private static readonly string[] Runs = ["run.json", "sweep-run.json"];

    /// <summary>Checks that a directory has no results, of whatever.</summary>
    /// <param name="directory">The directory, absolute; it need not exist.</param>
    /// <exception cref="SrpoException">Something would be overwritten.</exception>
    public static void RequireFree(string directory)
    {
        if (Taken(directory) is { } name) throw Occupied(directory, name);
    }

    /// <summary>Checks that a directory has no results but those of one run or tournament.</summary>
    /// <param name="directory">The directory, absolute; it need not exist.</param>
    /// <param name="id">Whose results may be there.</param>
    /// <exception cref="SrpoException">Something of another one would be overwritten.</exception>
    public static void RequireOwn(string directory, string id)
    {
        if (Taken(directory) is { } name && Text(Path.Combine(directory, Summary), "id") != id) throw Occupied(directory, name);
    }

    /// <summary>Checks that a directory that was free when work began has no results of another run or tournament by now.</summary>
    /// <param name="directory">The directory, absolute.</param>
    /// <param name="id">Whose work it is; what a killed process wrote of it may be there.</param>
    /// <exception cref="SrpoException">Something of another one would be overwritten.</exception>
    public static void RequireNoOthers(string directory, string id)
    {
        if (Text(Path.Combine(directory, Summary), "id") is { } other && other != id) throw Occupied(directory, Summary);
    }

    /// <summary>Checks that a directory has no results but, if that is to be replaced, an earlier sweep of one game.</summary>
    /// <param name="directory">The directory, absolute; it need not exist.</param>
    /// <param name="game">Name of the game.</param>
    /// <param name="force">Whether an earlier sweep of that game may be replaced.</param>
    /// <exception cref="SrpoException">Something would be overwritten.</exception>
    public static void RequireFreeForSweep(string directory, string game, bool force)
    {
        if (Taken(directory) is not { } name) return;
        var others = Runs.Append(Summary).FirstOrDefault(other => Path.Exists(Path.Combine(directory, other)));
        if (others is not null || Text(Path.Combine(directory, Sweep), "game") != game) throw Occupied(directory, others ?? name);
        if (!force) throw new SrpoException(ErrorKind.InUse, $"{directory} holds an earlier sweep of '{game}'; --force replaces it, --out chooses another directory");
    }

    /// <summary>Checks that files can be written into a directory, before any work is spent. Directories that it makes for that are removed again.</summary>
    /// <param name="directory">The directory, absolute; it need not exist.</param>
    /// <exception cref="SrpoException">They cannot.</exception>
    public static void RequireWritable(string directory)
    {
        var missing = new List<string>();
        for (var at = directory; at is not null && FileStatus.Of(at).Kind == FileKind.Missing; at = Path.GetDirectoryName(at)) missing.Add(at);
        try
        {
            DataDirectory.EnsureWritable(directory, $"the directory {directory}", "--out");
        }
        finally
        {
            foreach (var made in missing.Where(Directory.Exists)) Directory.Delete(made);
        }
    }

    /// <summary>The files and directories in a directory that are results, absolute.</summary>
    /// <param name="directory">The directory, absolute.</param>
    internal static IEnumerable<string> Results(string directory) => Directory.EnumerateFileSystemEntries(directory).Where(path => IsResult(Path.GetFileName(path)));

    /// <summary>Whether a directory has results of a run that trained.</summary>
    /// <param name="directory">The directory, absolute; it need not exist.</param>
    internal static bool HoldsResults(string directory) => File.Exists(Path.Combine(directory, Summary)) || Directory.Exists(Path.Combine(directory, "checkpoints"));

    /// <summary>A name in the directory that results would have; null where there is none.</summary>
    private static string? Taken(string directory)
    {
        var kind = FileStatus.Of(directory).Kind;
        if (kind == FileKind.Missing) return null;
        if (kind != FileKind.Directory) throw new SrpoException(ErrorKind.Usage, $"--out {directory} is {UserFile.Word(kind)}; choose a directory");
        var found = Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path)!).Where(IsResult).Order(StringComparer.Ordinal).ToArray();
        return found.FirstOrDefault(name => name is Summary or Sweep) ?? found.FirstOrDefault();
    }

    private static bool IsResult(string name) => ReportWriter.IsFile(name) || SweepWriter.Names.Contains(name) || Runs.Contains(name) || name is "checkpoints" or FigureFiles.Folder;

    private static SrpoException Occupied(string directory, string name) =>
        new(ErrorKind.InUse, $"{directory} holds something else's {name}, which would be overwritten; choose another directory with --out");

    /// <summary>A text in a JSON file; null where it has none.</summary>
    private static string? Text(string path, string member)
    {
        if (FileStatus.Of(path).Kind != FileKind.Regular) return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(member, out var value) ? value.ToString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
