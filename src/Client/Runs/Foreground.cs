using Srpo.Client.Cli;
using Srpo.Client.Data;
using Srpo.Client.Live;
using Srpo.Client.Output;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Runs;

/// <summary>Trains a single population in this process, in sight of the user.</summary>
internal static class Foreground
{
    public static async Task<int> TrainAsync(CommandContext context, TrainingJob job)
    {
        if (job.Spec is null) context.Data.EnsureExists();
        context.Data.EnsureWritable();
        using var held = RunLock.Take(context.Data, job.Name);
        LiveRegistry.EnsureAlone(context.Data, held.Id);
        await using var session = await context.OpenToWorkAsync(held);
        IReadOnlyList<PopulationStatus> statuses = [];
        await ProgressDisplay.RunAsync(context.Shell, async display =>
            statuses = await PopulationTraining.RunAsync(
                context, session, [job], CommandHints.For(context, $"population resume {job.Name}"), display, onProgress: () => { }));
        PopulationViews.Print(context, statuses[0]);
        return (int)ExitCode.Ok;
    }
}
