namespace Orleans;

/// <summary>Kinds of reasons for a deactivation, with the numbers of Orleans; those that need a cluster do not occur here.</summary>
[GenerateSerializer]
public enum DeactivationReasonCode : byte
{
    /// <summary>No reason given.</summary>
    None,

    /// <summary>The host stops.</summary>
    ShuttingDown,

    /// <summary>Construction, reading state or <see cref="Grain.OnActivateAsync"/> failed.</summary>
    ActivationFailed,

    /// <summary>Does not occur here: the directory of a cluster failed.</summary>
    DirectoryFailure,

    /// <summary>Nothing called the grain for the collection age.</summary>
    ActivationIdle,

    /// <summary>Does not occur here: a turn took too long.</summary>
    ActivationUnresponsive,

    /// <summary>Does not occur here: another silo had the grain.</summary>
    DuplicateActivation,

    /// <summary>Does not occur here: versions did not match.</summary>
    IncompatibleRequest,

    /// <summary>The grain met an error after which its memory may differ from storage.</summary>
    ApplicationError,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested,

    /// <summary>Does not occur here: the grain moved to another silo.</summary>
    Migrating,

    /// <summary>The runtime asked for it.</summary>
    RuntimeRequested,

    /// <summary>Does not occur here: memory was short.</summary>
    HighMemoryPressure,
}
