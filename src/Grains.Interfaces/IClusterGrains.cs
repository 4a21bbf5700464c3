namespace Srpo.Grains.Interfaces;

/// <summary>Answers for the whole cluster. Stateless; call key 0.</summary>
[Alias("srpo.IClusterGrain"), AnyGateway]
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
