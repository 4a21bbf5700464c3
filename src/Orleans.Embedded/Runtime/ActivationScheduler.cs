using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>
/// Runs the turns of one activation one after the other on the thread pool. Code after an await in a grain comes back
/// here, because tasks remember the scheduler they started on; there is no synchronisation context.
/// </summary>
internal sealed class ActivationScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    // After so many turns the thread goes back to the pool, so that one busy grain cannot hold it for itself.
    private const int TurnsPerVisit = 64;

    [ThreadStatic]
    private static ActivationScheduler? t_startNow;

    private readonly Queue<Task> _tasks = new(0);
    private bool _queued;

    public override int MaximumConcurrencyLevel => 1;

    private Lock Gate => activation.Gate;

    /// <summary>Makes sure that a thread will look for work. Call without holding the lock.</summary>
    public void Wake()
    {
        lock (Gate)
        {
            if (_queued)
                return;
            _queued = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>Like <see cref="Wake"/> for callers that hold the lock: they queue this object if the answer is true.</summary>
    public bool NeedsWaking()
    {
        var wasIdle = !_queued;
        _queued = true;
        return wasIdle;
    }

    void IThreadPoolWorkItem.Execute()
    {
        var previous = RuntimeContext.Current;
        RuntimeContext.Current = activation;
        try
        {
            for (var turn = 0; turn < TurnsPerVisit; turn++)
            {
                Task? task = null;
                GrainRequest? request = null;
                Func<Activation, Task>? step = null;
                lock (Gate)
                {
                    if (!_tasks.TryDequeue(out task) && !activation.TryTakeWork(out request, out step))
                    {
                        _queued = false;
                        return;
                    }
                }

                if (task is not null)
                    TryExecuteTask(task);
                else if (request is not null)
                    StartNow(new Task(static state => ((GrainRequest)state!).Run(RuntimeContext.Current!), request));
                else
                    StartNow(new Task(static state => ((Func<Activation, Task>)state!)(RuntimeContext.Current!), step));
            }
        }
        finally
        {
            RuntimeContext.Current = previous;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        if (t_startNow == this)
        {
            t_startNow = null;
            TryExecuteTask(task);
            return;
        }

        lock (Gate)
        {
            _tasks.Enqueue(task);
            if (_queued)
                return;
            _queued = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && RuntimeContext.Current == activation && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (Gate)
            return [.. _tasks];
    }

    /// <summary>Runs a task at once but as a task of this scheduler, which is what brings its awaits back here.</summary>
    private void StartNow(Task task)
    {
        t_startNow = this;
        task.Start(this);
    }
}
