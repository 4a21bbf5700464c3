using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Runs;

/// <summary>A population to train.</summary>
/// <param name="Title">Its name in progress and messages.</param>
/// <param name="Spec">Its spec, or null to go on with what is stored.</param>
/// <param name="Name">Its name.</param>
public sealed record TrainingJob(string Title, string Name, PopulationSpec? Spec);

/// <summary>Trains populations and waits for them; Ctrl-C pauses them cleanly.</summary>
public static class PopulationTraining
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseLimit = TimeSpan.FromMinutes(2);

    /// <summary>Starts the populations and returns their last status once every one is finished.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="jobs">The populations, trained at the same time.</param>
    /// <param name="resumeCommand">The command that goes on with them.</param>
    /// <param name="onProgress">Called at every look at them.</param>
    /// <exception cref="SrpoException">Training failed, or was paused or stopped.</exception>
    public static async Task<IReadOnlyList<PopulationStatus>> RunAsync(
        RunContext context, IReadOnlyList<TrainingJob> jobs, string resumeCommand, Action onProgress)
    {
        var coordinators = jobs.Select(job => context.Session.Grains.GetGrain<ICoordinatorGrain>(job.Name)).ToArray();
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            for (var i = 0; i < jobs.Count; i++)
            {
                // A population that has finished is looked through again: what was damaged since is trained anew.
                var coordinator = coordinators[i];
                if (jobs[i].Spec is not { } spec || (await Wishes.AskAsync(context, () => coordinator.StartAsync(spec), context.Cancellation)).Phase == PopulationPhase.Finished)
                    await Wishes.AskAsync(context, coordinator.ResumeAsync, context.Cancellation);
            }

            var finished = await FollowAsync(context, jobs, coordinators, resumeCommand, onProgress);
            if (finished is not null) return finished;
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            context.Observer.Notice("pausing: rounds in flight are finished and stored (Ctrl-C again ends at once)");
        }

        await PauseAllAsync(context, coordinators);
        throw Paused(resumeCommand);
    }

    /// <summary>How far a population is: in environment steps, or in tokens where its agents are language models.</summary>
    /// <param name="title">Its name in progress.</param>
    /// <param name="status">What its coordinator says.</param>
    public static WorkState State(string title, PopulationStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return status.TokensPerSecond > 0
            ? new WorkState($"training {title}", Fraction(status), status.TokensPerSecond, "tokens")
            : new WorkState($"training {title}", Fraction(status), status.EnvironmentStepsPerSecond);
    }

    /// <summary>Share of the environment steps done.</summary>
    public static double Fraction(PopulationStatus status) =>
        status.Phase == PopulationPhase.Finished ? 1 : status.EnvironmentStepsTotal == 0 ? 0 : (double)status.EnvironmentSteps / status.EnvironmentStepsTotal;

    /// <summary>The error with which work ends that was paused.</summary>
    /// <param name="resumeCommand">The command that goes on with it.</param>
    public static SrpoException Paused(string resumeCommand) =>
        new(ErrorKind.Interrupted, $"paused; nothing is lost. To go on:\n  {resumeCommand}");

    /// <returns>The last statuses once all are finished; null if one was paused or stopped by somebody.</returns>
    private static async Task<PopulationStatus[]?> FollowAsync(
        RunContext context, IReadOnlyList<TrainingJob> jobs, ICoordinatorGrain[] coordinators, string resumeCommand, Action onProgress)
    {
        var statuses = new PopulationStatus[jobs.Count];
        var warned = new HashSet<string>(StringComparer.Ordinal);
        for (var poll = FirstPoll; ; poll = TimeSpan.FromTicks(Math.Min(poll.Ticks * 3 / 2, LongestPoll.Ticks)))
        {
            for (var i = 0; i < jobs.Count; i++)
            {
                var status = statuses[i] = await coordinators[i].GetStatusAsync();
                context.Observer.Report(State(jobs[i].Title, status));
                if (status.Warning is { } warning && warned.Add(warning)) context.Observer.Notice($"warning: {jobs[i].Title}: {warning}");
            }

            onProgress();
            if (statuses.FirstOrDefault(status => status.Phase == PopulationPhase.Failed) is { } failed)
                throw new SrpoException(failed.ErrorKind ?? ErrorKind.Failed, $"training of {failed.Population} failed: {failed.Error}\n`{resumeCommand}` goes on from the last checkpoints.");
            if (statuses.Any(status => status.Phase is PopulationPhase.Paused or PopulationPhase.Stopped)) return null;
            if (statuses.All(status => status.Phase == PopulationPhase.Finished)) return statuses;
            await Task.Delay(poll, context.Cancellation);
        }
    }

    /// <summary>Has what is in training paused, and waits for it, not for ever.</summary>
    private static async Task PauseAllAsync(RunContext context, IEnumerable<ICoordinatorGrain> coordinators)
    {
        context.Session.AfterInterrupt(PauseLimit);
        using var limit = new CancellationTokenSource(PauseLimit);
        try
        {
            await Task.WhenAll(coordinators.Select(PauseAsync));
        }
        catch (OperationCanceledException)
        {
            throw new SrpoException(
                ErrorKind.Environment, $"not all populations could be told to pause within {PauseLimit.TotalMinutes:0} minutes, and those go on by themselves; `srpo population pause` pauses them later");
        }

        async Task PauseAsync(ICoordinatorGrain coordinator)
        {
            try
            {
                if (await coordinator.GetStatusAsync() is not { Phase: PopulationPhase.Training }) return;
            }
            catch (UnknownGrainException)
            {
                // It was not started yet.
                return;
            }

            await Wishes.FollowAsync(context, coordinator, await Wishes.AskAsync(context, coordinator.PauseAsync, limit.Token), limit.Token);
        }
    }
}
