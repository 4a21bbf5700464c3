using Srpo.Core.Random;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// The Overcooked gridworld, vectorised over lanes. Seats are swapped with probability 1/2 at every reset; episodes end
/// after the layout's episode length (a real end) and the next one starts at once. All lanes are at the same step of their
/// episodes, since nothing but time ends one.
/// </summary>
public sealed class GridworldEnvironment : IVectorEnvironment, ISeatView
{
    /// <summary>The registered name.</summary>
    public const string RegisteredName = "gridworld";

    private const int StateVersion = 1;

    private readonly GridworldState[] _states;
    private readonly GridworldDraws[] _draws;
    private readonly GridworldDrawer _drawer;
    private readonly GridworldEncoder _encoder;
    private readonly LaneSet _lanes;

    /// <summary>Makes an environment; call <see cref="Reset"/> before anything else.</summary>
    /// <param name="layout">Map and constants.</param>
    /// <param name="lanes">Number of lanes, 1 to 2^24.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of lanes is out of range.</exception>
    public GridworldEnvironment(GridworldLayout layout, int lanes)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        _drawer = new GridworldDrawer(layout);
        _encoder = new GridworldEncoder(layout);
        Info = new EnvironmentInfo(
            RegisteredName,
            layout.Name,
            Seats: 2,
            GridworldActions.Count,
            layout.Parameters.EpisodeLength,
            _encoder.States,
            _encoder.Lengths,
            GridworldActions.Names)
        {
            SavesLanes = true,
        };
        _lanes = new LaneSet(Info, lanes);
        _states = new GridworldState[lanes];
        _draws = new GridworldDraws[lanes];
    }

    /// <inheritdoc />
    public EnvironmentInfo Info { get; }

    /// <summary>Map and constants.</summary>
    public GridworldLayout Layout { get; }

    /// <inheritdoc />
    public int Lanes => _lanes.Count;

    /// <inheritdoc />
    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        _lanes.Bind(reset, dynamics, firstLane);
        StartEpisodes();
    }

    /// <inheritdoc />
    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        var length = _lanes.RequireObservation(seat, encoding, observations);
        for (var lane = 0; lane < _states.Length; lane++)
            _encoder.Write(_states[lane], seat, encoding, observations.Slice(lane * length, length));
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">An action is not 0 to 4. Nothing has moved then.</exception>
    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        _lanes.RequireStep(actions, outcome);
        if (_lanes.Step == uint.MaxValue / _drawer.BlocksPerStep) throw LaneSet.UsedUp();

        var lanes = _states.Length;
        var actions0 = actions[..lanes];
        var actions1 = actions.Slice(lanes, lanes);
        var rewards0 = outcome.Rewards[..lanes];
        var rewards1 = outcome.Rewards.Slice(lanes, lanes);
        var costs0 = outcome.Costs[..lanes];
        var costs1 = outcome.Costs.Slice(lanes, lanes);
        var layout = Layout;
        var states = _states.AsSpan(0, lanes);
        var draws = _draws.AsSpan(0, lanes);
        _drawer.Fill(_lanes.Dynamics, _lanes.First, _lanes.Step, draws);
        for (var lane = 0; lane < lanes; lane++)
        {
            int action0 = actions0[lane];
            int action1 = actions1[lane];
            var payment = GridworldRules.Step(layout, ref states[lane], action0, action1, draws[lane].First, draws[lane].RespawnMask);
            costs0[lane] = payment.Costs[0];
            costs1[lane] = payment.Costs[1];
            rewards0[lane] = payment.Reward(0);
            rewards1[lane] = payment.Reward(1);
        }

        if (_lanes.EndStep(outcome)) StartEpisodes();
    }

    /// <inheritdoc />
    public void ObserveStates(int seat, ObservationEncoding encoding, Span<int> states)
    {
        RequireEnumerable();
        _lanes.RequireStates(seat, encoding, states);
        var leading = GridworldEncoder.IsOwnFirst(encoding) ? seat : 0;
        for (var lane = 0; lane < _states.Length; lane++) states[lane] = _encoder.Number(_states[lane], leading);
    }

    /// <inheritdoc />
    public void DecodeState(int state, ObservationEncoding encoding, Span<float> observation)
    {
        RequireEnumerable();
        _lanes.RequireDecoding(state, encoding, observation);

        // In the decoded state the leading seat is seat 0, which is also the seat that all encodings begin with for seat 0.
        _encoder.Write(_encoder.State(state), seat: 0, encoding, observation);
    }

    /// <summary>The present state of a lane.</summary>
    /// <param name="lane">0 to Lanes - 1.</param>
    public GridworldState StateOf(int lane) => _states[lane];

    /// <summary>
    /// The randomness that the next step of a lane will draw. With <see cref="StateOf"/> and <see cref="GridworldRules.Step"/>
    /// it tells everything about a step, also about the last one of an episode, whose outcome the automatic reset hides.
    /// </summary>
    /// <param name="lane">0 to Lanes - 1.</param>
    public GridworldDraws NextDraws(int lane)
    {
        _lanes.RequireLane(lane);
        return _drawer.Draw(_lanes.Dynamics, _lanes.First + lane, _lanes.Step);
    }

    /// <summary>What every number of an observation means.</summary>
    /// <param name="encoding">The encoding.</param>
    public IReadOnlyList<ObservationSlot> Slots(ObservationEncoding encoding) => _encoder.Slots(encoding);

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
        return GridworldRenderer.Draw(Layout, _states[lane]);
    }

    /// <inheritdoc />
    /// <remarks>Nothing is hidden from a seat, so this is the plain drawing.</remarks>
    public string RenderFor(int lane, int seat)
    {
        _lanes.RequireSeat(seat);
        return Render(lane);
    }

    /// <inheritdoc />
    public byte[] SaveLanes()
    {
        var writer = _lanes.Save(StateVersion);
        foreach (ref readonly var state in _states.AsSpan())
        {
            for (var seat = 0; seat < Info.Seats; seat++)
            {
                writer.Write(state.Agents[seat].Cell);
                writer.Write((byte)(state.Agents[seat].Carrying ? 1 : 0));
            }

            writer.Write(state.Onions);
        }

        return writer.ToBytes();
    }

    /// <inheritdoc />
    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        var reader = _lanes.Restore(state, StateVersion);
        foreach (ref var lane in _states.AsSpan())
        {
            for (var seat = 0; seat < Info.Seats; seat++) lane.Agents[seat] = new GridworldAgent(reader.Read<int>(), reader.Read<byte>() != 0);
            lane.Onions = reader.Read<uint>();
        }

        reader.End();
    }

    /// <inheritdoc />
    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0) => _lanes.Rebind(reset, dynamics, firstLane);

    private void StartEpisodes()
    {
        var starts = _lanes.Starts;
        for (var lane = 0; lane < _states.Length; lane++)
            _states[lane] = Layout.Initial(GridworldDrawer.SwapSeats(starts, _lanes.First + lane, _lanes.Episode));
    }

    private void RequireEnumerable()
    {
        if (Info.ObservationStates == 0)
            throw new NotSupportedException($"layout '{Layout.Name}' has more than {GridworldEncoder.MaxStates} states; they are not enumerated");
    }
}
