using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>A record that is stored again and again.</summary>
internal interface ISequenced
{
    /// <summary>Number of times it was stored.</summary>
    long Sequence { get; set; }
}

/// <summary>
/// A record kept in two slots that are written in turn: when the newer one is damaged, the one before it is used. Loaded at
/// the first use and not at activation, so that a failure is the caller's exception and the next call tries again.
/// </summary>
internal sealed class AlternatingRecord<T>(SlotPair<T> slots)
    where T : class, ISequenced, new()
{
    private Task? _loading;
    private T? _value;
    private int _newest = 1;

    /// <summary>The record in memory; a new one if nothing is stored. <see cref="LoadAsync"/> must have returned.</summary>
    public T Value => _value ?? throw new InvalidOperationException("the record is not loaded");

    /// <summary>Whether storage has a record.</summary>
    public bool Exists { get; private set; }

    /// <summary>Trouble met while loading and survived, or null.</summary>
    public string? Warning { get; private set; }

    /// <summary>Reads both slots at the first call.</summary>
    /// <exception cref="CorruptStateException">There are records, but none that can be read.</exception>
    public Task LoadAsync()
    {
        if (_loading is null or { IsFaulted: true } or { IsCanceled: true }) _loading = ReadAsync();
        return _loading;
    }

    /// <summary>Stores the record as it is now.</summary>
    public async Task SaveAsync()
    {
        Value.Sequence++;
        var slot = 1 - _newest;
        await slots.WriteAsync(slot, Value);
        _newest = slot;
        Exists = true;
    }

    private async Task ReadAsync()
    {
        var (first, second) = await slots.ReadBothAsync();
        var damage = slots.Damage[0] ?? slots.Damage[1];
        if (first is null && second is null)
        {
            if (damage is not null) throw new CorruptStateException($"{damage}; there is no readable record before it. Restore the file from a copy, or remove it to begin anew.");
            _value = new T();
            return;
        }

        _newest = second is null || (first is not null && first.Sequence > second.Sequence) ? 0 : 1;
        _value = _newest == 0 ? first : second;
        Exists = true;
        if (damage is not null) Warning = $"{damage}; the record stored before it is used";
    }
}
