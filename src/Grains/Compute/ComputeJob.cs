namespace Srpo.Grains.Compute;

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
