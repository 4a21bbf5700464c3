using System.Diagnostics;
using System.Globalization;
using Srpo.Grains.Diagnostics;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>
/// The last two checkpoints of an actor. The one that training goes on from is never overwritten: a new one goes to the other
/// slot, and only then takes its place.
/// </summary>
internal sealed class ActorCheckpoints(SlotPair<ActorCheckpoint> slots, SrpoMeter? meter = null)
{
    /// <summary>Name of the records, before the number of the slot.</summary>
    public const string Name = "checkpoint";

    private readonly int[] _versions = [-1, -1];
    private readonly string?[] _identities = new string?[2];
    private int _base = -1;

    /// <summary>Reads both slots.</summary>
    /// <returns>The newest readable checkpoint of a spec, or of any; null if there is none.</returns>
    public async Task<ActorCheckpoint?> ReadAllAsync(string? identity)
    {
        var (first, second) = await slots.ReadBothAsync();
        (first, second) = (Take(0, first), Take(1, second));
        if (identity is not null && first?.Identity != identity) first = null;
        if (identity is not null && second?.Identity != identity) second = null;
        var newest = second is null || (first is not null && first.State!.Version > second.State!.Version) ? first : second;
        if (_base < 0 && newest is not null) _base = newest == first ? 0 : 1;
        return newest;
    }

    /// <summary>Versions that could be read when the slots were last looked at, newest first; of one spec, or of any.</summary>
    public int[] Versions(string? identity)
    {
        var first = Holds(0, identity);
        var second = Holds(1, identity);
        return (first, second) switch
        {
            (true, true) => [Math.Max(_versions[0], _versions[1]), Math.Min(_versions[0], _versions[1])],
            (true, false) => [_versions[0]],
            (false, true) => [_versions[1]],
            _ => [],
        };
    }

    /// <summary>Takes a version as the one that training goes on from, and reads it.</summary>
    /// <returns>Null if it is not there.</returns>
    public async Task<ActorCheckpoint?> TakeAsync(string identity, int version)
    {
        for (var slot = 0; slot < 2; slot++)
        {
            if (_versions[slot] != version || _identities[slot] != identity) continue;
            if (await ReadAsync(slot) is not { } found || found.State!.Version != version || found.Identity != identity) continue;
            _base = slot;
            return found;
        }

        return null;
    }

    /// <summary>Takes a version as the one that training goes on from; no stored one if it is not stored.</summary>
    public void Keep(string identity, int version) =>
        _base = Is(0, identity, version) ? 0 : Is(1, identity, version) ? 1 : -1;

    /// <summary>Stores a checkpoint unless it is stored already.</summary>
    public async Task StoreAsync(ActorCheckpoint checkpoint)
    {
        var version = checkpoint.State!.Version;
        Keep(checkpoint.Identity, version, otherwise: _base);
        if (_base >= 0 && Is(_base, checkpoint.Identity, version)) return;
        var slot = _base >= 0 ? 1 - _base : Spare(checkpoint.Identity);
        _versions[slot] = -1;
        var start = Stopwatch.GetTimestamp();
        await slots.WriteAsync(slot, checkpoint);
        meter?.CheckpointStored(3L * checkpoint.State.Parameters.Length, start);
        (_versions[slot], _identities[slot], _base) = (version, checkpoint.Identity, slot);
    }

    /// <summary>Trouble met with the slots, and what was done about it; null if none.</summary>
    public string? Warning(int version)
    {
        var damage = slots.Damage[0] is { } first && slots.Damage[1] is { } second
            ? $"{first}; {second}"
            : slots.Damage[0] ?? slots.Damage[1];
        if (damage is null) return null;
        return Versions(null).Length > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{damage}; the other checkpoint is used, the actor stands at version {version}")
            : string.Create(CultureInfo.InvariantCulture, $"{damage}; no checkpoint is left, the actor stands at version {version}");
    }

    private void Keep(string identity, int version, int otherwise) =>
        _base = Is(0, identity, version) ? 0 : Is(1, identity, version) ? 1 : otherwise;

    private bool Is(int slot, string identity, int version) => _versions[slot] == version && _identities[slot] == identity;

    private bool Holds(int slot, string? identity) => _versions[slot] >= 0 && (identity is null || _identities[slot] == identity);

    /// <summary>Without a base: a slot that holds nothing of this spec, else the older one.</summary>
    private int Spare(string identity) =>
        !Holds(0, identity) ? 0 : !Holds(1, identity) ? 1 : _versions[0] < _versions[1] ? 0 : 1;

    private async Task<ActorCheckpoint?> ReadAsync(int slot) => Take(slot, await slots.ReadAsync(slot));

    /// <summary>Notes what was read from a slot; an incomplete checkpoint is none.</summary>
    private ActorCheckpoint? Take(int slot, ActorCheckpoint? checkpoint)
    {
        (_versions[slot], _identities[slot]) = (-1, null);
        if (checkpoint is null) return null;
        if (!SpecIdentity.IsComplete(checkpoint.Spec) || checkpoint.State is null || checkpoint.State.Parameters.Length == 0)
        {
            slots.Damage[slot] = "a stored checkpoint is incomplete";
            return null;
        }

        checkpoint.Identity = SpecIdentity.Of(checkpoint.Spec);
        (_versions[slot], _identities[slot]) = (checkpoint.State.Version, checkpoint.Identity);
        return checkpoint;
    }
}
