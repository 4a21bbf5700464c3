using Orleans.Runtime;

namespace Orleans;

/// <summary>What a grain class must offer when it does not derive from <see cref="Grain"/>. As in Orleans.</summary>
public interface IGrainBase
{
    /// <summary>The activation that this instance serves; a grain without a base class takes it in its constructor.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first request, after persistent state was read.</summary>
    /// <param name="token">Cancelled when activation takes longer than allowed or the host stops.</param>
    /// <returns>A task; its failure fails the requests that wait for this activation.</returns>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last request, before the instance is dropped.</summary>
    /// <param name="reason">Why the activation ends.</param>
    /// <param name="token">Cancelled when deactivation takes longer than allowed.</param>
    /// <returns>A task; its failure is logged.</returns>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
