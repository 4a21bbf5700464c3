using Srpo.Core.Random;
using Srpo.Environments;

namespace MyEnvironment;

/// <summary>A corridor with a player at either end. Replace its rules by yours; what every environment needs is here.</summary>
public sealed class Corridor : IVectorEnvironment
{
    // Counts up whenever SaveLanes writes something else than before.
    private const int StateVersion = 1;

    private readonly int _length;
    private readonly LaneSet _lanes;

    // Where the players are: seat * Lanes + lane, as all buffers of seats and lanes.
    private readonly int[] _cells;

    public Corridor(int length, string name, int lanes)
    {
        _length = length;
        var observation = 2 * length;
        Info = new EnvironmentInfo(
            "my-environment", name, Seats: 2, Actions: 3, EpisodeLength: 20, ObservationStates: 0,
            ObservationLengths: [observation, observation, observation, observation], ActionNames: ["left", "stay", "right"])
        {
            SavesLanes = true,
        };
        _lanes = new LaneSet(Info, lanes);
        _cells = new int[2 * lanes];
    }

    public EnvironmentInfo Info { get; }

    public int Lanes => _lanes.Count;

    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        _lanes.Bind(reset, dynamics, firstLane);
        StartEpisodes();
    }

    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        _lanes.RequireStep(actions, outcome);
        for (var at = 0; at < _cells.Length; at++)
        {
            _cells[at] = Math.Clamp(_cells[at] + actions[at] - 1, 0, _length - 1);
            outcome.Costs[at] = actions[at] == 1 ? 0 : 0.1f;
        }

        for (var at = 0; at < _cells.Length; at++)
            outcome.Rewards[at] = (_cells[at % Lanes] == _cells[Lanes + (at % Lanes)] ? 1 : 0) - outcome.Costs[at];
        if (_lanes.EndStep(outcome)) StartEpisodes();
    }

    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        var length = _lanes.RequireObservation(seat, encoding, observations);
        observations.Clear();
        var first = IsOwnFirst(encoding) ? seat : 0;
        for (var lane = 0; lane < Lanes; lane++)
        {
            observations[(lane * length) + _cells[(first * Lanes) + lane]] = 1;
            observations[(lane * length) + _length + _cells[((1 - first) * Lanes) + lane]] = 1;
        }
    }

    public IReadOnlyList<ObservationSlot> Slots(int seat, ObservationEncoding encoding)
    {
        string[] players = IsOwnFirst(encoding) ? ["this player", "the other"] : ["player 1", "player 2"];
        return [.. Enumerable.Range(0, 2 * _length).Select(i => new ObservationSlot(i, $"{players[i / _length]} is on cell {i % _length}", 0, 1))];
    }

    public string Render(int lane)
    {
        _lanes.RequireLane(lane);
        var corridor = new string('.', _length).ToCharArray();
        (corridor[_cells[lane]], corridor[_cells[Lanes + lane]]) = ('1', '2');
        if (_cells[lane] == _cells[Lanes + lane]) corridor[_cells[lane]] = '*';
        return new string(corridor) + '\n';
    }

    public byte[] SaveLanes()
    {
        var writer = _lanes.Save(StateVersion);
        writer.WriteAll<int>(_cells);
        return writer.ToBytes();
    }

    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        var reader = _lanes.Restore(state, StateVersion);
        reader.ReadAll<int>(_cells);
        reader.End();
    }

    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0) => _lanes.Rebind(reset, dynamics, firstLane);

    private static bool IsOwnFirst(ObservationEncoding encoding) => encoding is ObservationEncoding.OwnFirst or ObservationEncoding.OneHotOwnFirst;

    /// <summary>What is random here must be drawn from the streams: _lanes.Starts.Block(_lanes.First + lane, _lanes.Episode) has 128 bits for a start.</summary>
    private void StartEpisodes()
    {
        _cells.AsSpan(0, Lanes).Clear();
        _cells.AsSpan(Lanes).Fill(_length - 1);
    }
}
