using Microsoft.Extensions.Logging;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>
/// Calls the grain of everything under way, again and again. A grain that died with its silo is activated elsewhere by the
/// call and goes on. Every silo of a cluster has a watchman; the one on the silo with the lowest address acts. While two silos
/// disagree on who that is, both call, which is harmless.
/// </summary>
internal sealed class Watchman(ActiveSilos active, GrainHost host, ILogger<Watchman> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HashSet<(WorkKind Kind, string Name)> _asked = [];
    private readonly StopSignal _stop = new();
    private Task _watching = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(Watchman),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _watching = Task.Run(WatchAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        _ =>
        {
            _stop.Set();
            return _watching;
        });

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Period, host.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (host.Work.Stopping || !(active.Get() is [var first, ..] && first.Equals(host.Here))) continue;
                await LookAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task LookAsync()
    {
        foreach (var kind in Enum.GetValues<WorkKind>())
        {
            try
            {
                var names = await host.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetUnderWayAsync(kind).WaitAsync(Patience, host.Time);
                foreach (var name in names) _ = AskAsync(kind, name);
            }
            catch (Exception error)
            {
                logger.LogWarning(error, "What is under way cannot be looked up; it is tried again in {Seconds} seconds.", Period.TotalSeconds);
            }
        }
    }

    /// <summary>Asks one; while it has not answered it is not asked again.</summary>
    private async Task AskAsync(WorkKind kind, string name)
    {
        lock (_asked)
        {
            if (!_asked.Add((kind, name))) return;
        }

        try
        {
            // One that has ended takes itself off the list: nobody else knows whether it is begun again at this moment.
            if (kind == WorkKind.Population) await host.Grains.GetGrain<ICoordinatorGrain>(name).EnsureRunningAsync();
            else await host.Grains.GetGrain<ITournamentGrain>(name).EnsureRunningAsync();
        }
        catch (WorkPendingException)
        {
            // It has begun.
        }
        catch (Exception error)
        {
            logger.LogWarning(error, "{Kind} {Name} is under way but could not be asked; it is tried again.", kind, name);
        }
        finally
        {
            lock (_asked) _asked.Remove((kind, name));
        }
    }
}
