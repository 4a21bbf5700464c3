namespace Srpo.Grains;

/// <summary>How long to wait before the next attempt: twice as long each time, up to some seconds.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;

    /// <summary>Something went well: the next wait is short again.</summary>
    public void Reset() => _next = First;

    /// <summary>Waits, or returns early, without an exception, when cancelled.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        var time = _next;
        _next = TimeSpan.FromTicks(Math.Min(2 * time.Ticks, Longest.Ticks));
        await Task.Delay(time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
