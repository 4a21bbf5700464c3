using Srpo.Client.Cli;
using Srpo.Client.Data;
using Srpo.Client.Experiments;
using Srpo.Client.Output;
using Srpo.Client.Runs;
using Srpo.Reporting.Equilibria;

namespace Srpo.Client.Equilibria;

/// <summary>
/// A run of an experiment without training. It is computed in one go, so there is nothing to resume: `sweep-run.json` in the run's directory
/// says where the outputs are.
/// </summary>
internal sealed record SweepRun(string Id, string Experiment, string CommandLine, string Out)
{
    /// <summary>Computes the sweep, writes the outputs and prints what was found.</summary>
    public static int Run(CommandContext context, RqeExperiment experiment, RunLock held, string? output)
    {
        var commandLine = "srpo " + string.Join(' ', context.Shell.Arguments.Select(CommandHints.Quote));
        var sweep = SweepRunner.Compute(experiment.Game, experiment.Range, experiment.Epsilon, commandLine);
        if (experiment.Title.Length > 0) sweep = sweep with { Title = experiment.Title };
        var directory = context.Data.Run(held.Id);
        var target = output ?? directory;
        SweepFiles.Check(target, experiment.Game.Name);
        Directory.CreateDirectory(directory);
        SweepWriter.WriteAll(target, sweep);
        AtomicFiles.Write(PathOf(context.Data, held.Id), JsonText.Write(new SweepRun(held.Id, experiment.Name, commandLine, target)) + "\n");
        var report = Path.Combine(target, "report.html");
        var relative = Path.GetRelativePath(context.Shell.Directory, report);
        SweepRunner.Print(context, sweep, relative.StartsWith("..", StringComparison.Ordinal) ? report : relative);
        return (int)ExitCode.Ok;
    }

    /// <summary>Prints that a run of this kind is finished, if it is one.</summary>
    public static bool IsFinished(CommandContext context, string id)
    {
        var path = PathOf(context.Data, id);
        if (!File.Exists(path) || JsonText.Read<SweepRun>(File.ReadAllText(path)) is not { } run) return false;
        context.Error.WriteLine($"{id} is finished, its report is {Path.Combine(run.Out, "report.html")}; `{CommandHints.For(context, $"run {run.Experiment}")}` computes it again in a new run");
        return true;
    }

    private static string PathOf(DataDirectory data, string id) => Path.Combine(data.Run(id), "sweep-run.json");
}
