using System.Globalization;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

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

            // The moments of Adam are for learning on, which a snapshot does not.
            var policy = state with { FirstMoment = new FloatBlock([]), SecondMoment = new FloatBlock([]) };
            await record.WriteAsync(0, new ActorCheckpoint { Identity = identity, Spec = spec, State = policy, Session = session });
            _taken.Remove(state);
        }
    }

    /// <summary>The parameters after a round, policy then critic; null if they were not kept.</summary>
    public async Task<float[]?> ReadAsync(string identity, int round)
    {
        if (_taken.Find(state => state.Version == round) is { } taken) return taken.Parameters.Values;
        var kept = await records(round).ReadAsync(0);
        return kept?.State is { } state && SpecIdentity.IsComplete(kept.Spec) && SpecIdentity.Of(kept.Spec) == identity && state.Version == round ? state.Parameters.Values : null;
    }
}
