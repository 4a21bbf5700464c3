using Srpo.Core.Random;
using Srpo.Environments;

namespace Srpo.Learning.Tests.Games;

/// <summary>What a test game is like.</summary>
/// <param name="Seats">All seats.</param>
/// <param name="TeamSeats">Seats of the team; the others are opponents.</param>
internal sealed record TestGameRules(int Seats, int TeamSeats)
{
    public bool TurnBased { get; init; }

    public bool Masks { get; init; }

    public bool Enumerable { get; init; }

    public bool SharedReward { get; init; }

    /// <summary>Whether episodes may end early; else all last <see cref="Length"/> steps.</summary>
    public bool EndsEarly { get; init; }

    public int Length { get; init; } = 9;

    /// <summary>Whether rollouts can go on with its episodes.</summary>
    public bool SavesLanes { get; init; } = true;

    /// <summary>Whether the last step of the length truncates an episode instead of ending it.</summary>
    public bool Truncates { get; init; }
}

/// <summary>One step of one lane as the game saw it.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Mover">Who acted, -1 if all did.</param>
/// <param name="Before">[seats] what every seat observed before, <see cref="TestGame.Observation"/>.</param>
/// <param name="Legal">[seats] what every seat was allowed to do.</param>
/// <param name="Actions">[seats].</param>
/// <param name="Rewards">[seats].</param>
/// <param name="Costs">[seats].</param>
internal sealed record TestGameStep(
    int Lane, int Mover, float[][] Before, byte[][] Legal, byte[] Actions, float[] Rewards, float[] Costs, bool Terminated, bool Truncated);

/// <summary>
/// A small game for tests of any number of seats, in turns or not, with legal actions, ends, opponents as its rules say, and a log of
/// everything that happened. A number x from 0 to 10 wanders with the actions and by chance.
/// </summary>
internal sealed class TestGame : IVectorEnvironment, IDisposable
{
    public const int Actions = 4;
    private const int Values = 11;
    private readonly int[] _x;
    private readonly int[] _step;
    private readonly int[] _mover;
    private readonly uint[] _time;
    private readonly TestGameRules _rules;
    private StreamId _reset;
    private StreamId _dynamics;
    private int _firstLane;

    public TestGame(TestGameRules rules, int lanes)
    {
        _rules = rules;
        (_x, _step, _mover, _time) = (new int[lanes], new int[lanes], new int[lanes], new uint[lanes]);
        Info = new EnvironmentInfo("test", "game", rules.Seats, Actions, rules.Length, rules.Enumerable ? Values * rules.Length * rules.Seats : 0, [5, 5, 0, 0], ["a", "b", "c", "d"])
        {
            TurnBased = rules.TurnBased,
            MasksActions = rules.Masks,
            EndsEarly = rules.EndsEarly,
            SharedReward = rules.SharedReward,
            TeamSeats = rules.TeamSeats,
            SavesLanes = rules.SavesLanes,
        };
    }

    public EnvironmentInfo Info { get; }

    public int Lanes => _x.Length;

