namespace Srpo.OrleansEmbedded.Calls;

/// <summary>A request without a result. One-way requests have nobody waiting and so no completion source.</summary>
internal abstract class VoidRequest : GrainRequest
{
    private TaskCompletionSource? _completion;
    private bool _given;

    internal override bool IsAwaited => _completion is not null;

    internal override bool IsSettled => _completion?.Task.IsCompleted ?? _given;

    /// <summary>The task of the caller; asking for it makes the request an awaited one.</summary>
    internal Task Await()
    {
        // Continuations never run inside the callee's turn.
        _completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _completion.Task;
    }

    internal override bool TryComplete(Task outcome)
    {
        StopObservingCancellation();
        return _completion?.TrySetFromTask(outcome) ?? !outcome.IsFaulted;
    }

    internal override bool TryFail(Exception exception)
    {
        StopObservingCancellation();
        _given = true;
        return _completion?.TrySetException(exception) ?? false;
    }

    internal override bool TryCancel(CancellationToken token)
    {
        _given = true;
        return _completion?.TrySetCanceled(token) ?? false;
    }
}
