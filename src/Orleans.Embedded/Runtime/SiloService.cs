using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>
/// Starts and stops the runtime with the host. Stopping is graceful and bounded: timers stop, running requests finish,
/// every activation is deactivated; what does not end in time is abandoned and its callers hear of it.
/// </summary>
internal sealed class SiloService(EmbeddedSilo silo, IEnumerable<IStartupTask> startupTasks) : IHostedService, IDisposable
{
    // Draining is looked at again and again, because calls keep no count that could wake somebody.
    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan SlowestWatch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FastestWatch = TimeSpan.FromMilliseconds(10);

    private ITimer? _watch;
    private ITimer? _collector;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        silo.Log.Started(EmbeddedRuntime.Banner, silo.Classes.Count);
        silo.Stage = SiloStage.Running;
        silo.ShortestTimeoutChanged = SetWatch;
        _watch = silo.Clock.CreateTimer(_ => silo.Catalog.FailOverdue(silo.Clock.GetTimestamp()), null, SlowestWatch, SlowestWatch);
        SetWatch();
        var quantum = silo.Collection.CollectionQuantum;
        _collector = silo.Clock.CreateTimer(_ => CollectIdle(), null, quantum, quantum);
        foreach (var task in startupTasks)
            await task.Execute(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (silo.Stage is SiloStage.New or SiloStage.Stopped)
            return;

        // The bound is in real time also under a test's clock: a host that stops must end.
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(silo.Collection.DeactivationTimeout);
        silo.Stage = SiloStage.Draining;
        _collector?.Dispose();
        foreach (var activation in silo.Catalog.Activations())
            activation.StopTimers();
        await DrainAsync(bound.Token);

        silo.Stage = SiloStage.Deactivating;
        await DeactivateAllAsync(bound.Token);
        silo.Stage = SiloStage.Stopped;
        silo.Catalog.DeleteObservers();
        _watch?.Dispose();
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _collector?.Dispose();
    }

    private async Task DrainAsync(CancellationToken bound)
    {
        while (!bound.IsCancellationRequested && silo.Catalog.Activations().Any(a => a.Load > 0))
            await Task.Delay(DrainStep, CancellationToken.None);
    }

    private async Task DeactivateAllAsync(CancellationToken bound)
    {
        var activations = silo.Catalog.Activations();
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The host is stopping.");
        foreach (var activation in activations)
            activation.Deactivate(reason, bound);

        try
        {
            await Task.WhenAll(activations.Select(a => a.Deactivated)).WaitAsync(bound);
        }
        catch (OperationCanceledException)
        {
            // A moment for those that heed the token.
            await Task.WhenAny(Task.WhenAll(activations.Select(a => a.Deactivated)), Task.Delay(DrainStep * 20, CancellationToken.None));
        }

        var late = silo.Catalog.Activations();
        foreach (var activation in late)
            activation.Abandon(new SiloUnavailableException($"The host stopped before {activation.GrainId} had finished this request."));
        if (late.Count > 0)
            silo.Log.Abandoned(late.Count, late[0].ToString());
        silo.Log.Stopped(activations.Count - late.Count);
    }

    private void CollectIdle()
    {
        var now = silo.Clock.GetTimestamp();
        foreach (var activation in silo.Catalog.Activations().Where(a => a.IsIdle(now)))
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Nobody used the grain for its collection age."));
    }

    private void SetWatch()
    {
        var half = silo.ShortestTimeout / 2;
        var period = half > SlowestWatch ? SlowestWatch : half < FastestWatch ? FastestWatch : half;
        _watch?.Change(period, period);
    }
}
