namespace Srpo.Grains.Interfaces;

/// <summary>Speaks for one silo and runs on it. Key: <see cref="GrainKeys.Silo"/>. Its answers take no worker.</summary>
[Alias("srpo.ISiloGrain")]
public interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>What the silo can take. Asked by the other silos every few seconds.</summary>
    Task<SiloCapacity> GetCapacityAsync();

    /// <summary>What the silo says of itself.</summary>
    Task<SiloReport> QueryAsync();

    /// <summary>Plays every pair of a tile on this silo's workers. Equal tiles give equal bits.</summary>
    /// <returns>One result per partner in seat 1.</returns>
    [ResponseTimeout("24:00:00")]
    [return: Immutable]
    Task<MatchResult[]> PlayAsync(MatchTile tile);

    /// <summary>Ends the tiles of a tournament that are played here; their calls fail as cancelled.</summary>
    Task CancelTilesAsync(string tournament);
}

/// <summary>Answers for the whole cluster. Stateless; call key 0.</summary>
[Alias("srpo.IClusterGrain")]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>All silos that are active, sorted by address. One that does not answer in time is there without its figures.</summary>
    [return: Immutable]
    Task<SiloReport[]> GetSilosAsync();
}
