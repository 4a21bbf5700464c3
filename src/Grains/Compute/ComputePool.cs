using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace Srpo.Grains.Compute;

/// <summary>
/// The silo's worker threads for rollouts, updates and matches. They are apart from the threads that run grains, so that a
/// silo under full load still answers queries. A job may prefer a worker: what a team's rollout leaves in that core's cache,
/// its update finds there. No worker idles while jobs wait: one without jobs of its own takes the oldest of another.
/// </summary>
public sealed class ComputePool : IDisposable
{
    /// <summary>The affinity of a job that may run on any worker.</summary>
    public const int Anywhere = -1;

    private readonly Lock _gate = new();
    private readonly StopSignal _closing = new();
#pragma warning disable CA2213 // Callers that wait for room are woken by Dispose and still use it; it holds no handle.
    private readonly SemaphoreSlim _room;
#pragma warning restore CA2213
    private readonly Worker[] _workers;
    private readonly Queue<Entry> _common = new();
    private long _arrivals;
    private bool _closed;
    private long _finished;
    private long _busyTicks;
    private int _running;
    private int _waiting;

    /// <summary>Starts the threads.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public ComputePool(IOptions<ComputeOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Value.Validate();
        Options = options.Value;
        _room = new SemaphoreSlim(options.Value.QueueCapacity, options.Value.QueueCapacity);
        _workers = new Worker[options.Value.Workers];
        for (var i = 0; i < _workers.Length; i++)
        {
            var worker = new Worker();
            _workers[i] = worker;
            worker.Thread = new Thread(() => Work(worker)) { IsBackground = true, Name = "srpo-compute-" + i.ToString(CultureInfo.InvariantCulture) };
        }

        foreach (var worker in _workers) worker.Thread!.Start();
    }

    /// <summary>Cancelled when the pool closes, so that long jobs can end early.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>How much of the machine it uses, and how long its work is waited for.</summary>
    internal ComputeOptions Options { get; }

    /// <summary>Number of worker threads.</summary>
    public int Workers => _workers.Length;

    /// <summary>Jobs that wait for a worker now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

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
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Cancels a job that has not begun.</param>
    /// <param name="affinity">Jobs of equal affinity prefer the same worker; <see cref="Anywhere"/> or any number of at least 0.</param>
    /// <exception cref="ObjectDisposedException">The silo is shutting down.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation = default, int affinity = Anywhere)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<T>(cancellation);
        var job = new ComputeJob<T>(work, cancellation);
        if (!_room.Wait(0, CancellationToken.None)) return RunWhenRoomAsync(job, cancellation, affinity);
        Add(job, affinity);
        return job.Task;
    }

    /// <summary>Cancels <see cref="Closing"/>, lets the running jobs end, fails the waiting ones and ends the threads.</summary>
    public void Dispose()
    {
        var abandoned = new List<Entry>();
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            foreach (var queue in _workers.Select(worker => worker.Own).Append(_common))
            {
                abandoned.AddRange(queue);
                queue.Clear();
            }

            _waiting = 0;
            foreach (var worker in _workers) worker.WakeIfIdle();
        }

        _closing.Set();
        foreach (var entry in abandoned)
        {
            entry.Job.Abandon(Closed());
            _room.Release();
        }

        foreach (var worker in _workers)
        {
            if (worker.Thread != Thread.CurrentThread) worker.Thread!.Join();
        }
    }

    private static ObjectDisposedException Closed() => new(nameof(ComputePool), "The silo is shutting down; its workers take no more jobs.");

    private async Task<T> RunWhenRoomAsync<T>(ComputeJob<T> job, CancellationToken cancellation, int affinity)
    {
        await _room.WaitAsync(cancellation);
        Add(job, affinity);
        return await job.Task;
    }

    private void Add(IComputeJob job, int affinity)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                var preferred = affinity < 0 ? null : _workers[affinity % _workers.Length];
                (preferred?.Own ?? _common).Enqueue(new Entry(_arrivals++, job));
                _waiting++;
                if (preferred?.WakeIfIdle() == true) return;
                foreach (var worker in _workers)
                {
                    if (worker.WakeIfIdle()) return;
                }

                return;
            }
        }

        _room.Release();
        job.Abandon(Closed());
    }

    private void Work(Worker worker)
    {
        while (Take(worker) is { } job)
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

    private IComputeJob? Take(Worker worker)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_closed) return null;
                if ((Oldest(worker.Own, _common) ?? OldestOfOthers()) is { } queue)
                {
                    _waiting--;
                    return queue.Dequeue().Job;
                }

                worker.Idle = true;
            }

            worker.Signal.Wait();
        }
    }

    private Queue<Entry>? OldestOfOthers()
    {
        Queue<Entry>? oldest = null;
        foreach (var worker in _workers) oldest = Oldest(oldest, worker.Own);
        return oldest;
    }

    /// <summary>The queue whose head arrived first; null if both are empty.</summary>
    private static Queue<Entry>? Oldest(Queue<Entry>? a, Queue<Entry> b)
    {
        if (a is null || a.Count == 0) return b.Count == 0 ? null : b;
        return b.Count == 0 || a.Peek().Arrival < b.Peek().Arrival ? a : b;
    }

    /// <summary>A job with the number of its arrival.</summary>
    private readonly record struct Entry(long Arrival, IComputeJob Job);

    /// <summary>A thread and the jobs that prefer it. Queue and flag are guarded by the pool's gate.</summary>
    private sealed class Worker
    {
        public Thread? Thread { get; set; }

        public Queue<Entry> Own { get; } = new();

        public SemaphoreSlim Signal { get; } = new(0);

        public bool Idle { get; set; }

        public bool WakeIfIdle()
        {
            if (!Idle) return false;
            Idle = false;
            Signal.Release();
            return true;
        }
    }
}

