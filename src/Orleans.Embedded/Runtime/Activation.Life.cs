using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>How an activation comes to life and ends.</summary>
internal sealed partial class Activation
{
    // A grain that deactivates during every activation would send its callers round for ever.
    private const int MostForwards = 3;

    private Stage _stage;
    private DeactivationReason? _reason;
    private CancellationToken _deactivationToken;
    private TaskCompletionSource? _gone;
    private List<PersistentState>? _states;
    private List<IAsyncDisposable>? _held;

    private enum Stage : byte
    {
        New,
        Activating,
        Active,
        Ending,
        Deactivating,
        Gone,
    }

    public Task Deactivated
    {
        get
        {
            lock (Gate)
            {
                if (_stage == Stage.Gone)
                    return Task.CompletedTask;
                _gone ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _gone.Task;
            }
        }
    }

    public bool IsActive => _stage is Stage.Active;

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (Gate)
        {
            if (_stage == Stage.Gone || _reason is not null)
                return;
            _reason = deactivationReason;
            _deactivationToken = cancellationToken;
            if (_stage is not (Stage.Active or Stage.New))
                return; // While it activates, the end of activation looks at the reason.
            _stage = Stage.Ending;
        }

        // Before the running requests end, not after: a tick may be waiting for its token.
        StopTimers();
        Scheduler.Wake();
    }

    public void AddState(PersistentState state) => (_states ??= []).Add(state);

    /// <summary>Remembers something to dispose of when the activation ends: a stream that a caller has not read to its end.</summary>
    public void Hold(IAsyncDisposable thing) => (_held ??= []).Add(thing);

    public void Release(IAsyncDisposable thing) => _held?.Remove(thing);

    /// <summary>Fails what still runs or waits when the host cannot wait any longer.</summary>
    public void Abandon(Exception exception)
    {
        List<GrainRequest> waiting;
        lock (Gate)
        {
            _stage = Stage.Gone;
            waiting = _waiting.TakeAll();
            _firstUnseen = null;
            for (var request = _running.First; request is not null; request = request.Next)
                waiting.Add(request);
        }

        foreach (var request in waiting)
            request.TryFail(exception);
        _forget(this);
        _gone?.TrySetResult();
    }

    private async Task ActivateAsync()
    {
        try
        {
            lock (Gate)
                RequestContext.Current = _waiting.First?.Context;
            _scope = _silo.Services.CreateAsyncScope();
            using var deadline = new CancellationTokenSource(_silo.Collection.ActivationTimeout, _silo.Clock);
            using var token = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _silo.Stopping);
            GrainInstance = _class.Create(this);
            foreach (var state in _states ?? [])
                await state.ReadAsync();
            if (GrainInstance is IGrainBase grain)
                await grain.OnActivateAsync(token.Token);
        }
        catch (Exception exception)
        {
            _silo.Log.ActivationFailed(GrainId, exception);
            await DropAsync();
            foreach (var request in Leave())
                request.TryFail(exception);
            return;
        }

        lock (Gate)
        {
            _stage = _reason is null ? Stage.Active : Stage.Ending;
            _lastUsed = _silo.Clock.GetTimestamp();
            _firstUnseen = _waiting.First;
        }

        if (_reason is not null)
            StopTimers();
        Scheduler.Wake();
    }

    private async Task DeactivateAsync()
    {
        if (GrainInstance is IGrainBase grain)
        {
            using var deadline = new CancellationTokenSource(_silo.Collection.DeactivationTimeout, _silo.Clock);
            using var token = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _deactivationToken);
            try
            {
                // Also grains that ignore the token must not hold up the host.
                await grain.OnDeactivateAsync(_reason!.Value, token.Token).WaitAsync(token.Token);
            }
            catch (Exception exception)
            {
                _silo.Log.DeactivationFailed(GrainId, exception);
            }
        }

        await DropAsync();
        foreach (var request in Leave())
            Forward(request);
    }

    private void Forward(GrainRequest request)
    {
        if (request.IsLocal || request.IsSettled)
            return;

        if (++request.Forwards > MostForwards)
        {
            request.TryFail(new OrleansMessageRejectionException(
                $"{GrainId} was deactivated {MostForwards} times in a row before it could run {request.Plan.Name}."));
            return;
        }

        try
        {
            _silo.EnsureCallable();
            _silo.Catalog.Deliver(request);
        }
        catch (Exception exception)
        {
            request.TryFail(exception);
        }
    }

    /// <summary>Ends this activation for the catalog and returns the requests that nobody will run here.</summary>
    private List<GrainRequest> Leave()
    {
        List<GrainRequest> waiting;
        lock (Gate)
        {
            _stage = Stage.Gone;
            waiting = _waiting.TakeAll();
            _firstUnseen = null;
        }

        _forget(this);
        _gone?.TrySetResult();
        return waiting;
    }

    private async Task DropAsync()
    {
        var instance = GrainInstance;
        GrainInstance = null;
        StopTimers();
        try
        {
            foreach (var thing in _held ?? [])
                await thing.DisposeAsync();
            if (instance is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync();
            else
                (instance as IDisposable)?.Dispose();
            if (_scope.ServiceProvider is not null)
                await _scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            _silo.Log.DeactivationFailed(GrainId, exception);
        }

        // References may still know this object; what it held must not stay in memory for that.
        _scope = default;
        _states = null;
        _timers = null;
    }
}
