using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Core.Text;

namespace Srpo.Experiments.Data;

/// <summary>Where a run stands. The names are part of stored state.</summary>
public enum RunState
{
    /// <summary>Begun and not ended; without a live process it was interrupted.</summary>
    Running = 0,

    /// <summary>All outputs are written.</summary>
    Finished = 1,

    /// <summary>Paused or stopped by the user.</summary>
    Paused = 2,
}

/// <summary>A run as stored in `run.json`: the experiment fully resolved, so that resuming needs no other file.</summary>
public sealed record RunManifest
{
    /// <summary>The newest format, which this program writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Version of this format.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Id of the run.</summary>
    public required string Id { get; init; }

    /// <summary>The command line that began it.</summary>
    public required string CommandLine { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Where it stands.</summary>
    public RunState State { get; init; }

    /// <summary>Directory of the outputs, absolute; null for the run's own directory.</summary>
    public string? Out { get; init; }

    /// <summary>Worker threads for which the training was divided into batches.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Seconds spent on it, over all sessions.</summary>
    public double WallSeconds { get; init; }

    /// <summary>What is trained and measured.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>Directory of the outputs.</summary>
    /// <param name="data">The directory that keeps the run.</param>
    public string Output(DataDirectory data) => Out ?? data.Run(Id);

    /// <summary>Name of the population with a label.</summary>
    public string PopulationName(string label) => $"{Id}.{label}";

    /// <summary>Id of the tournament on a layout.</summary>
    public string TournamentName(string layout) => $"{Id}.{layout}";

    /// <summary>Stores it, replacing what was stored.</summary>
    /// <param name="data">The directory that keeps the run.</param>
    public void Save(DataDirectory data) => AtomicFile.Write(data.Manifest(Id), JsonText.Write(this) + "\n");

    /// <summary>Reads the manifest of a run.</summary>
    /// <exception cref="SrpoException">No such run, or the file is damaged.</exception>
    public static RunManifest Load(DataDirectory data, string id)
    {
        var path = data.Manifest(id);
        if (!Path.Exists(path)) throw Missing(data, id);
        try
        {
            var manifest = JsonText.ReadFile<RunManifest>(path);
            if (manifest?.Experiment is null || manifest.Id != id) throw Damaged(path, "it lacks the experiment, or belongs to another run", null);
            if (manifest.Format > CurrentFormat) throw Damaged(path, $"its format {manifest.Format} is newer than this program", null);
            return manifest;
        }
        catch (JsonException error)
        {
            throw Damaged(path, JsonProblem.Of(error), error);
        }
    }

    private static SrpoException Damaged(string path, string why, Exception? inner) => new(
        ErrorKind.Damaged, $"{path} cannot be read: {why}. Agents are stored apart from it and are not lost: `srpo population list` shows them.", inner);

    private static SrpoException Missing(DataDirectory data, string id)
    {
        if (CrossPlayRun.Exists(data, id))
        {
            return new SrpoException(
                ErrorKind.NotFound, $"'{id}' is no run of an experiment but a cross-play; `srpo runs show {id}` shows it, `srpo report {id}` writes its report again, and its `srpo crossplay` with --id {id} goes on with it");
        }

        if (OutputDirectory.HoldsResults(data.Run(id)))
        {
            return new SrpoException(
                ErrorKind.Damaged, $"{data.Run(id)} holds results, and the file run.json that says of what is missing; restore it from a copy. Agents are stored apart from it and are not lost: `srpo population list` shows them.");
        }

        var runs = data.Runs();
        return new SrpoException(ErrorKind.NotFound, runs.Count == 0
            ? $"unknown run '{id}': there are no runs in {data.Root}; name another data directory with --data DIR"
            : NearestName.Unknown("run", id, [.. runs]));
    }
}
