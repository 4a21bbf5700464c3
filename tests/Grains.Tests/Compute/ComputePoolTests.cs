using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Srpo.Grains.Compute;

namespace Srpo.Grains.Tests;

public sealed class ComputePoolTests
{
    [Fact]
    public async Task Results_and_exceptions_come_back()
    {
        using var pool = Pool(2);
        Assert.Equal(7, await pool.RunAsync(() => 7));
        var error = await Assert.ThrowsAsync<FormatException>(() => pool.RunAsync<int>(() => throw new FormatException("as told")));
        Assert.Equal("as told", error.Message);
        Assert.Equal(8, await pool.RunAsync(() => 8));
    }

    [Fact]
    public async Task As_many_jobs_run_at_once_as_there_are_workers_in_the_order_of_arrival()
    {
        using var pool = Pool(2);
        using var both = new CountdownEvent(2);
        using var go = new ManualResetEventSlim();
        var order = new ConcurrentQueue<int>();
        var blocking = Enumerable.Range(0, 2).Select(i => pool.RunAsync(() =>
        {
            both.Signal();
            go.Wait();
            return i;
        })).ToArray();
        both.Wait();
        Assert.Equal(2, pool.Running);

        var waiting = Enumerable.Range(0, 50).Select(i => pool.RunAsync(() =>
        {
            lock (order) order.Enqueue(i);
            return i;
        })).ToArray();
        Assert.Equal(50, pool.Waiting);
        Assert.Empty(order);
        go.Set();
        await Task.WhenAll(blocking);
        await Task.WhenAll(waiting);
        Assert.Equal(52, pool.Finished);
        Assert.Equal(0, pool.Waiting);
        Assert.Equal(50, order.Distinct().Count());
    }

    [Fact]
    public async Task One_worker_keeps_the_order()
    {
        using var pool = Pool(1);
        var order = new List<int>();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => pool.RunAsync(() =>
        {
            order.Add(i);
            return i;
        })));
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public async Task Continuations_run_elsewhere()
    {
        using var pool = Pool(1);
        var worker = await pool.RunAsync(() => Thread.CurrentThread);
        Assert.NotSame(worker, Thread.CurrentThread);
        Assert.StartsWith("srpo-compute-", worker.Name);
        Assert.True(worker.IsBackground);
    }

    [Fact]
    public async Task A_full_queue_keeps_callers_waiting_without_a_thread()
    {
        using var pool = Pool(1, capacity: 2);
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var first = pool.RunAsync(() =>
        {
            begun.Set();
            go.Wait();
            return 0;
        });
        begun.Wait();

        // Two wait in the queue, eight for room in it; the calls return all the same.
        var rest = Enumerable.Range(1, 10).Select(i => pool.RunAsync(() => i)).ToArray();
        Assert.Equal(2, pool.Waiting);
        go.Set();
        Assert.Equal(Enumerable.Range(1, 10), await Task.WhenAll(rest));
        await first;
    }

    [Fact]
    public async Task A_job_cancelled_before_its_turn_does_not_run()
    {
        using var pool = Pool(1, capacity: 1);
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var first = pool.RunAsync(() =>
        {
            begun.Set();
            go.Wait();
            return 0;
        });
        begun.Wait();
        var ran = 0;
        var queued = pool.RunAsync(() => Interlocked.Increment(ref ran), cancel.Token);
        var outside = pool.RunAsync(() => Interlocked.Increment(ref ran), cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outside);
        go.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.RunAsync(() => 1, cancel.Token));
        await first;
        Assert.Equal(0, ran);
        Assert.Equal(1, await pool.RunAsync(() => 1));
    }

    [Fact]
    public async Task Closing_lets_running_jobs_end_and_fails_the_others()
    {
        var pool = Pool(1, capacity: 2);
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var running = pool.RunAsync(() =>
        {
            begun.Set();
            go.Wait();
            return 5;
        });
        begun.Wait();
        var waiting = Enumerable.Range(0, 5).Select(i => pool.RunAsync(() => i)).ToArray();
        var closing = Task.Run(pool.Dispose);
        foreach (var task in waiting) await Assert.ThrowsAsync<ObjectDisposedException>(() => task);
        Assert.False(closing.IsCompleted);
        go.Set();
        await closing;
        Assert.Equal(5, await running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.RunAsync(() => 1));
        pool.Dispose();
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void Options_are_checked(int workers, int capacity, int teams) => Assert.Throws<ArgumentException>(
        () => new ComputePool(Options.Create(new ComputeOptions { Workers = workers, QueueCapacity = capacity, TeamsPerLearner = teams })));

    private static ComputePool Pool(int workers, int capacity = 1024) =>
        new(Options.Create(new ComputeOptions { Workers = workers, QueueCapacity = capacity }));
}
