using Orleans.CodeGeneration;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// Takes all that is stored of one population or tournament out of storage, state by state and in pieces of bounded size, and brings it into another storage. Key:
/// <see cref="GrainKeys.Transfer"/>. A state is the bytes that a file of it would have, whatever the storage: head, checksums and data.
/// <para>
/// Nobody may train or play what is taken out meanwhile: the caller sees to it, and compares the record, which is read first, with that at the end. What is brought in
/// is under no name before <see cref="FinishAsync"/>: broken off before, it can be repeated.
/// </para>
/// </summary>
[Alias("srpo.ITransferGrain"), Version(1)]
public interface ITransferGrain : IGrainWithStringKey
{
    /// <summary>A piece of the first state that is stored at a number or after it. The record comes first, in its two slots.</summary>
    /// <param name="state">The number, from 0. After the last piece of a state one asks for the number after its own.</param>
    /// <param name="offset">Where the piece begins within the state; 0 reads it anew.</param>
    /// <returns>The piece. Without a state: nothing is stored up to its number, where one goes on, or no more at all.</returns>
    /// <exception cref="UnknownGrainException">Nothing is stored under this name.</exception>
    /// <exception cref="CorruptStateException">The record cannot be read.</exception>
    [Alias("Read")]
    Task<StatePiece> ReadAsync(int state, long offset);

    /// <summary>Begins to bring in: what arrived before and was not finished is forgotten.</summary>
    /// <exception cref="SrpoGrainException">The name is in use here.</exception>
    [Alias("Begin")]
    Task BeginAsync();

    /// <summary>Takes a piece of a state, after <see cref="BeginAsync"/>. With its last piece a state is checked and stored; a record is kept back until <see cref="FinishAsync"/>.</summary>
    /// <param name="piece">The piece; the pieces of a state in order, one state after the other.</param>
    /// <returns>How many bytes of the state have arrived: the next piece begins there.</returns>
    /// <exception cref="SrpoGrainException">Nothing was begun here, for example since the silo where it was is gone; or the state belongs to something else.</exception>
    /// <exception cref="CorruptStateException">The state is damaged.</exception>
    [Alias("Write")]
    Task<long> WriteAsync(StatePiece piece);

    /// <summary>Stores the record and makes the name known: paused, if it was under way. Repeating it is harmless.</summary>
    /// <param name="states">How many states were written.</param>
    /// <exception cref="SrpoGrainException">Not all of them have arrived, or the name is in use here.</exception>
    /// <exception cref="WorkPendingException">It takes longer; ask again.</exception>
    [Alias("Finish")]
    Task FinishAsync(int states);
}

/// <summary>A part of a state on its way.</summary>
/// <param name="Number">Number of the state in the order of reading; -1 where there is no more.</param>
/// <param name="State">Which state; null for none.</param>
/// <param name="Offset">Where the part begins within the state.</param>
/// <param name="Length">Bytes of the whole state.</param>
/// <param name="Bytes">The part, at most <see cref="MostBytes"/>.</param>
/// <param name="Damage">Why states before this one, which are stored, cannot be read and are left out; null if there are none.</param>
[GenerateSerializer, Alias("srpo.StatePiece"), Immutable]
public sealed record StatePiece(
    [property: Id(0)] int Number,
    [property: Id(1)] StateName? State,
    [property: Id(2)] long Offset,
    [property: Id(3)] long Length,
    [property: Id(4)] byte[] Bytes,
    [property: Id(5)] string? Damage = null)
{
    /// <summary>Most bytes of a part: a message takes a moment, whatever the size of a state.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>Whether it is the last part of its state.</summary>
    public bool IsLast => Offset + Bytes.Length >= Length;
}

/// <summary>What names a state in every storage.</summary>
/// <param name="Grain">Kind of its grain: "coordinator", "agent", "adversary", "tournament".</param>
/// <param name="Key">Key of its grain.</param>
/// <param name="Name">Its own name, for example "checkpoint0".</param>
[GenerateSerializer, Alias("srpo.StateName"), Immutable]
public sealed record StateName([property: Id(0)] string Grain, [property: Id(1)] string Key, [property: Id(2)] string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Grain}/{Key}/{Name}";
}
