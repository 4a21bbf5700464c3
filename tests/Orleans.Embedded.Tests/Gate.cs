using System.Collections.Concurrent;

namespace Srpo.OrleansEmbedded.Tests;

/// <summary>
/// Points where a test grain says that it arrived and waits until the test lets it go on. Looked up by key, so that grains,
/// which the runtime constructs, and tests find the same one.
/// </summary>
#pragma warning disable CA1001 // Gates live as long as the test process; their semaphores hold no handle.
internal sealed class Gate
#pragma warning restore CA1001
{
    private static readonly ConcurrentDictionary<string, Gate> All = new();

    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly SemaphoreSlim _permits = new(0);
    private int _arrived;

    public int Arrived => Volatile.Read(ref _arrived);

    public static Gate Of(string key) => All.GetOrAdd(key, _ => new Gate());

    /// <summary>For the grain: says it is here and waits.</summary>
    public Task Pass()
    {
        Interlocked.Increment(ref _arrived);
        _arrivals.Release();
        return _permits.WaitAsync();
    }

    /// <summary>For the grain: says it is here and goes on.</summary>
    public void Note()
    {
        Interlocked.Increment(ref _arrived);
        _arrivals.Release();
    }

    /// <summary>For the test: waits until one more has arrived.</summary>
    public async Task Arrival(string what) => Assert.True(await _arrivals.WaitAsync(TestHost.Patience), $"This did not happen: {what}.");

    /// <summary>For the test: lets some go on.</summary>
    public void Open(int count = 1) => _permits.Release(count);
}
