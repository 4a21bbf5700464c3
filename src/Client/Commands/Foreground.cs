using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Experiments.Runs;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;
using Srpo.Reporting;

namespace Srpo.Client.Commands;

/// <summary>Long work in this process, in sight of the user; other processes can look on meanwhile.</summary>
internal static class Foreground
{
    /// <summary>Runs an experiment to its end and prints the summary.</summary>
    public static async Task<int> RunAsync(CommandContext context, RunManifest manifest, RunLock held)
    {
        await using var session = await context.OpenToWorkAsync(held);
        var output = manifest.Output(context.Data);
        if (!context.Json)
            context.Error.WriteLine($"run {manifest.Id}: {manifest.Experiment.Populations.Sum(population => population.Seeds)} teams, results in {context.Shell.Shown(output)}");
        WrittenReport? report = null;
        await ProgressDisplay.RunAsync(context.Shell, async display => report = await ExperimentRun.RunAsync(context.ToRun(session, display), context.Data, manifest));
        RunSummaryView.Print(context, report!.Summary, context.Shell.Shown(Path.Combine(output, "report.html")));
        return (int)ExitCode.Ok;
    }

    /// <summary>Trains a single population.</summary>
    public static async Task<int> TrainAsync(CommandContext context, TrainingJob job)
    {
        if (job.Spec is null) context.Data.EnsureExists();
        context.Data.EnsureWritable();
        using var held = RunLock.Take(context.Data, job.Name);
        LiveRegistry.EnsureAlone(context.Data, held.Id);
        await using var session = await context.OpenToWorkAsync(held);
        IReadOnlyList<PopulationStatus> statuses = [];
        await ProgressDisplay.RunAsync(context.Shell, async display =>
        {
            var run = context.ToRun(session, display);
            statuses = await PopulationTraining.RunAsync(run, [job], run.Command($"population resume {job.Name}"), onProgress: () => { });
        });
        PopulationViews.Print(context, statuses[0]);
        return (int)ExitCode.Ok;
    }
}
