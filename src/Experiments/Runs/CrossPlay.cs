using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Experiments.Runs;

/// <summary>Plays tournaments and waits for them; Ctrl-C stops after the tiles in flight.</summary>
public static class CrossPlay
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseLimit = TimeSpan.FromMinutes(2);

    /// <summary>Plays one tournament to its end.</summary>
    /// <param name="context">What the run works with.</param>
    /// <param name="id">Id of the tournament.</param>
    /// <param name="title">Its name in progress and messages.</param>
    /// <param name="spec">Who plays, and where.</param>
    /// <param name="resumeCommand">The command that goes on with it.</param>
    /// <param name="onProgress">Called at every look at it.</param>
    /// <exception cref="SrpoException">It failed, or was paused.</exception>
    public static async Task<TournamentStatus> RunAsync(
        RunContext context, string id, string title, TournamentSpec spec, string resumeCommand, Action onProgress)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var tournament = context.Session.Grains.GetGrain<ITournamentGrain>(id);
        try
        {
            var status = await Wishes.AskAsync(context, () => tournament.StartAsync(spec), context.Cancellation);
            var (stepsBefore, secondsBefore) = (status.EnvironmentSteps, status.Seconds);
            var warned = new HashSet<string>(StringComparer.Ordinal);
            for (var poll = FirstPoll; ; poll = TimeSpan.FromTicks(Math.Min(poll.Ticks * 3 / 2, LongestPoll.Ticks)))
            {
                var seconds = status.Seconds - secondsBefore;
                var rate = seconds > 0 ? (status.EnvironmentSteps - stepsBefore) / seconds : 0;
                context.Observer.Report(new WorkState($"cross-play {title}", status.Finished ? 1 : (double)status.PairsDone / Math.Max(1, status.PairsTotal), rate));
                onProgress();
                if (status.Warning is { } warning && warned.Add(warning)) context.Observer.Notice($"warning: {title}: {warning}");
                if (status.Error is { } error)
                    throw new SrpoException(status.ErrorKind ?? ErrorKind.Failed, $"the tournament {id} failed: {error}\n`{resumeCommand}` goes on with the pairs that are not played.");
                if (status.Finished) return status;
                await Task.Delay(poll, context.Cancellation);
                status = await tournament.GetStatusAsync();
            }
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            // It may have begun although the start was not answered.
            context.Observer.Notice("pausing: pairs in flight are finished and stored (Ctrl-C again ends at once)");
            await PauseAsync(context, tournament, id);
            throw PopulationTraining.Paused(resumeCommand);
        }
    }

    /// <summary>Notes the pause and waits until it is carried out, not for ever.</summary>
    private static async Task PauseAsync(RunContext context, ITournamentGrain tournament, string id)
    {
        context.Session.AfterInterrupt(PauseLimit);
        using var limit = new CancellationTokenSource(PauseLimit);
        try
        {
            var status = await Wishes.AskAsync(context, tournament.PauseAsync, limit.Token);
            while (status.Playing)
            {
                await Task.Delay(FirstPoll, limit.Token);
                status = await tournament.GetStatusAsync();
            }
        }
        catch (UnknownGrainException)
        {
            // It had not begun.
        }
        catch (OperationCanceledException)
        {
            throw new SrpoException(
                ErrorKind.Environment, $"the tournament {id} could not be paused within {PauseLimit.TotalMinutes:0} minutes and goes on by itself; what it plays is stored");
        }
    }
}
