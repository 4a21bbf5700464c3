using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace Srpo.Grains.Compute;

/// <summary>
/// The silo's worker threads for rollouts, updates and matches. They are apart from the threads that run grains, so that a
/// silo under full load still answers queries. Jobs start in the order in which they were added.
/// </summary>
public sealed class ComputePool : IDisposable
{
    private readonly Queue<IComputeJob> _queue = new();
#pragma warning disable CA2213 // Callers that wait for room are woken by Dispose and still use it; it holds no handle.
    private readonly SemaphoreSlim _room;
#pragma warning restore CA2213
    private readonly Thread[] _threads;
    private readonly int _capacity;
    private bool _closed;
    private long _finished;
    private long _busyTicks;
    private int _running;

    /// <summary>Starts the threads.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ComputePool(IOptions<ComputeOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Value.Validate();
        _capacity = options.Value.QueueCapacity;
        _room = new SemaphoreSlim(_capacity, _capacity);
        _threads = new Thread[options.Value.Workers];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = "srpo-compute-" + i.ToString(CultureInfo.InvariantCulture) };
            _threads[i].Start();
        }
    }

    /// <summary>Number of worker threads.</summary>
    public int Workers => _threads.Length;

    /// <summary>Jobs that wait for a worker now.</summary>
    public int Waiting
    {
        get
        {
            lock (_queue) return _queue.Count;
        }
    }

    /// <summary>Jobs that run now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Jobs done since the start.</summary>
    public long Finished => Interlocked.Read(ref _finished);

    /// <summary>Seconds that workers spent on jobs since the start, summed over workers.</summary>
    public double BusySeconds => Interlocked.Read(ref _busyTicks) / (double)Stopwatch.Frequency;

    /// <summary>
    /// Runs work on a worker. The call returns at once; with a full queue the task waits for room before it is queued. An
    /// exception of the work is the task's; a job cancelled before its turn does not run.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The silo is shutting down.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<T>(cancellation);
        var job = new ComputeJob<T>(work, cancellation);
        if (!_room.Wait(0, CancellationToken.None)) return RunWhenRoomAsync(job, cancellation);
        Add(job);
        return job.Task;
    }

    /// <summary>Lets the running jobs end, fails the waiting ones and ends the threads.</summary>
    public void Dispose()
    {
        List<IComputeJob> abandoned;
        lock (_queue)
        {
            if (_closed) return;
            _closed = true;
            abandoned = [.. _queue];
            _queue.Clear();
            Monitor.PulseAll(_queue);
        }

        foreach (var job in abandoned)
        {
            job.Abandon(Closed());
            _room.Release();
        }

        foreach (var thread in _threads)
        {
            if (thread != Thread.CurrentThread) thread.Join();
        }
    }

    private static ObjectDisposedException Closed() => new(nameof(ComputePool), "The silo is shutting down; its workers take no more jobs.");

    private async Task<T> RunWhenRoomAsync<T>(ComputeJob<T> job, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        Add(job);
        return await job.Task;
    }

    private void Add(IComputeJob job)
    {
        lock (_queue)
        {
            if (!_closed)
            {
                _queue.Enqueue(job);
                Monitor.Pulse(_queue);
                return;
            }
        }

        _room.Release();
        job.Abandon(Closed());
    }

    private void Work()
    {
        while (Take() is { } job)
        {
            _room.Release();
            Interlocked.Increment(ref _running);
            var start = Stopwatch.GetTimestamp();
            job.Run();
            Interlocked.Add(ref _busyTicks, Stopwatch.GetTimestamp() - start);
            Interlocked.Decrement(ref _running);
            Interlocked.Increment(ref _finished);
        }
    }

    private IComputeJob? Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_closed) return null;
                Monitor.Wait(_queue);
            }

            return _queue.Dequeue();
        }
    }
}
