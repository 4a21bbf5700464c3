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

/// <summary>
/// Knows which populations and tournaments are under way, so that somebody goes on with them when the silo of their grain dies.
/// Key: <see cref="GrainKeys.Ledger"/>.
/// </summary>
[Alias("srpo.IWorkLedgerGrain")]
public interface IWorkLedgerGrain : IGrainWithStringKey
{
    /// <summary>Adds a population or tournament that begins; repeating it changes nothing.</summary>
    Task BeginAsync(WorkKind kind, string name);

    /// <summary>Removes one that has ended; repeating it changes nothing.</summary>
    Task EndAsync(WorkKind kind, string name);

    /// <summary>All that are under way, sorted by name.</summary>
    [return: Immutable]
    Task<string[]> GetAsync(WorkKind kind);
}

/// <summary>What goes on by itself until it is finished. The numbers are part of messages: never renumber.</summary>
public enum WorkKind
{
    /// <summary>Training of a population.</summary>
    Population = 0,

    /// <summary>A tournament.</summary>
    Tournament = 1,
}
