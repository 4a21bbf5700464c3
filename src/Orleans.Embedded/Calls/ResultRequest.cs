using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>A request with a result.</summary>
internal abstract class ResultRequest<T> : GrainRequest
{
    private static readonly bool ResultIsReference = typeof(IAddressable).IsAssignableFrom(typeof(T));

    // Continuations never run inside the callee's turn.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal override bool IsAwaited => true;

    internal override bool IsSettled => _completion.Task.IsCompleted;

    internal Task<T> Task => _completion.Task;

    internal override bool TryComplete(Task outcome)
    {
        StopObservingCancellation();
        var typed = (Task<T>)outcome;
        if (ResultIsReference && typed.IsCompletedSuccessfully && typed.Result is not (null or GrainReference))
            return _completion.TrySetException(ReferenceGuard.Error(Plan, "the result", typed.Result));

        return _completion.TrySetFromTask(typed);
    }

    internal override bool TryFail(Exception exception)
    {
        StopObservingCancellation();
        return _completion.TrySetException(exception);
    }

    internal override bool TryCancel(CancellationToken token) => _completion.TrySetCanceled(token);
}
