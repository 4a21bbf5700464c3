using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Experiments.Data;
using Srpo.Reporting.Equilibria;

namespace Srpo.Experiments.Equilibria;

/// <summary>
/// A run of an experiment without training. It is computed in one go, so there is nothing to resume: `sweep-run.json` in the run's directory
/// says where the outputs are.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="CommandLine">The command that made it.</param>
/// <param name="Out">Directory of the outputs, absolute.</param>
public sealed record SweepRun(string Id, string Experiment, string CommandLine, string Out)
{
    /// <summary>Computes the sweep and writes the outputs.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="data">The directory that keeps the run.</param>
    /// <param name="id">Id of the run; the caller holds the right to work on it.</param>
    /// <param name="commandLine">The command that makes it again.</param>
    /// <param name="output">Directory of the outputs; null for the run's own.</param>
    /// <returns>The run, and what was found.</returns>
    public static (SweepRun Run, EquilibriumSweep Sweep) Compute(RqeExperiment experiment, DataDirectory data, string id, string commandLine, string? output)
    {
        if (output is not null)
        {
            OutputDirectory.RequireFree(output);
            OutputDirectory.RequireWritable(output);
        }

        var sweep = SweepRunner.Compute(experiment.Game, experiment.Range, experiment.Epsilon, commandLine);
        if (experiment.Title.Length > 0) sweep = sweep with { Title = experiment.Title };
        var directory = data.Run(id);
        var run = new SweepRun(id, experiment.Name, commandLine, output ?? directory);
        Directory.CreateDirectory(directory);
        SweepWriter.WriteAll(run.Out, sweep);
        AtomicFile.Write(PathOf(data, id), JsonText.Write(run) + "\n");
        return (run, sweep);
    }

    /// <summary>The finished run of this kind, or null if the id is none.</summary>
    /// <param name="data">The directory that keeps it.</param>
    /// <param name="id">Its id.</param>
    /// <exception cref="SrpoException">Its file is damaged.</exception>
    public static SweepRun? Find(DataDirectory data, string id)
    {
        var path = PathOf(data, id);
        if (!Path.Exists(path)) return null;
        try
        {
            return JsonText.ReadFile<SweepRun>(path) is { Out: not null, Experiment: not null } run ? run : throw Damaged(path, "it lacks the experiment or the place of its results", null);
        }
        catch (JsonException error)
        {
            throw Damaged(path, JsonProblem.Of(error), error);
        }
    }

    /// <summary>What it found.</summary>
    /// <exception cref="SrpoException">The file of its results is missing or damaged.</exception>
    public EquilibriumSweep Read()
    {
        var path = Path.Combine(Out, SweepWriter.JsonName);
        if (FileStatus.Of(path).Kind == FileKind.Missing) throw Lost(path, "is missing", null);
        try
        {
            return SweepWriter.ReadJson(JsonText.TextOf(path));
        }
        catch (JsonException error)
        {
            throw Lost(path, $"cannot be read: {JsonProblem.Of(error)}", error);
        }
    }

    private SrpoException Lost(string path, string why, Exception? cause) => new(ErrorKind.Damaged, $"{path} {why}; `srpo run {Experiment}` computes it again in a new run", cause);

    private static SrpoException Damaged(string path, string why, Exception? cause) => new(
        ErrorKind.Damaged, $"{path} cannot be read: {why}. Its results lie where they were written; `srpo run` computes them again under another id.", cause);

    private static string PathOf(DataDirectory data, string id) => Path.Combine(data.Run(id), "sweep-run.json");
}
