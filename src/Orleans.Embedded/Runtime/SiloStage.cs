namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>Where the runtime is between start and stop.</summary>
internal enum SiloStage
{
    /// <summary>Not started: nobody may call.</summary>
    New,

    /// <summary>Everybody may call.</summary>
    Running,

    /// <summary>Only grains may call, so that running requests can finish.</summary>
    Draining,

    /// <summary>Activations end; none begins.</summary>
    Deactivating,

    /// <summary>Nobody may call.</summary>
    Stopped,
}
