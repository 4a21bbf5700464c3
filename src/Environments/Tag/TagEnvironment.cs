using Srpo.Core.Random;
using Srpo.Core.Results;

namespace Srpo.Environments.Tag;

/// <summary>
/// The predator-prey game simple_tag of the Multi-Agent Particle Environment, vectorised over lanes: chasers (the team, seats from 0)
/// run after runners (the seats after them) among obstacles. The start is random, everything after it is not. Episodes end after the
/// scenario's length (a real end) and the next one starts at once; all lanes are at the same step of their episodes.
/// </summary>
public sealed class TagEnvironment : IVectorEnvironment, ISceneEnvironment
{
    /// <summary>The registered name.</summary>
    public const string RegisteredName = "tag";

    private const int StateVersion = 1;

    private readonly TagState _state;
    private readonly TagPhysics _physics;
    private readonly TagRewards _rewards;
    private readonly TagObserver _observer;
    private readonly LaneSet _lanes;

    /// <summary>Makes an environment; call <see cref="Reset"/> before anything else.</summary>
    /// <param name="definition">The scenario.</param>
    /// <param name="lanes">Number of lanes, 1 to 2^24.</param>
    /// <exception cref="ArgumentException">A value of the definition is out of range; the message names the field and its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of lanes is out of range.</exception>
    public TagEnvironment(TagDefinition definition, int lanes)
    {
        ArgumentNullException.ThrowIfNull(definition);
        definition.Check();
        Definition = definition;
        var world = TagWorld.Of(definition);
        _observer = new TagObserver(world);

        // Every observation begins with the seat's own values, so Absolute and OwnFirst are the same.
        Info = new EnvironmentInfo(
            RegisteredName,
            definition.Name,
            world.Agents,
            TagActions.Count,
            definition.Length,
            ObservationStates: 0,
            [_observer.Length, _observer.Length, 0, 0],
            TagActions.Names)
        {
            TeamSeats = world.Chasers,
            SharedReward = true,
            SavesLanes = true,
        };
        _lanes = new LaneSet(Info, lanes);
        _state = new TagState(world, lanes);
        _physics = new TagPhysics(_state);
        _rewards = new TagRewards(_state);
    }

    /// <inheritdoc />
    public EnvironmentInfo Info { get; }

    /// <summary>The scenario.</summary>
    public TagDefinition Definition { get; }

    /// <inheritdoc />
    public int Lanes => _lanes.Count;

    /// <summary>Positions and velocities of all lanes; for tests and tools that set up a state of their own.</summary>
    internal TagState State => _state;

    /// <inheritdoc />
    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        _lanes.Bind(reset, dynamics, firstLane);
        StartEpisodes();
    }

    /// <inheritdoc />
    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        _lanes.RequireObservation(seat, encoding, observations);
        _observer.Write(_state, seat, observations);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">An action is not 0 to 4. Nothing has moved then.</exception>
    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        _lanes.RequireStep(actions, outcome);

        // The last episode of the streams cannot be followed by another.
        if (_lanes.Episode == TagStarts.MaxEpisodes(_state.World) - 1 && _lanes.StepOfEpisode == Info.EpisodeLength - 1) throw LaneSet.UsedUp();

        _physics.Step(_state, actions);
        _rewards.Update(_state);
        WriteRewards(outcome.Rewards);
        outcome.Costs.Clear();
        if (_lanes.EndStep(outcome)) StartEpisodes();
    }

    /// <summary>What every number of a seat's observation means; the same in both encodings.</summary>
    /// <param name="seat">0 to Info.Seats - 1.</param>
    /// <returns>Slots with ranges that no episode can leave.</returns>
    public IReadOnlyList<ObservationSlot> Slots(int seat)
    {
        _lanes.RequireSeat(seat);
        return _observer.Slots(seat, Info.EpisodeLength);
    }

    /// <inheritdoc />
    IReadOnlyList<ObservationSlot> IVectorEnvironment.Slots(int seat, ObservationEncoding encoding)
    {
        _lanes.RequireSeat(seat);
        Info.ObservationLength(encoding);
        return Slots(seat);
    }

    /// <inheritdoc />
    public string Render(int lane)
    {
        _lanes.RequireLane(lane);
        return TagRenderer.Draw(_state, lane);
    }

    /// <inheritdoc />
    public IReadOnlyList<SceneCircle> Scene(int lane)
    {
        _lanes.RequireLane(lane);
        return TagRenderer.Scene(_state, lane);
    }

    /// <inheritdoc />
    public byte[] SaveLanes()
    {
        var writer = _lanes.Save(StateVersion);
        foreach (var planes in _state.Planes)
        {
            for (var first = 0; first < planes.Length; first += _state.Stride) writer.WriteAll<double>(planes.AsSpan(first, Lanes));
        }

        return writer.ToBytes();
    }

    /// <inheritdoc />
    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        var reader = _lanes.Restore(state, StateVersion);
        foreach (var planes in _state.Planes)
        {
            for (var first = 0; first < planes.Length; first += _state.Stride) reader.ReadAll(planes.AsSpan(first, Lanes));
        }

        reader.End();
    }

    /// <inheritdoc />
    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0) => _lanes.Rebind(reset, dynamics, firstLane);

    private static void Narrow(ReadOnlySpan<double> values, double scale, Span<float> narrowed)
    {
        for (var lane = 0; lane < narrowed.Length; lane++) narrowed[lane] = (float)(values[lane] * scale);
    }

    private void WriteRewards(Span<float> rewards)
    {
        var team = rewards[..Lanes];
        Narrow(_rewards.Team, Definition.ChaserRewardScale, team);
        for (var chaser = 1; chaser < Definition.Chasers; chaser++) team.CopyTo(rewards.Slice(chaser * Lanes, Lanes));
        for (var runner = 0; runner < Definition.Runners; runner++)
            Narrow(_rewards.OfRunner(runner), Definition.RunnerRewardScale, rewards.Slice((Definition.Chasers + runner) * Lanes, Lanes));
    }

    private void StartEpisodes() => TagStarts.Draw(_state, _lanes.Starts, _lanes.First, _lanes.Episode);
}
