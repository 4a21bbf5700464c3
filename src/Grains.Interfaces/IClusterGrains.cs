using Orleans.CodeGeneration;

namespace Srpo.Grains.Interfaces;

/// <summary>Answers for the whole cluster. Stateless; call key 0.</summary>
[Alias("srpo.IClusterGrain"), Version(1)]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>All silos that are active, sorted by address. One that does not answer in time is there without its figures.</summary>
    [Alias("GetSilos")]
    [return: Immutable]
    Task<SiloReport[]> GetSilosAsync();
}
