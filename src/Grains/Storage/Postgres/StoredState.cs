namespace Srpo.Grains.Storage;

/// <summary>What a state is found by within a storage.</summary>
/// <param name="Grain">The grain's id.</param>
/// <param name="Name">The state's name.</param>
internal sealed record StateKey(string Grain, string Name);

/// <summary>The outcome of a conditional write.</summary>
/// <param name="Conflict">Whether the row had another tag than expected; nothing was done then.</param>
/// <param name="Tag">The tag that it had, null if there is no row.</param>
internal readonly record struct WriteOutcome(bool Conflict, Guid? Tag)
{
    public static WriteOutcome Done => default;
}

/// <summary>A state as its rows give it.</summary>
/// <param name="Id">Number of the row in srpo_state.</param>
/// <param name="Tag">Its version tag.</param>
/// <param name="Head">Its head, see <see cref="StateEnvelope"/>.</param>
internal sealed record StoredState(long Id, Guid Tag, byte[] Head)
{
    private readonly List<byte[]> _chunks = [];
    private string? _gap;

    /// <summary>The data, once <see cref="Check"/> found nothing wrong.</summary>
    public byte[] Payload { get; private set; } = [];

    /// <summary>Takes the next part of the data.</summary>
    public void Add(int number, byte[] data)
    {
        if (number != _chunks.Count) _gap ??= $"part {_chunks.Count} of its data is missing";
        _chunks.Add(data);
    }

    /// <summary>Looks at all checksums and names, and puts the data together.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Check(StateKey key, string type)
    {
        using var stream = new MemoryStream(Head, writable: false);
        var problem = StateEnvelope.TryReadHead(stream, out var head, out var hash);
        if (problem is not null) return "in its head, " + problem;
        if (head!.Grain != key.Grain || head.State != key.Name) return $"it belongs to the state '{head.State}' of the grain '{head.Grain}'";
        if (head.Type != type) return $"it holds a '{head.Type}', not a '{type}'";
        if (head.Tag != Tag.ToString("N")) return "its head belongs to another version than the row";
        if (_gap is not null) return _gap;
        var available = _chunks.Sum(chunk => (long)chunk.Length);
        if (available != head.PayloadLength) return $"it holds {available} bytes of data instead of {head.PayloadLength}";
        Payload = Join(available);
        return StateEnvelope.Fits(Payload, hash) ? null : "the checksum of its data does not fit (bits were altered)";
    }

    private byte[] Join(long length)
    {
        if (_chunks.Count == 1) return _chunks[0];
        var whole = new byte[length];
        var at = 0;
        for (var i = 0; i < _chunks.Count; i++)
        {
            _chunks[i].CopyTo(whole, at);
            at += _chunks[i].Length;
            _chunks[i] = [];
        }

        return whole;
    }
}
