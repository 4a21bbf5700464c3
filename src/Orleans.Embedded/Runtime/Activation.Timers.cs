using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>The timers of an activation.</summary>
internal sealed partial class Activation
{
    private List<GrainTimer>? _timers;
    private bool _timersStopped;

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        GrainTimer.CheckTimes(options.DueTime, options.Period);
        var timer = new GrainTimer(this, callback, options);
        lock (Gate)
        {
            if (_timersStopped)
                throw new InvalidOperationException($"{GrainId} is being deactivated, so it cannot start a timer.");
            (_timers ??= []).Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (Gate)
            _timers?.Remove(timer);
    }

    /// <summary>Also called at the start of a shutdown, since ticks would start new work for ever.</summary>
    public void StopTimers()
    {
        GrainTimer[] timers;
        lock (Gate)
        {
            _timersStopped = true;
            timers = _timers?.ToArray() ?? [];
        }

        foreach (var timer in timers)
            timer.Dispose();
    }
}