    /// <summary>All steps since streams were bound last, in order of step and lane.</summary>
    public List<TestGameStep> Log { get; } = [];

    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        (_reset, _dynamics, _firstLane) = (reset, dynamics, firstLane);
        _time.AsSpan().Clear();
        Log.Clear();
        for (var lane = 0; lane < Lanes; lane++) Start(lane);
    }

    public float[] Observation(int lane, int seat, ObservationEncoding encoding)
    {
        float[] numbers = [_x[lane] / 5f, _step[lane] / 8f, seat - 1, _rules.TurnBased && _mover[lane] == seat ? 1 : 0, 0.5f];
        return encoding == ObservationEncoding.OwnFirst ? [numbers[2], numbers[0], numbers[1], numbers[3], numbers[4]] : numbers;
    }

    /// <summary>Which actions a seat may take: always (x + seat) mod 4, others by a pattern.</summary>
    public byte[] LegalOf(int lane, int seat) =>
        [.. Enumerable.Range(0, Actions).Select(a => (byte)(!_rules.Masks || a == (_x[lane] + seat) % Actions || (_x[lane] + _step[lane] + (a * seat)) % 3 == 0 ? 1 : 0))];

    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        for (var lane = 0; lane < Lanes; lane++) Observation(lane, Seat(seat, lane), encoding).CopyTo(observations[(lane * 5)..]);
    }

    public void ReadMovers(Span<byte> seats)
    {
        if (!_rules.TurnBased) throw new NotSupportedException();
        for (var lane = 0; lane < Lanes; lane++) seats[lane] = (byte)_mover[lane];
    }

    public void ReadLegalActions(int seat, Span<byte> legal)
    {
        for (var lane = 0; lane < Lanes; lane++) LegalOf(lane, Seat(seat, lane)).CopyTo(legal[(lane * Actions)..]);
    }

    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            var seats = Enumerable.Range(0, _rules.Seats).ToArray();
            var taken = new byte[_rules.Seats];
            foreach (var seat in seats) taken[seat] = actions[(seat * Lanes) + lane];
            var acting = _rules.TurnBased ? [_mover[lane]] : seats;
            foreach (var seat in acting)
            {
                if (taken[seat] >= Actions || LegalOf(lane, seat)[taken[seat]] == 0)
                    throw new ArgumentOutOfRangeException(nameof(actions), $"lane {lane}, seat {seat}: action {taken[seat]} is illegal");
            }

            var before = seats.Select(seat => Observation(lane, seat, ObservationEncoding.Absolute)).ToArray();
            var legal = seats.Select(seat => LegalOf(lane, seat)).ToArray();
            var sum = acting.Sum(seat => taken[seat] * (seat + 1));
            var chance = (int)(_dynamics.Block(_firstLane + lane, _time[lane]++).Word0 % 3);
            var mover = _rules.TurnBased ? _mover[lane] : -1;
            _x[lane] = ((3 * _x[lane]) + sum + chance) % Values;
            _step[lane]++;

            // Usually the next in turn, but some actions leave one out: seats do not all have equally many turns.
            if (_rules.TurnBased) _mover[lane] = (_mover[lane] + (taken[_mover[lane]] == 3 ? 2 : 1)) % _rules.Seats;
            var early = _rules.EndsEarly && _x[lane] == 5;
            var late = _step[lane] == _rules.Length;
            var (terminated, truncated) = (early || (late && !_rules.Truncates), late && !early && _rules.Truncates);
            foreach (var seat in seats)
            {
                var acts = acting.Contains(seat);
                outcome.Costs[(seat * Lanes) + lane] = acts && taken[seat] == 0 ? 0.25f : 0;
                outcome.Rewards[(seat * Lanes) + lane] = (_x[lane] % 5) - 1 + (_rules.SharedReward ? 0 : (0.5f * seat) - outcome.Costs[(seat * Lanes) + lane]);
            }

            (outcome.Terminated[lane], outcome.Truncated[lane]) = (terminated, truncated);
            Log.Add(new TestGameStep(
                lane, mover, before, legal, taken, [.. PerSeat(outcome.Rewards, lane)], [.. PerSeat(outcome.Costs, lane)], terminated, truncated));
            if (terminated || truncated) Start(lane);
        }
    }

    public void ObserveStates(int seat, ObservationEncoding encoding, Span<int> states)
    {
        for (var lane = 0; lane < Lanes; lane++) states[lane] = (((_x[lane] * _rules.Length) + _step[lane]) * _rules.Seats) + seat;
    }

    public void DecodeState(int state, ObservationEncoding encoding, Span<float> observation)
    {
        var other = new TestGame(_rules, 1);
        (other._x[0], other._step[0]) = (state / _rules.Seats / _rules.Length, state / _rules.Seats % _rules.Length);
        other.Observation(0, state % _rules.Seats, encoding).CopyTo(observation);
    }

    /// <summary>How often it was disposed of.</summary>
    public int Disposals { get; private set; }

    public void Dispose() => Disposals++;

    public string Render(int lane) => $"{_x[lane]}";

    public byte[] SaveLanes()
    {
        var writer = new LaneStateWriter(LaneStateKind.Environment, 1, Info, Lanes);
        foreach (var numbers in (int[][])[_x, _step, _mover]) writer.WriteAll<int>(numbers);
        return writer.ToBytes();
    }

    /// <summary>Of the streams it keeps nothing: rollouts bind others at once.</summary>
    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        var reader = new LaneStateReader(state, LaneStateKind.Environment, 1, Info, Lanes);
        foreach (var numbers in (int[][])[_x, _step, _mover]) reader.ReadAll<int>(numbers);
        reader.End();
    }

    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        (_reset, _dynamics, _firstLane) = (reset, dynamics, firstLane);
        _time.AsSpan().Clear();
        Log.Clear();
    }

    private void Start(int lane)
    {
        var block = _reset.Block(_firstLane + lane, _time[lane]);
        (_x[lane], _step[lane], _mover[lane]) = ((int)(block.Word0 % 5), 0, (int)(block.Word1 % (uint)_rules.Seats));
    }

    private int Seat(int seat, int lane) => seat == IVectorEnvironment.ToMove ? _mover[lane] : seat;

    private float[] PerSeat(Span<float> values, int lane)
    {
        var result = new float[_rules.Seats];
        for (var seat = 0; seat < result.Length; seat++) result[seat] = values[(seat * Lanes) + lane];
        return result;
    }
}
