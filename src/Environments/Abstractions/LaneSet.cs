using System.Globalization;
using System.Runtime.CompilerServices;
using Srpo.Core.Random;

namespace Srpo.Environments;

/// <summary>
/// What all environments keep and check alike: how many lanes there are, the streams that lanes draw from, the arguments of callers, and, where
/// nothing but time ends an episode, the step that all lanes are at. Checks cost one call a step, not one a lane. Not thread-safe, as the environment
/// that keeps it.
/// </summary>
public sealed class LaneSet
{
    private readonly EnvironmentInfo _info;
    private bool _started;

    /// <summary>Lanes without a state.</summary>
    /// <param name="info">The environment's sizes.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not 1 to 2^24.</exception>
    public LaneSet(EnvironmentInfo info, int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lanes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, StreamId.MaxLanes);
        _info = info;
        Count = lanes;
    }

    /// <summary>Number of lanes.</summary>
    public int Count { get; }

    /// <summary>The stream of start states.</summary>
    public StreamId Starts { get; private set; }

    /// <summary>The stream of transitions.</summary>
    public StreamId Dynamics { get; private set; }

    /// <summary>Number of lane 0 within the streams.</summary>
    public int First { get; private set; }

    /// <summary>Steps since the streams were bound.</summary>
    public uint Step { get; private set; }

    /// <summary>Episodes that have ended since the streams were bound.</summary>
    public uint Episode { get; private set; }

    /// <summary>Steps since the present episodes began, 0 to the episode length - 1.</summary>
    public int StepOfEpisode { get; private set; }

    /// <summary>Begins anew with other streams; see <see cref="IVectorEnvironment.Reset"/>.</summary>
    /// <param name="reset">Stream of start states.</param>
    /// <param name="dynamics">Stream of transitions.</param>
    /// <param name="firstLane">Number of lane 0 within the streams.</param>
    /// <exception cref="ArgumentException">The streams are the same, or the lanes do not fit into [0, 2^24).</exception>
    public void Bind(in StreamId reset, in StreamId dynamics, int firstLane)
    {
        Draw(reset, dynamics, firstLane);
        StepOfEpisode = 0;
        _started = true;
    }

    /// <summary>Goes on with other streams; see <see cref="IVectorEnvironment.Rebind"/>.</summary>
    /// <inheritdoc cref="Bind"/>
    /// <exception cref="InvalidOperationException">There is no state yet.</exception>
    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane)
    {
        RequireStarted();
        Draw(reset, dynamics, firstLane);
    }

    /// <summary>A writer that has written what all environments keep alike.</summary>
    /// <param name="version">Version of what the environment will write behind it; count it up whenever that changes.</param>
    /// <exception cref="InvalidOperationException">There is no state yet.</exception>
    public LaneStateWriter Save(int version)
    {
        RequireStarted();
        var writer = new LaneStateWriter(LaneStateKind.Environment, version, _info, Count);
        Write(writer, Starts);
        Write(writer, Dynamics);
        writer.Write(First);
        writer.Write(Step);
        writer.Write(Episode);
        writer.Write(StepOfEpisode);
        return writer;
    }

    /// <summary>A reader that has read what <see cref="Save"/> wrote; the environment reads on, to <see cref="LaneStateReader.End"/>.</summary>
    /// <param name="state">The bytes.</param>
    /// <param name="version">The version that <see cref="Save"/> was given.</param>
    /// <exception cref="FormatException">The state is damaged, or of another environment.</exception>
    public LaneStateReader Restore(ReadOnlySpan<byte> state, int version)
    {
        var reader = new LaneStateReader(state, LaneStateKind.Environment, version, _info, Count);
        (Starts, Dynamics) = (Read(ref reader), Read(ref reader));
        (First, Step, Episode, StepOfEpisode) = (reader.Read<int>(), reader.Read<uint>(), reader.Read<uint>(), reader.Read<int>());
        _started = true;
        return reader;
    }

    private static void Write(LaneStateWriter writer, in StreamId stream)
    {
        writer.Write(stream.Seed);
        writer.Write(stream.Team);
        writer.Write(stream.Round);
        writer.Write((byte)stream.Purpose);
    }

    private static StreamId Read(ref LaneStateReader reader) => new(reader.Read<ulong>(), reader.Read<uint>(), reader.Read<uint>(), (StreamPurpose)reader.Read<byte>());

    /// <summary>Draws from these streams from now on, from their beginning.</summary>
    private void Draw(in StreamId reset, in StreamId dynamics, int firstLane)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstLane);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstLane, StreamId.MaxLanes - Count);

        // The same words would decide how an episode starts and how it goes on.
        if (reset == dynamics) throw new ArgumentException("the streams of start states and of transitions must differ, in purpose for example", nameof(dynamics));
        (Starts, Dynamics, First) = (reset, dynamics, firstLane);
        (Step, Episode) = (0, 0);
    }

    /// <summary>Counts a step of episodes that all lanes begin and end together, and writes whether they ended.</summary>
    /// <param name="outcome">Whose ends are written.</param>
    /// <returns>Whether the next episodes are to be started.</returns>
    public bool EndStep(in StepOutcome outcome)
    {
        Step++;
        StepOfEpisode++;
        var ended = StepOfEpisode == _info.EpisodeLength;
        outcome.Terminated.Fill(ended);
        outcome.Truncated.Clear();
        if (!ended) return false;
        Episode++;
        StepOfEpisode = 0;
        return true;
    }

    /// <summary>There is a state.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public void RequireStarted()
    {
        if (!_started) throw new InvalidOperationException("the environment has no state yet; call Reset first");
    }

    /// <summary>There is a state, and such a lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <exception cref="InvalidOperationException">There is no state yet.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such lane.</exception>
    public void RequireLane(int lane)
    {
        RequireStarted();
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, Count);
    }

    /// <summary>There is a state, such a seat, and room for its observations.</summary>
    /// <param name="seat">The seat.</param>
    /// <param name="encoding">How they are written.</param>
    /// <param name="observations">Where they are written.</param>
    /// <returns>The length of one.</returns>
    /// <exception cref="ArgumentException">Seat, encoding or length do not fit.</exception>
    public int RequireObservation(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        RequireStarted();
        RequireSeat(seat);
        var length = _info.ObservationLength(encoding);
        RequireLength(observations.Length, Count * length, nameof(observations));
        return length;
    }

    /// <summary>There is a state, such a seat, and room for the numbers of its observations.</summary>
    /// <param name="seat">The seat.</param>
    /// <param name="encoding">How they would be written.</param>
    /// <param name="states">Where their numbers are written.</param>
    /// <exception cref="ArgumentException">Seat, encoding or length do not fit.</exception>
    public void RequireStates(int seat, ObservationEncoding encoding, Span<int> states)
    {
        RequireStarted();
        RequireSeat(seat);
        _info.ObservationLength(encoding);
        RequireLength(states.Length, Count, nameof(states));
    }

    /// <summary>There is a number of an observation, and room for it.</summary>
    /// <param name="state">The number.</param>
    /// <param name="encoding">How the observation is written.</param>
    /// <param name="observation">Where it is written.</param>
    /// <exception cref="ArgumentException">Number, encoding or length do not fit.</exception>
    public void RequireDecoding(int state, ObservationEncoding encoding, Span<float> observation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(state);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(state, _info.ObservationStates);
        RequireLength(observation.Length, _info.ObservationLength(encoding), nameof(observation));
    }

    /// <summary>There is a state, buffers fit, and where all seats act their actions are in range; whether a mover's is legal is for the rules.</summary>
    /// <param name="actions">The actions.</param>
    /// <param name="outcome">Where what the step yields is written.</param>
    /// <exception cref="ArgumentException">A length does not fit, or an action is out of range.</exception>
    public void RequireStep(ReadOnlySpan<byte> actions, in StepOutcome outcome)
    {
        RequireStarted();
        var all = _info.Seats * Count;
        RequireLength(actions.Length, all, nameof(actions));
        RequireLength(outcome.Rewards.Length, all, nameof(outcome.Rewards));
        RequireLength(outcome.Costs.Length, all, nameof(outcome.Costs));
        RequireLength(outcome.Terminated.Length, Count, nameof(outcome.Terminated));
        RequireLength(outcome.Truncated.Length, Count, nameof(outcome.Truncated));
        if (_info.TurnBased) return;
        var bad = actions.IndexOfAnyExceptInRange((byte)0, (byte)(_info.Actions - 1));
        if (bad >= 0) throw BadAction(bad % Count, bad / Count, actions[bad]);
    }

    /// <summary>A seat; where seats take turns also <see cref="IVectorEnvironment.ToMove"/>.</summary>
    /// <param name="seat">The seat.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such seat.</exception>
    public void RequireSeat(int seat)
    {
        if ((uint)seat >= (uint)_info.Seats && !(_info.TurnBased && seat == IVectorEnvironment.ToMove))
            throw new ArgumentOutOfRangeException(nameof(seat), seat, Invariant($"seats of '{_info.Name}' are 0 to {_info.Seats - 1}"));
    }

    /// <summary>A buffer has the length that it should have.</summary>
    /// <param name="length">Its length.</param>
    /// <param name="expected">The length that it should have.</param>
    /// <param name="buffer">Its name.</param>
    /// <exception cref="ArgumentException">It has not.</exception>
    public static void RequireLength(int length, int expected, string buffer)
    {
        if (length != expected) throw new ArgumentException(Invariant($"{buffer} has {length} elements; it needs {expected}"), buffer);
    }

    /// <summary>The streams have no words left for another step or episode.</summary>
    public static InvalidOperationException UsedUp() => new("the random streams are used up; reset with streams of another round");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ArgumentOutOfRangeException BadAction(int lane, int seat, int action) => new(
        "actions", action, Invariant($"lane {lane}, seat {seat}: actions of '{_info.Name}' are 0 to {_info.Actions - 1}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
