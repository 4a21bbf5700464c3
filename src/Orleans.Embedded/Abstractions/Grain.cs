using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// Base class of grains, with the members of the Orleans class that do not concern migration or the old timers.
/// </summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Creates the grain for the activation that is being built on this thread.</summary>
    protected Grain()
        : this(RuntimeContext.Current!, null)
    {
    }

    /// <summary>Creates the grain for a given activation; for unit tests that construct grains by hand.</summary>
    /// <param name="grainContext">The activation.</param>
    /// <param name="grainRuntime">The runtime, by default the one registered with the activation's services.</param>
    protected Grain(IGrainContext grainContext, IGrainRuntime? grainRuntime = null)
    {
        GrainContext = grainContext;
        Runtime = grainRuntime ?? grainContext?.ActivationServices.GetService<IGrainRuntime>();
    }

    /// <inheritdoc/>
    public IGrainContext GrainContext { get; }

    /// <summary>The reference through which others call this grain.</summary>
    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>The identity as text, type and key.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>The name of the process that runs this activation.</summary>
    public string RuntimeIdentity => Runtime?.SiloIdentity ?? string.Empty;

    /// <summary>Gives references to other grains.</summary>
    protected IGrainFactory GrainFactory => RequireRuntime().GrainFactory;

    /// <summary>The services of this activation's scope.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext?.ActivationServices ?? RequireRuntime().ServiceProvider;

    internal IGrainRuntime? Runtime { get; }

    /// <summary>Runs before the first request, after persistent state was read.</summary>
    /// <param name="cancellationToken">Cancelled when activation takes longer than allowed or the host stops.</param>
    /// <returns>A task; its failure fails the requests that wait for this activation.</returns>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last request, before the instance is dropped.</summary>
    /// <param name="reason">Why the activation ends.</param>
    /// <param name="cancellationToken">Cancelled when deactivation takes longer than allowed.</param>
    /// <returns>A task; its failure is logged.</returns>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation when the running requests are done; waiting ones go to a fresh activation.</summary>
    protected void DeactivateOnIdle() => RequireRuntime().DeactivateOnIdle(GrainContext);

    /// <summary>Keeps the idle collector away for some time.</summary>
    /// <param name="timeSpan">How long from now; zero or less takes an earlier wish back.</param>
    protected void DelayDeactivation(TimeSpan timeSpan) => RequireRuntime().DelayDeactivation(GrainContext, timeSpan);

    internal IGrainRuntime RequireRuntime() => Runtime
        ?? throw new InvalidOperationException($"{GetType()} was constructed by hand and given no runtime, so this member cannot work.");
}
