using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>
/// A grain in memory: its object, the requests that run and wait, and the state of its life. This part holds the identity
/// and takes and finishes requests; the other parts admit them, and bring the grain to life and to its end.
/// </summary>
internal sealed partial class Activation : CallTarget, IGrainContext
{
    private readonly GrainClass _class;
    private readonly EmbeddedSilo _silo;
    private readonly Action<Activation> _forget;
    private GrainReference? _reference;
    private AsyncServiceScope _scope;
    private long _lastUsed;
    private long _keepUntil;

    public Activation(GrainClass grainClass, GrainId id, EmbeddedSilo silo, Action<Activation> forget)
    {
        _class = grainClass;
        _silo = silo;
        _forget = forget;
        GrainId = id;
        Scheduler = new ActivationScheduler(this);
        _lastUsed = silo.Clock.GetTimestamp();
    }

    /// <summary>Guards the lists, the state and the scheduler's queue.</summary>
    public Lock Gate { get; } = new();

    public ActivationScheduler Scheduler { get; }

    public GrainClass Class => _class;

    public EmbeddedSilo Silo => _silo;

    public GrainId GrainId { get; }

    public GrainReference GrainReference => _reference ??= new GrainReference(_silo, GrainId);

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider ?? _silo.Services;

    public override bool Receive(GrainRequest request)
    {
        bool wake;
        lock (Gate)
        {
            if (_stage == Stage.Gone)
                return false;
            _waiting.Add(request);
            _firstUnseen ??= request;
            wake = Scheduler.NeedsWaking();
        }

        if (wake)
            ThreadPool.UnsafeQueueUserWorkItem(Scheduler, preferLocal: true);
        return true;
    }

    /// <summary>Called in a turn of this activation when a request's task is done.</summary>
    public void Finish(GrainRequest request, Task outcome)
    {
        if (outcome.IsFaulted)
        {
            // Reading the exception also marks it as observed, for callers who have left.
            var exception = outcome.Exception!.InnerException!;
            NoteFailure(request, exception);
        }

        Remove(request);
        request.TryComplete(outcome);
    }

    /// <summary>Called in a turn of this activation when a method threw before it returned a task.</summary>
    public void Finish(GrainRequest request, Exception exception)
    {
        NoteFailure(request, exception);
        Remove(request);
        request.TryFail(exception);
    }

    public override void FailOverdue(long now)
    {
        lock (Gate)
        {
            _waiting.FailOverdue(now);
            _running.FailOverdue(now);
        }
    }

    public override void Collect(List<Activation> activations) => activations.Add(this);

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override string ToString() => $"{GrainId} ({_class.Type})";

    public void DelayDeactivation(TimeSpan time)
    {
        var until = time <= TimeSpan.Zero ? 0
            : time >= EmbeddedSilo.Forever ? long.MaxValue
            : _silo.Clock.GetTimestamp() + _silo.ToTimestamp(time);
        lock (Gate)
            _keepUntil = until;
    }

    /// <summary>Whether nobody used the grain for its collection age. Stages other than active are never idle.</summary>
    public bool IsIdle(long now) => _class.CollectionAge is { } age && IsIdle(now, age);

    public bool IsIdle(long now, TimeSpan age)
    {
        lock (Gate)
        {
            return _stage == Stage.Active && _running.Count == 0 && _waiting.Count == 0
                && now >= _keepUntil && now - _lastUsed >= _silo.ToTimestamp(age);
        }
    }

    /// <summary>How many requests run or wait; the pool of stateless workers and the drain look at it.</summary>
    public int Load
    {
        get
        {
            lock (Gate)
                return _running.Count + _waiting.Count;
        }
    }

    private void NoteFailure(GrainRequest request, Exception exception)
    {
        if (!request.IsAwaited)
            _silo.Log.OneWayFailed(request, GrainId, exception);

        if (exception is InconsistentStateException { IsSourceActivation: true } conflict)
        {
            // Memory is out of date: the next call must read the record again. Callers further up are not out of date.
            conflict.IsSourceActivation = false;
            Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "The stored state was changed by somebody else."));
        }
    }
}
