namespace Orleans.Runtime;

/// <summary>
/// An activation as its grain sees it. The part of the Orleans interface that makes sense without messages between
/// processes: there is no address, lifecycle, component table or migration.
/// </summary>
public interface IGrainContext : IEquatable<IGrainContext>
{
    /// <summary>A reference to the grain of this activation.</summary>
    GrainReference GrainReference { get; }

    /// <summary>The grain's identity.</summary>
    GrainId GrainId { get; }

    /// <summary>The grain object, while there is one.</summary>
    object? GrainInstance { get; }

    /// <summary>The services of this activation's scope.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation is gone.</summary>
    Task Deactivated { get; }

    /// <summary>Starts the end of this activation: running requests finish, waiting ones go to a fresh activation.</summary>
    /// <param name="deactivationReason">Why.</param>
    /// <param name="cancellationToken">Cuts <see cref="IGrainBase.OnDeactivateAsync"/> short.</param>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}

/// <summary>Gives services the activation on whose behalf they run. As in Orleans.</summary>
public interface IGrainContextAccessor
{
    /// <summary>The activation whose turn runs on this thread.</summary>
    IGrainContext GrainContext { get; }
}
