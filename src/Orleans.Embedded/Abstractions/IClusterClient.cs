namespace Orleans;

/// <summary>
/// The grain factory as callers outside grains know it. Here there is no cluster: it reaches the grains of this process.
/// </summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>The host's services.</summary>
    IServiceProvider ServiceProvider { get; }
}
