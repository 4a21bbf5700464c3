using Srpo.Core.Random;
using Srpo.Games;

namespace Srpo.Environments.Matrix;

/// <summary>
/// A finite two-player game as an environment with one state, so that learned policies can be compared with the computed
/// equilibria of the game. Every step is one round; an episode is a fixed number of rounds without memory. The game has no
/// randomness of its own. Both seats observe the constant 1 in every encoding.
/// </summary>
public sealed class MatrixEnvironment : IVectorEnvironment
{
    /// <summary>The registered name.</summary>
    public const string RegisteredName = "matrix";

    private const int StateVersion = 1;

    private readonly int _actions;
    private readonly float[] _rewards;
    private readonly float[] _costs;
    private readonly short[] _lastActions;
    private readonly LaneSet _lanes;

    /// <summary>Makes an environment; call <see cref="Reset"/> before anything else.</summary>
    /// <param name="definition">The game and the rounds of an episode.</param>
    /// <param name="lanes">Number of lanes, 1 to 2^24.</param>
    /// <exception cref="ArgumentException">The players' numbers of actions differ or are less than 2, or the lanes are out of range.</exception>
    public MatrixEnvironment(MatrixGameDefinition definition, int lanes)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(definition.Length, nameof(definition));
        var game = definition.Game;
        if (game.Actions(0) != game.Actions(1) || game.Actions(0) < 2)
        {
            throw new ArgumentException(
                $"game '{game.Name}': an environment needs the same number of actions for both seats, at least 2, not {game.Actions(0)} and {game.Actions(1)}",
                nameof(definition));
        }

        Game = game;
        _actions = game.Actions(0);
        _rewards = new float[2 * _actions * _actions];
        _costs = new float[2 * _actions];
        for (var seat = 0; seat < 2; seat++)
        {
            for (var action = 0; action < _actions; action++) _costs[(seat * _actions) + action] = (float)game.Cost(seat, action);
            for (var action0 = 0; action0 < _actions; action0++)
            {
                for (var action1 = 0; action1 < _actions; action1++)
                    _rewards[(((seat * _actions) + action0) * _actions) + action1] = (float)game.Utility(seat, action0, action1);
            }
        }

        if (!Array.TrueForAll(_rewards, float.IsFinite) || !Array.TrueForAll(_costs, float.IsFinite))
            throw new ArgumentException($"game '{game.Name}': rewards and costs of an environment are single-precision numbers, at most 3.4e38; divide them all by a constant", nameof(definition));
        Info = new EnvironmentInfo(
            RegisteredName, game.Name, Seats: 2, _actions, definition.Length, ObservationStates: 1, [1, 1, 1, 1], game.ActionNames)
        { SavesLanes = true };
        _lanes = new LaneSet(Info, lanes);
        _lastActions = new short[2 * lanes];
    }

    /// <inheritdoc />
    public EnvironmentInfo Info { get; }

    /// <summary>The game that is played.</summary>
    public MatrixGame Game { get; }

    /// <inheritdoc />
    public int Lanes => _lanes.Count;

    /// <inheritdoc />
    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        _lanes.Bind(reset, dynamics, firstLane);
        Array.Fill(_lastActions, (short)-1);
    }

    /// <inheritdoc />
    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        _lanes.RequireObservation(seat, encoding, observations);
        observations.Fill(1);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">An action is out of range. Nothing was played then.</exception>
    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        _lanes.RequireStep(actions, outcome);

        // Two slices of one length for every buffer: the loop looks nothing up and checks no bounds.
        var (lanes, count) = (_lanes.Count, _actions);
        var actions0 = actions[..lanes];
        var actions1 = actions.Slice(lanes, lanes);
        var rewards0 = outcome.Rewards[..lanes];
        var rewards1 = outcome.Rewards.Slice(lanes, lanes);
        var costs0 = outcome.Costs[..lanes];
        var costs1 = outcome.Costs.Slice(lanes, lanes);
        var last0 = _lastActions.AsSpan(0, lanes);
        var last1 = _lastActions.AsSpan(lanes, lanes);
        var (rewards, costs) = (_rewards, _costs);
        for (var lane = 0; lane < actions0.Length; lane++)
        {
            int action0 = actions0[lane];
            int action1 = actions1[lane];
            rewards0[lane] = rewards[(action0 * count) + action1];
            rewards1[lane] = rewards[((count + action0) * count) + action1];
            costs0[lane] = costs[action0];
            costs1[lane] = costs[count + action1];
            last0[lane] = (short)action0;
            last1[lane] = (short)action1;
        }

        _lanes.EndStep(outcome);
    }

    /// <inheritdoc />
    public void ObserveStates(int seat, ObservationEncoding encoding, Span<int> states)
    {
        _lanes.RequireStates(seat, encoding, states);
        states.Clear();
    }

    /// <inheritdoc />
    public void DecodeState(int state, ObservationEncoding encoding, Span<float> observation)
    {
        _lanes.RequireDecoding(state, encoding, observation);
        observation.Fill(1);
    }

    /// <summary>What every number of an observation means.</summary>
    /// <param name="encoding">The encoding; all are the same.</param>
    public IReadOnlyList<ObservationSlot> Slots(ObservationEncoding encoding) => [new ObservationSlot(0, "constant", 1, 1)];

    /// <inheritdoc />
    IReadOnlyList<ObservationSlot> IVectorEnvironment.Slots(int seat, ObservationEncoding encoding)
    {
        _lanes.RequireSeat(seat);
        Info.ObservationLength(encoding);
        return Slots(encoding);
    }

    /// <inheritdoc />
    public string Render(int lane)
    {
        _lanes.RequireLane(lane);
        int action0 = _lastActions[lane];
        int action1 = _lastActions[Lanes + lane];
        return MatrixRenderer.Draw(Game, _lanes.StepOfEpisode, Info.EpisodeLength, action0, action1);
    }

    /// <inheritdoc />
    public byte[] SaveLanes()
    {
        var writer = _lanes.Save(StateVersion);
        writer.WriteAll<short>(_lastActions);
        return writer.ToBytes();
    }

    /// <inheritdoc />
    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        var reader = _lanes.Restore(state, StateVersion);
        reader.ReadAll<short>(_lastActions);
        reader.End();
    }

    /// <inheritdoc />
    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0) => _lanes.Rebind(reset, dynamics, firstLane);
}
