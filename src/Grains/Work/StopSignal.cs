namespace Srpo.Grains;

/// <summary>A request to stop that is made once, as a token for whoever works. It needs no disposal: there is neither timer nor handle behind it.</summary>
#pragma warning disable CA1001 // See above.
internal sealed class StopSignal
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _source = new();

    /// <summary>Whether it was made.</summary>
    public bool IsSet => _source.IsCancellationRequested;

    /// <summary>Cancelled when it was made.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Makes the request; repeating it changes nothing.</summary>
    public void Set() => _source.Cancel();

    /// <summary>Waits, and returns early, without an exception, when the request is made.</summary>
    public async Task DelayAsync(TimeSpan delay, TimeProvider time) =>
        await Task.Delay(delay, time, Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}

/// <summary>How long to wait before the next attempt: twice as long each time, up to some seconds.</summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;

    /// <summary>Something went well: the next wait is short again.</summary>
    public void Reset() => _next = First;

    /// <summary>Waits, and returns early, without an exception, when a stop is asked for.</summary>
    public Task WaitAsync(StopSignal stop)
    {
        var delay = _next;
        _next = TimeSpan.FromTicks(Math.Min(2 * delay.Ticks, Longest.Ticks));
        return stop.DelayAsync(delay, time);
    }
}
