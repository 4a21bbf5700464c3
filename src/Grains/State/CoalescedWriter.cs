using System.Diagnostics;

namespace Srpo.Grains;

/// <summary>
/// Merges many wishes to store a record into few writes: one write at a time, and a write begun after a wish fulfils it. Runs
/// on the scheduler of the grain that owns it; not thread-safe beyond that.
/// </summary>
internal sealed class CoalescedWriter(Func<Task> write)
{
    /// <summary>A wish that nobody waits for may be postponed until writing takes at most a tenth of the time.</summary>
    private const int Spacing = 10;

    private Task _running = Task.CompletedTask;
    private Task? _next;
    private long _readyAt;

    /// <summary>Stores what is in memory now or later; returns when that is done, and fails if it fails.</summary>
    public Task WriteAsync()
    {
        if (_next is not null) return _next;
        return _running.IsCompleted ? _running = RunAsync() : _next = RunAfterAsync(_running);
    }

    /// <summary>Whether the last write is long enough ago for one that nobody waits for.</summary>
    public bool IsDue => _next is null && _running.IsCompleted && Stopwatch.GetTimestamp() >= _readyAt;

    private async Task RunAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _next = null;
        await (_running = RunAsync());
    }

    private async Task RunAsync()
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await write();
        }
        finally
        {
            var end = Stopwatch.GetTimestamp();
            _readyAt = end + Spacing * (end - start);
        }
    }
}
