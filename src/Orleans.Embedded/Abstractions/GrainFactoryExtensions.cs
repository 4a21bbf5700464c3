using Orleans.Runtime;

namespace Orleans;

/// <summary>References by raw key.</summary>
public static class GrainFactoryExtensions
{
    /// <summary>A reference whose key is already in its stored form.</summary>
    /// <typeparam name="TGrainInterface">The grain interface.</typeparam>
    /// <param name="grainFactory">The factory.</param>
    /// <param name="grainPrimaryKey">The key.</param>
    /// <returns>The reference.</returns>
    public static TGrainInterface GetGrain<TGrainInterface>(this IGrainFactory grainFactory, IdSpan grainPrimaryKey)
        where TGrainInterface : IGrain
    {
        ArgumentNullException.ThrowIfNull(grainFactory);
        return grainFactory.GetGrain(typeof(TGrainInterface), grainPrimaryKey.ToString()).AsReference<TGrainInterface>();
    }
}
