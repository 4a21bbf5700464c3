using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Client.Sessions;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Runs;

/// <summary>A population to train.</summary>
/// <param name="Title">Its name in progress and messages.</param>
/// <param name="Spec">Its spec, or null to go on with what is stored.</param>
/// <param name="Name">Its name.</param>
internal sealed record TrainingJob(string Title, string Name, PopulationSpec? Spec);

/// <summary>Trains populations and waits for them; Ctrl-C pauses them cleanly.</summary>
internal static class PopulationTraining
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(250);

    /// <summary>Starts the populations and returns their last status once every one is finished.</summary>
    /// <exception cref="CommandException">Training failed, or was paused or stopped.</exception>
    public static async Task<IReadOnlyList<PopulationStatus>> RunAsync(
        CommandContext context, IGrainSession session, IReadOnlyList<TrainingJob> jobs, string resumeCommand, ProgressDisplay display, Action onProgress)
    {
        var coordinators = jobs.Select(job => session.Grains.GetGrain<ICoordinatorGrain>(job.Name)).ToArray();
        context.Cancellation.ThrowIfCancellationRequested();
        var patience = new ClusterPatience(context);
        for (var i = 0; i < jobs.Count; i++)
        {
            // A population that has finished is looked through again: what was damaged since is trained anew.
            var coordinator = coordinators[i];
            if (jobs[i].Spec is not { } spec || (await patience.AskAsync(() => coordinator.StartAsync(spec))).Phase == PopulationPhase.Finished)
                await patience.AskAsync(coordinator.ResumeAsync);
        }

        var statuses = new PopulationStatus[jobs.Count];
        var warned = new HashSet<string>(StringComparer.Ordinal);
        for (var poll = FirstPoll; ; poll = TimeSpan.FromTicks(Math.Min(poll.Ticks * 3 / 2, LongestPoll.Ticks)))
        {
            for (var i = 0; i < jobs.Count; i++)
            {
                var status = statuses[i] = await patience.AskAsync(coordinators[i].GetStatusAsync, CancellationToken.None);
                display.Report(new WorkState($"training {jobs[i].Title}", Fraction(status), status.EnvironmentStepsPerSecond));
                if (status.Warning is { } warning && warned.Add(warning)) context.Error.WriteLine($"srpo: warning: {jobs[i].Title}: {warning}");
            }

            onProgress();
            if (statuses.FirstOrDefault(status => status.Phase == PopulationPhase.Failed) is { } failed)
                throw new CommandException(ErrorReporter.CodeOfText(failed.Error ?? ""), $"training of {failed.Population} failed: {failed.Error}\n`{resumeCommand}` goes on from the last checkpoints.");
            if (statuses.Any(status => status.Phase is PopulationPhase.Paused or PopulationPhase.Stopped))
            {
                await PauseAllAsync(coordinators, patience);
                throw Paused(resumeCommand);
            }

            if (statuses.All(status => status.Phase == PopulationPhase.Finished)) return statuses;
            try
            {
                await Task.Delay(poll, context.Cancellation);
            }
            catch (OperationCanceledException)
            {
                context.Error.WriteLine("pausing: rounds in flight are finished and stored (Ctrl-C again ends at once)");
                await PauseAllAsync(coordinators, patience);
                throw Paused(resumeCommand);
            }
        }
    }

    /// <summary>Share of the environment steps done.</summary>
    public static double Fraction(PopulationStatus status) =>
        status.Phase == PopulationPhase.Finished ? 1 : status.EnvironmentStepsTotal == 0 ? 0 : (double)status.EnvironmentSteps / status.EnvironmentStepsTotal;

    public static CommandException Paused(string resumeCommand) =>
        new(ExitCode.Interrupted, $"paused; nothing is lost. To go on:\n  {resumeCommand}");

    private static Task PauseAllAsync(IEnumerable<ICoordinatorGrain> coordinators, ClusterPatience patience) =>
        Task.WhenAll(coordinators.Select(coordinator => patience.AskAsync(
            async () => await coordinator.GetStatusAsync() is { Phase: PopulationPhase.Training } ? await coordinator.PauseAsync() : null, CancellationToken.None)));
}
