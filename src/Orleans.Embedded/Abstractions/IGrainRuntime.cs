namespace Orleans.Runtime;

/// <summary>What grains get from the runtime. The part of the Orleans interface that the base class needs.</summary>
public interface IGrainRuntime
{
    /// <summary>The name of the process that runs the grains.</summary>
    string SiloIdentity { get; }

    /// <summary>The address of this process; of no use for reaching it, since nothing listens.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>Gives references to grains.</summary>
    IGrainFactory GrainFactory { get; }

    /// <summary>The host's services.</summary>
    IServiceProvider ServiceProvider { get; }

    /// <summary>The clock behind timers, timeouts and idle collection.</summary>
    TimeProvider TimeProvider => TimeProvider.System;

    /// <summary>Ends an activation when its running requests are done.</summary>
    /// <param name="grainContext">The activation.</param>
    void DeactivateOnIdle(IGrainContext grainContext);

    /// <summary>Keeps the idle collector away for some time.</summary>
    /// <param name="grainContext">The activation.</param>
    /// <param name="timeSpan">How long from now.</param>
    void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan);
}
