using System.Globalization;
using Srpo.Core.Random;

namespace Srpo.Environments.Hanabi;

/// <summary>
/// Hanabi, vectorised over lanes: seats move in turn, all receive the change of the score. Games end at different times in
/// different lanes, and the next one starts at once with a new deck. Both plain encodings are the same, since an observation
/// is relative to the observer.
/// </summary>
public sealed class HanabiEnvironment : IVectorEnvironment, ISeatView, IOutcomeView
{
    /// <summary>The registered name.</summary>
    public const string RegisteredName = "hanabi";

    private readonly HanabiState[] _states;
    private readonly uint[] _games;
    private readonly HanabiEncoder _encoder;
    private readonly HanabiDealer _dealer;
    private StreamId _reset;
    private int _firstLane;
    private bool _started;

    /// <summary>Makes an environment; call <see cref="Reset"/> before anything else.</summary>
    /// <param name="definition">Which Hanabi.</param>
    /// <param name="lanes">Number of lanes, 1 to 2^24.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of lanes is out of range.</exception>
    public HanabiEnvironment(HanabiDefinition definition, int lanes)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lanes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, StreamId.MaxLanes);
        Game = new HanabiGame(definition);
        _encoder = new HanabiEncoder(Game);
        _dealer = new HanabiDealer(Game);
        _games = new uint[lanes];
        _states = new HanabiState[lanes];
        foreach (ref var state in _states.AsSpan()) state = new HanabiState(Game);
        Info = new EnvironmentInfo(
            RegisteredName,
            definition.Name,
            definition.Players,
            Game.Moves.Count,
            Game.LongestGame,
            ObservationStates: 0,
            [_encoder.Length, _encoder.Length, 0, 0],
            [.. Game.Moves.Select(move => move.ToString())])
        {
            TurnBased = true,
            MasksActions = true,
            EndsEarly = true,
            SharedReward = true,
        };
    }

    /// <inheritdoc />
    public EnvironmentInfo Info { get; }

    /// <summary>Sizes and moves.</summary>
    public HanabiGame Game { get; }

    /// <inheritdoc />
    public int Lanes => _states.Length;

    /// <inheritdoc />
    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        StreamChecks.Check(reset, dynamics, firstLane, Lanes);

        // All chance is in the deck, which is shuffled at the start of a game: nothing is drawn from the other stream.
        _reset = reset;
        _firstLane = firstLane;
        _started = true;
        _games.AsSpan().Clear();
        for (var lane = 0; lane < _states.Length; lane++) StartGame(lane);
    }

    /// <inheritdoc />
    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        RequireStarted();
        BufferChecks.SeatOrMover(seat, Info);
        var length = Info.ObservationLength(encoding);
        BufferChecks.Length(observations.Length, Lanes * length, nameof(observations));
        for (var lane = 0; lane < _states.Length; lane++)
        {
            var state = _states[lane];
            _encoder.Write(state, seat == IVectorEnvironment.ToMove ? state.Mover : seat, observations.Slice(lane * length, length));
        }
    }

    /// <inheritdoc />
    public void ReadMovers(Span<byte> seats)
    {
        RequireStarted();
        BufferChecks.Length(seats.Length, Lanes, nameof(seats));
        for (var lane = 0; lane < _states.Length; lane++) seats[lane] = (byte)_states[lane].Mover;
    }

    /// <inheritdoc />
    public void ReadLegalActions(int seat, Span<byte> legal)
    {
        RequireStarted();
        BufferChecks.SeatOrMover(seat, Info);
        var moves = Info.Actions;
        BufferChecks.Length(legal.Length, Lanes * moves, nameof(legal));
        for (var lane = 0; lane < _states.Length; lane++)
        {
            var state = _states[lane];
            HanabiRules.WriteLegal(state, seat == IVectorEnvironment.ToMove ? state.Mover : seat, legal.Slice(lane * moves, moves));
        }
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">
    /// The mover's action is illegal. Lanes before it have moved: reset before going on.
    /// </exception>
    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        RequireStarted();
        BufferChecks.Step(actions, outcome, Info, Lanes);
        var lanes = _states.Length;
        var rewards = outcome.Rewards[..lanes];
        var ends = outcome.Terminated[..lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            var state = _states[lane];
            int action = actions[(state.Mover * lanes) + lane];
            if (!HanabiRules.TryApply(state, action, out var reward)) throw Illegal(lane, action);
            rewards[lane] = reward;
            var ended = state.End != HanabiEnd.NotFinished;
            ends[lane] = ended;
            if (!ended) continue;
            _games[lane]++;
            StartGame(lane);
        }

        for (var seat = 1; seat < Info.Seats; seat++) rewards.CopyTo(outcome.Rewards.Slice(seat * lanes, lanes));
        outcome.Costs.Clear();
        outcome.Truncated.Clear();
    }

    /// <inheritdoc />
    public void ObserveStates(int seat, ObservationEncoding encoding, Span<int> states) => throw NotEnumerated();

    /// <inheritdoc />
    public void DecodeState(int state, ObservationEncoding encoding, Span<float> observation) => throw NotEnumerated();

    /// <summary>
    /// The present state of a lane; do not change it. <see cref="HanabiRules.Apply"/> on a copy tells what a move will do, also
    /// the last one of a game, whose outcome the automatic reset hides.
    /// </summary>
    /// <param name="lane">0 to Lanes - 1.</param>
    public HanabiState StateOf(int lane)
    {
        RequireStarted();
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, Lanes);
        return _states[lane];
    }

    /// <summary>What every number of an observation means.</summary>
    /// <param name="encoding">The encoding; those that are offered are the same.</param>
    /// <exception cref="ArgumentException">The encoding is not offered.</exception>
    public IReadOnlyList<ObservationSlot> Slots(ObservationEncoding encoding)
    {
        Info.ObservationLength(encoding);
        return new HanabiObservationLayout(Game).Slots();
    }

    /// <inheritdoc />
    public string Render(int lane) => HanabiRenderer.Draw(StateOf(lane));

    /// <inheritdoc />
    public string RenderFor(int lane, int seat)
    {
        var state = StateOf(lane);
        BufferChecks.Seat(seat, Info);
        return HanabiRenderer.Draw(state, seat);
    }

    /// <inheritdoc />
    public string RenderOutcome(int lane, ReadOnlySpan<byte> actions)
    {
        var state = StateOf(lane).Clone();
        BufferChecks.Length(actions.Length, Info.Seats * Lanes, nameof(actions));
        HanabiRules.Apply(state, actions[(state.Mover * Lanes) + lane]);
        return HanabiRenderer.Draw(state);
    }

    private void StartGame(int lane)
    {
        if (_games[lane] == _dealer.Games)
            throw new InvalidOperationException("the random streams of this reset are used up; reset with streams of another round");
        _dealer.Deal(_states[lane], _reset, _firstLane + lane, _games[lane]);
    }

    private ArgumentOutOfRangeException Illegal(int lane, int action)
    {
        var state = _states[lane];
        var reason = HanabiRules.WhyIllegal(state, action);
        return new ArgumentOutOfRangeException(
            "actions", action, string.Create(CultureInfo.InvariantCulture, $"lane {lane}, seat {state.Mover}: {reason}"));
    }

    private static NotSupportedException NotEnumerated() => new("observations of 'hanabi' are too many to be enumerated");

    private void RequireStarted()
    {
        if (!_started) throw new InvalidOperationException("the environment has no state yet; call Reset first");
    }
}
