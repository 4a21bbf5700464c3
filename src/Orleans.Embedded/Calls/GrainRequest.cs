using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Srpo.OrleansEmbedded.Runtime;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>
/// One call on its way to a grain or observer. For each interface method a subclass is emitted that holds the arguments.
/// Requests link themselves into the lists of their activation, so that queueing allocates nothing.
/// </summary>
internal abstract class GrainRequest : IInvokable
{
    private CancellationTokenRegistration _cancellation;

    internal GrainRequest? Next { get; set; }

    internal GrainRequest? Previous { get; set; }

    internal MethodPlan Plan { get; set; } = null!;

    internal GrainId Target { get; set; }

    internal Dictionary<string, object>? Context { get; set; }

    /// <summary>Timestamp of the clock after which the caller gave up; far away when it never does.</summary>
    internal long Deadline { get; set; } = long.MaxValue;

    /// <summary>How often a deactivation sent this request on, to stop grains that deactivate forever.</summary>
    internal int Forwards { get; set; }

    internal virtual bool Interleaves => Plan.AlwaysInterleave;

    internal virtual bool IsReadOnly => Plan.ReadOnly;

    /// <summary>Whether the request counts as use of the grain.</summary>
    internal virtual bool KeepsAlive => true;

    /// <summary>Whether the request dies with its activation instead of going to the next one.</summary>
    internal virtual bool IsLocal => false;

    /// <summary>Whether somebody waits for the outcome.</summary>
    internal abstract bool IsAwaited { get; }

    /// <summary>Whether the caller already has an outcome, which makes running the request pointless.</summary>
    internal abstract bool IsSettled { get; }

    /// <inheritdoc/>
    public virtual int GetArgumentCount() => Plan.Method.GetParameters().Length;

    /// <inheritdoc/>
    public virtual object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    /// <inheritdoc/>
    public string GetMethodName() => Plan.Method.Name;

    /// <inheritdoc/>
    public string GetInterfaceName() => Plan.InterfaceName;

    /// <inheritdoc/>
    public MethodInfo GetMethod() => Plan.Method;

    /// <inheritdoc/>
    public Type GetInterfaceType() => Plan.InterfaceType;

    /// <summary>The cancellation token among the arguments; overridden when the method has one.</summary>
    public virtual CancellationToken GetToken() => default;

    /// <summary>Calls the method on the grain itself. For methods with a result the task is a task of that type.</summary>
    public abstract Task Call(object target);

    internal abstract bool TryComplete(Task outcome);

    internal abstract bool TryFail(Exception exception);

    internal abstract bool TryCancel(CancellationToken token);

    /// <summary>The caller hears of its own cancellation at once; the grain hears of it through the same token.</summary>
    internal void ObserveCancellation(CancellationToken token) => _cancellation = token.UnsafeRegister(
        static (request, cancelled) => ((GrainRequest)request!).TryCancel(cancelled), this);

    internal void StopObservingCancellation() => _cancellation.Unregister();

    internal bool TryTimeOut() => TryFail(new TimeoutException(
        $"{Plan.Name} of {Target} gave no response in time ({Plan.Timeout?.ToString() ?? "the configured response timeout"}). "
        + "The request may still run or have run."));

    /// <summary>Runs the request as a turn of its activation.</summary>
    internal void Run(Activation activation)
    {
        if (Context is not null)
            RequestContext.Current = Context;

        Task? outcome;
        try
        {
            outcome = Call(activation.GrainInstance!)
                ?? throw new InvalidOperationException($"{Plan.Name} of {Target} returned null instead of a task.");
        }
        catch (Exception exception)
        {
            activation.Finish(this, exception);
            return;
        }

        if (outcome.IsCompleted)
        {
            activation.Finish(this, outcome);
            return;
        }

        outcome.ContinueWith(
            static (finished, state) =>
            {
                var (request, owner) = (Pair)state!;
                owner.Finish(request, finished);
            },
            new Pair(this, activation),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            activation.Scheduler);
    }

    private sealed record Pair(GrainRequest Request, Activation Owner);
}
