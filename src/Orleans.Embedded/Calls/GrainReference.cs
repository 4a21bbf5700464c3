using Srpo.OrleansEmbedded.Calls;
using Srpo.OrleansEmbedded.Runtime;

namespace Orleans.Runtime;

/// <summary>
/// A reference to a grain or observer: cheap to make, equal when the identities are. For each interface a subclass is
/// emitted that turns its methods into requests.
/// </summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly EmbeddedSilo _silo;

    // The target that took the last request. It may be gone by now; then it refuses and the catalog is asked again.
    private CallTarget? _target;

    internal GrainReference(EmbeddedSilo silo, GrainId grainId)
    {
        _silo = silo;
        GrainId = grainId;
    }

    /// <summary>The identity.</summary>
    public GrainId GrainId { get; }

    /// <summary>Whether two references mean the same grain.</summary>
    /// <param name="reference1">One reference.</param>
    /// <param name="reference2">The other reference.</param>
    /// <returns>True when they do.</returns>
    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    /// <summary>Whether two references mean different grains.</summary>
    /// <param name="reference1">One reference.</param>
    /// <param name="reference2">The other reference.</param>
    /// <returns>True when they do.</returns>
    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    /// <summary>The same grain through another interface.</summary>
    /// <typeparam name="TGrainInterface">The interface.</typeparam>
    /// <returns>The reference.</returns>
    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => (TGrainInterface)(object)As(typeof(TGrainInterface));

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <summary>A hash that is the same in every process and on both runtimes.</summary>
    /// <returns>The hash.</returns>
    public uint GetUniformHashCode() => GrainId.GetUniformHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}";

    internal GrainReference As(Type interfaceType) =>
        interfaceType.IsInstanceOfType(this) ? this : ProxyFactory.Create(interfaceType, _silo, GrainId);

    internal Task SendTask(VoidRequest request, MethodPlan plan)
    {
        if (plan.OneWay)
        {
            Send(request, plan);
            return Task.CompletedTask;
        }

        var task = request.Await();
        Send(request, plan);
        return task;
    }

    internal ValueTask SendValueTask(VoidRequest request, MethodPlan plan) => new(SendTask(request, plan));

    internal void SendVoid(VoidRequest request, MethodPlan plan) => Send(request, plan);

    internal Task<T> SendTask<T>(ResultRequest<T> request, MethodPlan plan)
    {
        Send(request, plan);
        return request.Task;
    }

    internal ValueTask<T> SendValueTask<T>(ResultRequest<T> request, MethodPlan plan) => new(SendTask(request, plan));

    internal IAsyncEnumerable<T> SendStream<T>(StreamCall<T> call, MethodPlan plan)
    {
        plan.EnsureUsable();
        return new GrainStream<T>(this, call, plan);
    }

    private void Send(GrainRequest request, MethodPlan plan)
    {
        request.Plan = plan;
        request.Target = GrainId;
        try
        {
            plan.EnsureUsable();
            if (plan.References.Length > 0)
                ReferenceGuard.CheckArguments(request, plan.References);
            _silo.EnsureCallable();

            request.Context = RequestContext.Current;
            request.Deadline = _silo.DeadlineOf(plan);
            if (plan.HasToken && request.GetToken() is { CanBeCanceled: true } token)
            {
                if (token.IsCancellationRequested && request.TryCancel(token))
                    return;
                request.ObserveCancellation(token);
            }

            var target = _target;
            if (target is null || !target.Receive(request))
                _target = _silo.Catalog.Deliver(request);
        }
        catch (Exception exception) when (request.IsAwaited)
        {
            request.TryFail(exception);
        }
    }
}
