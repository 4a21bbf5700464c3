using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

public sealed class StorageRetryTests
{
    private readonly StorageHealth _health = new();
    private int _probes;
    private bool _up;

    [Fact]
    public async Task Operations_of_an_outage_wait_for_one_loop_of_probes()
    {
        using var retry = Retry(TimeSpan.FromMinutes(1));
        var attempts = 0;
        var operations = Enumerable.Range(0, 20).Select(i => retry.RunAsync(attempt =>
        {
            Interlocked.Increment(ref attempts);
            return Volatile.Read(ref _up) ? Task.FromResult((i, attempt)) : throw new IOException("away");
        })).ToList();
        await Until.HoldsAsync("three probes", () => Volatile.Read(ref _probes) >= 3);
        Assert.Equal(20, attempts);
        Assert.Matches("^storage 'test' has not answered for [0-9]+ s: because away$", _health.Problem);
        var available = _health.WhenAvailableAsync(CancellationToken.None);
        Assert.False(available.IsCompleted);

        Volatile.Write(ref _up, true);
        var results = await Task.WhenAll(operations);
        await available;
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (i, 1)), results);
        Assert.Null(_health.Problem);
    }

    [Fact]
    public async Task Other_errors_pass_at_once_and_patience_ends()
    {
        using var retry = Retry(TimeSpan.FromMilliseconds(150));
        await Assert.ThrowsAsync<InconsistentStateException>(() => retry.RunAsync<int>(_ => throw new InconsistentStateException("conflict")));
        Assert.Null(_health.Problem);
        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => retry.RunAsync<int>(_ => throw new IOException("away")));
        Assert.Matches("^storage 'test' did not answer for [0-9]+ s: because away$", error.Message);
    }

    [Fact]
    public async Task The_end_of_the_host_ends_the_waiting()
    {
        var retry = Retry(TimeSpan.FromMinutes(1));
        var waiting = retry.RunAsync<int>(_ => throw new IOException("away"));
        Assert.False(waiting.IsCompleted);
        retry.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        retry.Dispose();
    }

    [Fact]
    public async Task An_outage_lasts_since_the_first_operation_began_that_got_no_answer()
    {
        using var retry = Retry(TimeSpan.FromMinutes(1));
        var waiting = retry.RunAsync(async attempt =>
        {
            if (attempt > 0) return "answer";
            await Task.Delay(TimeSpan.FromSeconds(1));
            throw new IOException("no answer in time");
        });
        await Until.HoldsAsync("the outage is noticed", () => _health.Problem is not null);
        Assert.Matches("has not answered for [1-9][0-9]* s", _health.Problem);
        Volatile.Write(ref _up, true);
        Assert.Equal("answer", await waiting);
    }

    private StorageRetry Retry(TimeSpan patience) => new(
        new RetryPolicy("test", patience, error => error is IOException, error => "because " + error.Message, _ =>
        {
            Interlocked.Increment(ref _probes);
            return Volatile.Read(ref _up) ? Task.CompletedTask : throw new IOException("away");
        }),
        _health,
        NullLogger.Instance);
}
