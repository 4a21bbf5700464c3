using Orleans;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>
/// An object that grains call. Its calls run one after the other on the thread pool. The object is held weakly, as in
/// Orleans, so that a forgotten observer does not live as long as the host.
/// </summary>
internal sealed class ObserverTarget(IGrainObserver observer, GrainId id, EmbeddedSilo silo) : CallTarget
{
    private readonly WeakReference<IGrainObserver> _observer = new(observer);
    private readonly Lock _gate = new();
    private RequestList _waiting;
    private RequestList _running;
    private bool _busy;
    private bool _gone;

    public override bool Receive(GrainRequest request)
    {
        lock (_gate)
        {
            if (_gone)
                return false;
            _waiting.Add(request);
            if (_busy)
                return true;
            _busy = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static target => _ = target.RunAsync(), this, preferLocal: false);
        return true;
    }

    public override void FailOverdue(long now)
    {
        lock (_gate)
        {
            _waiting.FailOverdue(now);
            _running.FailOverdue(now);
        }
    }

    public override void Collect(List<Activation> activations)
    {
    }

    /// <summary>Ends the reference; what waits fails.</summary>
    public void Delete()
    {
        List<GrainRequest> waiting;
        lock (_gate)
        {
            _gone = true;
            waiting = _waiting.TakeAll();
        }

        foreach (var request in waiting)
            request.TryFail(NotThere(id));
    }

    public static ClientNotAvailableException NotThere(GrainId id) => new(
        $"The observer {id} is gone: its reference was deleted, or nobody but the runtime knew the object any more. "
        + "Keep a reference to an observer for as long as it shall be called.");

    private async Task RunAsync()
    {
        while (true)
        {
            GrainRequest request;
            lock (_gate)
            {
                if (_waiting.First is null)
                {
                    _busy = false;
                    return;
                }

                request = _waiting.First;
                _waiting.Remove(request);
                _running.Add(request);
            }

            if (!request.IsSettled)
                await RunAsync(request);
            lock (_gate)
                _running.Remove(request);
        }
    }

    private async Task RunAsync(GrainRequest request)
    {
        if (!_observer.TryGetTarget(out var target))
        {
            request.TryFail(NotThere(id));
            return;
        }

        RequestContext.Current = request.Context;
        Task? outcome = null;
        try
        {
            outcome = request.Call(target);
            await outcome;
        }
        catch (Exception exception)
        {
            if (!request.IsAwaited)
                silo.Log.OneWayFailed(request, id, exception);
            if (outcome is null)
            {
                request.TryFail(exception);
                return;
            }
        }

        request.TryComplete(outcome);
    }
}
