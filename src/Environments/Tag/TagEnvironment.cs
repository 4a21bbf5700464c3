using Srpo.Core.Random;

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

    private readonly TagState _state;
    private readonly TagPhysics _physics;
    private readonly TagRewards _rewards;
    private readonly TagObserver _observer;
    private StreamId _reset;
    private int _firstLane;
    private uint _episode;
    private int _stepOfEpisode;
    private bool _started;

    /// <summary>Makes an environment; call <see cref="Reset"/> before anything else.</summary>
    /// <param name="definition">The scenario.</param>
    /// <param name="lanes">Number of lanes, 1 to 2^24.</param>
    /// <exception cref="ArgumentException">A value of the definition is out of range; the message names the field and its range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of lanes is out of range.</exception>
    public TagEnvironment(TagDefinition definition, int lanes)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lanes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, StreamId.MaxLanes);
        definition.Check();
        Definition = definition;
        var world = TagWorld.Of(definition);
        _state = new TagState(world, lanes);
        _physics = new TagPhysics(_state);
        _rewards = new TagRewards(_state);
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
        };
    }

    /// <inheritdoc />
    public EnvironmentInfo Info { get; }

    /// <summary>The scenario.</summary>
    public TagDefinition Definition { get; }

    /// <inheritdoc />
    public int Lanes => _state.Lanes;

    /// <summary>Steps since the present episodes began, 0 to the episode length - 1.</summary>
    public int StepOfEpisode => _stepOfEpisode;

    /// <summary>Positions and velocities of all lanes; for tests and tools that set up a state of their own.</summary>
    internal TagState State => _state;

    /// <inheritdoc />
    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        StreamChecks.Check(reset, dynamics, firstLane, Lanes);
        _reset = reset;
        _firstLane = firstLane;
        _episode = 0;
        _started = true;
        StartEpisodes();
    }

    /// <inheritdoc />
    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        RequireStarted();
        BufferChecks.Seat(seat, Info);
        BufferChecks.Length(observations.Length, Lanes * Info.ObservationLength(encoding), nameof(observations));
        _observer.Write(_state, seat, observations);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">An action is not 0 to 4. Nothing has moved then.</exception>
    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        RequireStarted();
        BufferChecks.Step(actions, outcome, Info, Lanes);
        var bad = actions.IndexOfAnyExceptInRange((byte)0, (byte)(TagActions.Count - 1));
        if (bad >= 0) throw BufferChecks.BadActionOf(bad % Lanes, bad / Lanes, actions[bad], Info);

        // The last episode of the streams cannot be followed by another.
        if (_episode == TagStarts.MaxEpisodes(_state.World) - 1 && _stepOfEpisode == Info.EpisodeLength - 1)
            throw new InvalidOperationException("the random streams of this reset are used up; reset with streams of another round");

        _physics.Step(_state, actions);
        _rewards.Update(_state);
        WriteRewards(outcome.Rewards);
        outcome.Costs.Clear();
        _stepOfEpisode++;
        var ended = _stepOfEpisode == Info.EpisodeLength;
        outcome.Terminated.Fill(ended);
        outcome.Truncated.Clear();
        if (!ended) return;
        _episode++;
        StartEpisodes();
    }

    /// <inheritdoc />
    public void ObserveStates(int seat, ObservationEncoding encoding, Span<int> states) => throw NotEnumerable();

    /// <inheritdoc />
    public void DecodeState(int state, ObservationEncoding encoding, Span<float> observation) => throw NotEnumerable();

    /// <summary>What every number of a seat's observation means; the same in both encodings.</summary>
    /// <param name="seat">0 to Info.Seats - 1.</param>
    /// <returns>Slots with ranges that no episode can leave.</returns>
    public IReadOnlyList<ObservationSlot> Slots(int seat)
    {
        BufferChecks.Seat(seat, Info);
        return _observer.Slots(seat, Info.EpisodeLength);
    }

    /// <inheritdoc />
    public string Render(int lane)
    {
        RequireState(lane);
        return TagRenderer.Draw(_state, lane);
    }

    /// <inheritdoc />
    public IReadOnlyList<SceneCircle> Scene(int lane)
    {
        RequireState(lane);
        return TagRenderer.Scene(_state, lane);
    }

    private static void Narrow(ReadOnlySpan<double> values, double scale, Span<float> narrowed)
    {
        for (var lane = 0; lane < narrowed.Length; lane++) narrowed[lane] = (float)(values[lane] * scale);
    }

    private static NotSupportedException NotEnumerable() => new("positions and velocities are continuous: observations of 'tag' are not enumerated");

    private void WriteRewards(Span<float> rewards)
    {
        var team = rewards[..Lanes];
        Narrow(_rewards.Team, Definition.ChaserRewardScale, team);
        for (var chaser = 1; chaser < Definition.Chasers; chaser++) team.CopyTo(rewards.Slice(chaser * Lanes, Lanes));
        for (var runner = 0; runner < Definition.Runners; runner++)
            Narrow(_rewards.OfRunner(runner), 1, rewards.Slice((Definition.Chasers + runner) * Lanes, Lanes));
    }

    private void StartEpisodes()
    {
        _stepOfEpisode = 0;
        TagStarts.Draw(_state, _reset, _firstLane, _episode);
    }

    private void RequireState(int lane)
    {
        RequireStarted();
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, Lanes);
    }

    private void RequireStarted()
    {
        if (!_started) throw new InvalidOperationException("the environment has no state yet; call Reset first");
    }
}
