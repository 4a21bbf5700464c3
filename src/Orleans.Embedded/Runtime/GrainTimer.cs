using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>
/// A timer whose ticks are one-way requests of the grain to itself. The clock is wound anew after each tick, so ticks of
/// one timer never overlap.
/// </summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _stopped = new();
    private readonly CancellationToken _token;
    private readonly ITimer _clock;
    private readonly Lock _gate = new();
    private TimeSpan _due;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _options = options;
        _token = _stopped.Token;

        // Ticks must not carry the ambient values of whatever request made the timer.
        var restore = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        try
        {
            _clock = activation.Silo.Clock.CreateTimer(
                static timer => ((GrainTimer)timer!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (restore != default)
                restore.Undo();
        }
    }

    public static void CheckTimes(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((long)dueTime.TotalMilliseconds, -1, nameof(dueTime));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)dueTime.TotalMilliseconds, uint.MaxValue - 1, nameof(dueTime));
        ArgumentOutOfRangeException.ThrowIfLessThan((long)period.TotalMilliseconds, -1, nameof(period));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)period.TotalMilliseconds, uint.MaxValue - 1, nameof(period));
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        CheckTimes(dueTime, period);
        lock (_gate)
        {
            _due = dueTime;
            _period = period;
            _changed = true;
            if (!_ticking && !_token.IsCancellationRequested)
                _clock.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_token.IsCancellationRequested)
                return;
            _clock.Dispose();
            _stopped.Cancel();
        }

        _stopped.Dispose();
        _activation.Forget(this);
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_token.IsCancellationRequested)
                return;
            _ticking = true;
        }

        _activation.Receive(new TickRequest(this) { Plan = TickRequest.TickPlan, Target = _activation.GrainId });
    }

    private async Task RunAsync()
    {
        if (_token.IsCancellationRequested)
            return;

        lock (_gate)
            _changed = false;
        try
        {
            await _callback(_token);
        }
        finally
        {
            lock (_gate)
            {
                _ticking = false;
                if (!_token.IsCancellationRequested)
                    _clock.Change(_changed ? _due : _period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private sealed class TickRequest(GrainTimer timer) : VoidRequest
    {
        public static readonly MethodPlan TickPlan = new(typeof(IGrainTimer), typeof(IDisposable).GetMethod(nameof(IDisposable.Dispose))!);

        internal override bool Interleaves => timer._options.Interleave;

        internal override bool KeepsAlive => timer._options.KeepAlive;

        internal override bool IsLocal => true;

        public override Task Call(object target) => timer.RunAsync();
    }
}
