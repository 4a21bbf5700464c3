using System.Diagnostics;
using System.Globalization;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>What storage keeps of an actor: its last two checkpoints, and the policies that it keeps for good.</summary>
/// <param name="records">The records of a name.</param>
/// <param name="meter">Measures checkpoints, where given.</param>
internal sealed class ActorRecords(Func<string, SlotPair<ActorCheckpoint>> records, SrpoMeter? meter = null)
{
    /// <summary>Its last two checkpoints.</summary>
    public ActorCheckpoints Checkpoints { get; } = new(records(ActorCheckpoints.Name), meter);

    /// <summary>The policies that it keeps for good.</summary>
    public ActorSnapshots Snapshots { get; } = new(round => records(ActorSnapshots.NameOf(round)));

    /// <summary>Removes all of it.</summary>
    /// <param name="snapshots">The rounds whose policies may have been kept.</param>
    public async Task ClearAsync(IEnumerable<int> snapshots)
    {
        await Snapshots.ClearAsync(snapshots);
        await Checkpoints.ClearAsync();
    }
}

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
    public void Keep(string identity, int version) => Keep(identity, version, otherwise: -1);

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

    /// <summary>Removes both checkpoints.</summary>
    public async Task ClearAsync()
    {
        for (var slot = 0; slot < 2; slot++)
        {
            await slots.ClearAsync(slot);
            (_versions[slot], _identities[slot], _base) = (-1, null, -1);
        }
    }

    /// <summary>Trouble met with the slots; null if none.</summary>
    public string? Damage => slots.Damage[0] is { } first && slots.Damage[1] is { } second ? $"{first}; {second}" : slots.Damage[0] ?? slots.Damage[1];

    /// <summary>Trouble met with the slots, and what was done about it; null if none.</summary>
    public string? Warning(int version)
    {
        if (Damage is not { } damage) return null;
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

/// <summary>What storage keeps of an agent or adversary: complete in itself, so that any process can answer for it.</summary>
[GenerateSerializer, Alias("srpo.ActorCheckpoint")]
internal sealed class ActorCheckpoint
{
    /// <summary>Identity of the spec that it was trained with, as the build that stored it had it. Whoever reads it goes by <see cref="SpecIdentity.Of"/>.</summary>
    [Id(0)]
    public string Identity { get; set; } = "";

    /// <summary>That spec.</summary>
    [Id(1)]
    public PopulationSpec? Spec { get; set; }

    /// <summary>The learning state.</summary>
    [Id(2)]
    public ActorState? State { get; set; }

    /// <summary>Measures of the last update, null at round 0.</summary>
    [Id(3)]
    public UpdateMetrics? Metrics { get; set; }

    /// <summary>The training session that stored it; 0 in checkpoints of earlier versions of the program.</summary>
    [Id(4)]
    public long Session { get; set; }
}

/// <summary>
/// Policies that an actor keeps for good beside its checkpoints, one record for each round that the spec names. They are taken
/// when the round is learned and stored before the next checkpoint.
/// </summary>
internal sealed class ActorSnapshots(Func<int, SlotPair<ActorCheckpoint>> records)
{
    private readonly List<ActorState> _taken = [];

    /// <summary>Name of the record of a round.</summary>
    public static string NameOf(int round) => string.Create(CultureInfo.InvariantCulture, $"snapshot-{round}-");

    /// <summary>Takes a state; its arrays are never changed.</summary>
    public void Take(ActorState state)
    {
        _taken.RemoveAll(taken => taken.Version == state.Version);
        _taken.Add(state);
    }

    /// <summary>Stores what was taken.</summary>
    public async Task StoreAsync(string identity, PopulationSpec spec, long session)
    {
        while (_taken.Count > 0)
        {
            var state = _taken[0];
            var record = records(state.Version);
            await record.ReadAsync(0); // for its etag, where a round is learned again

            // The moments of Adam and the state of the lanes are for learning on, which a snapshot does not.
            var policy = state with { FirstMoment = new FloatBlock([]), SecondMoment = new FloatBlock([]), LaneState = null };
            await record.WriteAsync(0, new ActorCheckpoint { Identity = identity, Spec = spec, State = policy, Session = session });
            _taken.Remove(state);
        }
    }

    /// <summary>Removes what was kept of rounds.</summary>
    public async Task ClearAsync(IEnumerable<int> rounds)
    {
        _taken.Clear();
        foreach (var round in rounds) await records(round).ClearAsync(0);
    }

    /// <summary>The parameters after a round, policy then critic; null if they were not kept.</summary>
    /// <exception cref="CorruptStateException">They were kept and cannot be read.</exception>
    public async Task<float[]?> ReadAsync(string identity, int round)
    {
        if (_taken.Find(state => state.Version == round) is { } taken) return taken.Parameters.Values;
        var slots = records(round);
        var kept = await slots.ReadAsync(0);
        if (kept is null && slots.Damage[0] is { } damage) throw new CorruptStateException($"the policy that was kept of round {round} cannot be read: {damage}");
        return kept?.State is { } state && SpecIdentity.IsComplete(kept.Spec) && SpecIdentity.Of(kept.Spec) == identity && state.Version == round ? state.Parameters.Values : null;
    }
}
