using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>What the catalog holds for an identity: an activation, a pool of stateless workers, or an observer.</summary>
internal abstract class CallTarget
{
    /// <summary>Takes a request, unless the target is gone; then the catalog is asked for a new one.</summary>
    public abstract bool Receive(GrainRequest request);

    /// <summary>Fails the requests whose callers have waited too long.</summary>
    public abstract void FailOverdue(long now);

    /// <summary>The activations behind this target.</summary>
    public abstract void Collect(List<Activation> activations);
}
