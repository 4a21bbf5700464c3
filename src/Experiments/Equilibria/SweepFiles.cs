using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Reporting.Equilibria;

namespace Srpo.Experiments.Equilibria;

/// <summary>Directories of sweeps: what is there of something else is never overwritten.</summary>
public static class SweepFiles
{
    private static readonly string[] Others = ["summary.json", "run.json"];

    /// <summary>Checks that a directory is free, or holds an earlier sweep of the same game.</summary>
    public static void Check(string directory, string game)
    {
        if (File.Exists(directory)) throw new SrpoException(ErrorKind.Usage, $"--out {directory} is a file; choose a directory");
        if (!Directory.Exists(directory)) return;
        var json = Path.Combine(directory, "sweep.json");
        var taken = File.Exists(json)
            ? GameOf(json) == game ? Others.FirstOrDefault(name => File.Exists(Path.Combine(directory, name))) : "sweep.json"
            : SweepWriter.Names.Concat(Others).FirstOrDefault(name => File.Exists(Path.Combine(directory, name)));
        if (taken is not null)
            throw new SrpoException(ErrorKind.InUse, $"{directory} holds something else's {taken}; choose another directory with --out");
    }

    private static string? GameOf(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("game", out var game) ? game.ToString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
