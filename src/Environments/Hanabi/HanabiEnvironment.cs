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

    private const int StateVersion = 1;

    private readonly HanabiState[] _states;
    private readonly uint[] _games;
    private readonly HanabiEncoder _encoder;
    private readonly HanabiDealer _dealer;
    private readonly LaneSet _lanes;

    /// <summary>Makes an environment; call <see cref="Reset"/> before anything else.</summary>
    /// <param name="definition">Which Hanabi.</param>
    /// <param name="lanes">Number of lanes, 1 to 2^24.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of lanes is out of range.</exception>
    public HanabiEnvironment(HanabiDefinition definition, int lanes)
    {
        ArgumentNullException.ThrowIfNull(definition);
        Game = new HanabiGame(definition);
        _encoder = new HanabiEncoder(Game);
        _dealer = new HanabiDealer(Game);
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
            SavesLanes = true,
        };
        _lanes = new LaneSet(Info, lanes);
        _games = new uint[lanes];
        _states = new HanabiState[lanes];
        foreach (ref var state in _states.AsSpan()) state = new HanabiState(Game);
    }

    /// <inheritdoc />
    public EnvironmentInfo Info { get; }

    /// <summary>Sizes and moves.</summary>
    public HanabiGame Game { get; }

    /// <inheritdoc />
    public int Lanes => _lanes.Count;

    /// <inheritdoc />
    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        // All chance is in the deck, which is shuffled at the start of a game: nothing is drawn from the stream of transitions.
        _lanes.Bind(reset, dynamics, firstLane);
        _games.AsSpan().Clear();
        for (var lane = 0; lane < _states.Length; lane++) StartGame(lane);
    }

    /// <inheritdoc />
    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        var length = _lanes.RequireObservation(seat, encoding, observations);
        for (var lane = 0; lane < _states.Length; lane++)
        {
            var state = _states[lane];
            _encoder.Write(state, seat == IVectorEnvironment.ToMove ? state.Mover : seat, observations.Slice(lane * length, length));
        }
    }

    /// <inheritdoc />
    public void ReadMovers(Span<byte> seats)
    {
        _lanes.RequireStarted();
        LaneSet.RequireLength(seats.Length, Lanes, nameof(seats));
        for (var lane = 0; lane < _states.Length; lane++) seats[lane] = (byte)_states[lane].Mover;
    }

    /// <inheritdoc />
    public void ReadLegalActions(int seat, Span<byte> legal)
    {
        _lanes.RequireStarted();
        _lanes.RequireSeat(seat);
        var moves = Info.Actions;
        LaneSet.RequireLength(legal.Length, Lanes * moves, nameof(legal));
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
        _lanes.RequireStep(actions, outcome);
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

    /// <summary>
    /// The present state of a lane; do not change it. <see cref="HanabiRules.Apply"/> on a copy tells what a move will do, also
    /// the last one of a game, whose outcome the automatic reset hides.
    /// </summary>
    /// <param name="lane">0 to Lanes - 1.</param>
    public HanabiState StateOf(int lane)
    {
        _lanes.RequireLane(lane);
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
    IReadOnlyList<ObservationSlot> IVectorEnvironment.Slots(int seat, ObservationEncoding encoding)
    {
        _lanes.RequireSeat(seat);
        return Slots(encoding);
    }

    /// <inheritdoc />
    public string Render(int lane) => HanabiRenderer.Draw(StateOf(lane));

    /// <inheritdoc />
    public string RenderFor(int lane, int seat)
    {
        var state = StateOf(lane);
        ArgumentOutOfRangeException.ThrowIfNegative(seat);
        _lanes.RequireSeat(seat);
        return HanabiRenderer.Draw(state, seat);
    }

    /// <inheritdoc />
    public string RenderOutcome(int lane, ReadOnlySpan<byte> actions)
    {
        var state = StateOf(lane).Clone();
        LaneSet.RequireLength(actions.Length, Info.Seats * Lanes, nameof(actions));
        HanabiRules.Apply(state, actions[(state.Mover * Lanes) + lane]);
        return HanabiRenderer.Draw(state);
    }

    /// <inheritdoc />
    public byte[] SaveLanes()
    {
        var writer = _lanes.Save(StateVersion);
        writer.WriteAll<uint>(_games);
        foreach (var state in _states) state.Save(writer);
        return writer.ToBytes();
    }

    /// <inheritdoc />
    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        var reader = _lanes.Restore(state, StateVersion);
        reader.ReadAll<uint>(_games);
        foreach (var game in _states) game.Restore(ref reader);
        reader.End();
    }

    /// <inheritdoc />
    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        _lanes.Rebind(reset, dynamics, firstLane);
        _games.AsSpan().Clear();
    }

    private void StartGame(int lane)
    {
        if (_games[lane] == _dealer.Games) throw LaneSet.UsedUp();
        _dealer.Deal(_states[lane], _lanes.Starts, _lanes.First + lane, _games[lane]);
    }

    private ArgumentOutOfRangeException Illegal(int lane, int action)
    {
        var state = _states[lane];
        var reason = HanabiRules.WhyIllegal(state, action);
        return new ArgumentOutOfRangeException(
            "actions", action, string.Create(CultureInfo.InvariantCulture, $"lane {lane}, seat {state.Mover}: {reason}"));
    }
}
