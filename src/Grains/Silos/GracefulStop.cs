using Microsoft.Extensions.Logging;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>
/// Stores what is under way before the silo shuts down, and lets other silos go on with it. Stages of the lifecycle stop in reverse
/// order, so this one, after all others, stops while all grains still answer.
/// </summary>
internal sealed class GracefulStop(GrainHost host, ILogger<GracefulStop> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>How long what belongs to nobody's session, because its coordinator died, is waited for.</summary>
    private static readonly TimeSpan Orphans = TimeSpan.FromSeconds(10);

    private readonly ActiveWork _work = host.Work;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(GracefulStop), ServiceLifecycleStage.Active + 1, _ => Task.CompletedTask, StopAsync);

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        // A host that gives no time at all wants an end and no order; the other silos and the last checkpoints are enough.
        if (cancellationToken.IsCancellationRequested) return;
        _work.Stopping = true;
        var populations = _work.Populations.Keys.Select(name => TryAsync(name, () => host.Grains.GetGrain<ICoordinatorGrain>(name).SuspendAsync()));
        var tournaments = _work.Tournaments.Keys.Select(name => TryAsync(name, () => host.Grains.GetGrain<ITournamentGrain>(name).SuspendAsync()));
        try
        {
            await Task.WhenAll(populations.Concat(tournaments).Append(DrainAsync(cancellationToken))).WaitAsync(cancellationToken);

            // They were asked to end; they leave this list when their ends are stored.
            while (!(_work.Populations.IsEmpty && _work.Tournaments.IsEmpty)) await Task.Delay(Poll, host.Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            logger.LogWarning("There was no time to store everything before the end; what is missing is computed again.");
        }
    }

    /// <summary>Teams of coordinators elsewhere end their rounds here, and their coordinators store and move them.</summary>
    private async Task DrainAsync(CancellationToken cancellation)
    {
        await Task.WhenAll(_work.Learners.Keys.Select(key => TryAsync(key, () => host.Grains.GetGrain<ITeamLearner>(key).DrainAsync())));

        // One silo alone has only coordinators of its own, which wait for their teams.
        if (!_work.Unattended) return;

        var start = host.Time.GetTimestamp();
        while (!(_work.Teams.IsEmpty && _work.Unstored.IsEmpty) && host.Time.GetElapsedTime(start) < Orphans) await Task.Delay(Poll, host.Time, cancellation);
    }

    private async Task TryAsync(string name, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception error)
        {
            logger.LogWarning(error, "{Name} could not be stored before the end; it goes on from its last checkpoint.", name);
        }
    }
}
