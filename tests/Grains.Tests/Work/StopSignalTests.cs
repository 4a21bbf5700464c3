using Microsoft.Extensions.Time.Testing;

namespace Srpo.Grains.Tests;

/// <summary>Waiting between attempts, and its end.</summary>
public sealed class StopSignalTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Each_wait_is_twice_as_long_up_to_five_seconds()
    {
        var (backoff, stop) = (new Backoff(_time), new StopSignal());
        foreach (var seconds in new[] { 0.25, 0.5, 1, 2, 4, 5, 5 }) await WaitsAsync(backoff, stop, TimeSpan.FromSeconds(seconds));
        backoff.Reset();
        await WaitsAsync(backoff, stop, TimeSpan.FromSeconds(0.25));
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        var stop = new StopSignal();
        var waiting = new Backoff(_time).WaitAsync(stop);
        Assert.False(waiting.IsCompleted);
        stop.Set();
        await waiting;
        await new Backoff(_time).WaitAsync(stop);
    }

    private async Task WaitsAsync(Backoff backoff, StopSignal stop, TimeSpan delay)
    {
        var waiting = backoff.WaitAsync(stop);
        _time.Advance(delay - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting;
    }
}