/// <summary>Work that waits for a worker of a <see cref="ComputePool"/>.</summary>
internal interface IComputeJob
{
    /// <summary>Does the work and completes its task, whatever happens.</summary>
    void Run();

    /// <summary>Completes the task of a job that will never run.</summary>
    void Abandon(Exception reason);
}

/// <summary>
/// Work and its task in one object. Continuations never run on the worker: they go back to the grain that awaits, and the
/// worker takes the next job.
/// </summary>
internal sealed class ComputeJob<T>(Func<T> work, CancellationToken cancellation)
    : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IComputeJob
{
    public void Run()
    {
        if (cancellation.IsCancellationRequested)
        {
            TrySetCanceled(cancellation);
            return;
        }

        try
        {
            TrySetResult(work());
        }
        catch (OperationCanceledException cancelled) when (cancelled.CancellationToken.IsCancellationRequested)
        {
            TrySetCanceled(cancelled.CancellationToken);
        }
        catch (Exception error)
        {
            TrySetException(error);
        }
    }

    public void Abandon(Exception reason) => TrySetException(reason);
}

/// <summary>How much of the machine rollouts, updates and matches may use.</summary>
public sealed class ComputeOptions
{
    /// <summary>Worker threads of the silo, 1 to 1024. <value>By default the number of processors.</value></summary>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>Jobs that may wait for a worker, at least 1; whoever adds more waits without holding a thread. <value>1024 by default.</value></summary>
    public int QueueCapacity { get; set; } = 1024;

    /// <summary>
    /// Teams of a population that a learner trains at the same time, 1 to 1024. More than one keeps the workers busy while
    /// messages travel. <value>2 by default.</value>
    /// </summary>
    public int TeamsPerLearner { get; set; } = 2;

    /// <summary>
    /// Time without a rollout after which an environment lets its buffers go, 1 ms to a day; the next rollout makes them anew.
    /// <value>15 seconds by default.</value>
    /// </summary>
    public TimeSpan EnvironmentRest { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a call between grains waits for the work that it asks for; then its caller asks again. Well below
    /// <see cref="Hosting.SrpoSiloBuilderExtensions.LostAfter"/>. <value>5 seconds by default.</value>
    /// </summary>
    internal TimeSpan Answer { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Throws if a number is out of range.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and the range.</exception>
    public void Validate()
    {
        Check(nameof(Workers), Workers, 1024);
        Check(nameof(QueueCapacity), QueueCapacity, 1_000_000);
        Check(nameof(TeamsPerLearner), TeamsPerLearner, 1024);
        if (EnvironmentRest < TimeSpan.FromMilliseconds(1) || EnvironmentRest > TimeSpan.FromDays(1))
            throw new ArgumentException(FormattableString.Invariant($"{nameof(ComputeOptions)}.{nameof(EnvironmentRest)} is {EnvironmentRest}; use a time from 1 ms to a day"));
    }

    private static void Check(string name, int value, int high)
    {
        if (value < 1 || value > high)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(ComputeOptions)}.{name} is {value}; use a whole number from 1 to {high}"));
    }
}
