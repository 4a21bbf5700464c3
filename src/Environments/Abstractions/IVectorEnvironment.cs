using Srpo.Core.Random;

namespace Srpo.Environments;

/// <summary>
/// An environment of several seats, vectorised over independent lanes. It is deterministic given the streams of
/// <see cref="Reset"/> and <see cref="Rebind"/>, allocates nothing per step, and writes into buffers of the caller. Buffers that hold a value per
/// seat and lane are seat-major: index seat * Lanes + lane. Buffers have exactly the documented length; another one is an
/// <see cref="ArgumentException"/>. Before the first <see cref="Reset"/> or <see cref="RestoreLanes"/> there is no state to observe, step or render: that is an
/// <see cref="InvalidOperationException"/>. Not thread-safe; use one instance per worker. One that holds more than memory, such as a process, is an
/// <see cref="IDisposable"/>: whoever makes environments disposes of those that are.
/// </summary>
public interface IVectorEnvironment
{
    /// <summary>In place of a seat's number, in turn-based environments: in every lane the seat that is to move.</summary>
    const int ToMove = -1;

    /// <summary>Sizes and names that do not change.</summary>
    EnvironmentInfo Info { get; }

    /// <summary>Number of lanes, at least 1.</summary>
    int Lanes { get; }

    /// <summary>Starts a new episode in every lane and binds the random streams that the lanes draw from henceforth.</summary>
    /// <param name="reset">Stream of start states.</param>
    /// <param name="dynamics">Stream of transitions; it must differ from the other, in purpose for example.</param>
    /// <param name="firstLane">Lane number of lane 0 within the streams, so that one rollout can be split over instances.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lanes do not fit into [0, 2^24).</exception>
    /// <exception cref="ArgumentException">The streams are the same.</exception>
    void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0);

    /// <summary>Writes what a seat observes now in every lane.</summary>
    /// <param name="seat">0 to Info.Seats - 1; in turn-based environments also <see cref="ToMove"/>.</param>
    /// <param name="encoding">How the observation is written; one whose length in Info.ObservationLengths is positive.</param>
    /// <param name="observations">[Lanes x Info.ObservationLength(encoding)], row-major.</param>
    void Observe(int seat, ObservationEncoding encoding, Span<float> observations);

    /// <summary>Turn-based environments: the one seat that acts now in every lane.</summary>
    /// <param name="seats">[Lanes] receives 0 to Info.Seats - 1.</param>
    /// <exception cref="NotSupportedException">All seats act at every step (Info.TurnBased is false).</exception>
    void ReadMovers(Span<byte> seats) => throw new NotSupportedException($"in '{Info.Name}' all seats act at every step");

    /// <summary>Which actions a seat may take now in every lane; at least one. All of them unless Info.MasksActions.</summary>
    /// <param name="seat">0 to Info.Seats - 1; in turn-based environments also <see cref="ToMove"/>. A seat that is not to move has the actions it would have if it were.</param>
    /// <param name="legal">[Lanes x Info.Actions] receives 1 for a legal action, 0 for an illegal one.</param>
    void ReadLegalActions(int seat, Span<byte> legal) => legal.Fill(1);

    /// <summary>
    /// Advances every lane by one step. A lane whose episode ends starts the next one at once; what is observed afterwards
    /// belongs to the new episode.
    /// </summary>
    /// <param name="actions">[Seats x Lanes], each 0 to Info.Actions - 1. In turn-based environments only the mover's is read.</param>
    /// <param name="outcome">Receives rewards, costs and ends of this step; every element is written.</param>
    /// <exception cref="ArgumentOutOfRangeException">An action is out of range or illegal; the message names lane and seat. Reset before going on.</exception>
    void Step(ReadOnlySpan<byte> actions, StepOutcome outcome);

    /// <summary>
    /// Where Info.ObservationStates is positive: a number in [0, Info.ObservationStates) per lane that identifies what the
    /// seat observes, equal numbers meaning equal observations and different ones different observations. It lets frozen policies be tabulated and equal samples be merged.
    /// </summary>
    /// <param name="seat">0 to Info.Seats - 1.</param>
    /// <param name="encoding">How the observation would be written; part of what the numbers mean.</param>
    /// <param name="states">[Lanes].</param>
    /// <exception cref="NotSupportedException">Observations of this environment are not enumerable.</exception>
    void ObserveStates(int seat, ObservationEncoding encoding, Span<int> states) => throw new NotSupportedException($"observations of '{Info.Name}' are not enumerated");

    /// <summary>Writes the observation that a number of <see cref="ObserveStates"/> stands for.</summary>
    /// <param name="state">0 to Info.ObservationStates - 1.</param>
    /// <param name="encoding">How the observation is written.</param>
    /// <param name="observation">[Info.ObservationLength(encoding)].</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    /// <exception cref="NotSupportedException">Observations of this environment are not enumerable.</exception>
    void DecodeState(int state, ObservationEncoding encoding, Span<float> observation) => throw new NotSupportedException($"observations of '{Info.Name}' are not enumerated");

    /// <summary>What every number of a seat's observation means, for people.</summary>
    /// <param name="seat">0 to Info.Seats - 1.</param>
    /// <param name="encoding">How the observation is written.</param>
    /// <returns>[Info.ObservationLength(encoding)] slots in order, with ranges that no episode leaves.</returns>
    /// <exception cref="ArgumentException">The encoding is not offered.</exception>
    /// <exception cref="NotSupportedException">This environment does not tell.</exception>
    IReadOnlyList<ObservationSlot> Slots(int seat, ObservationEncoding encoding) => throw new NotSupportedException($"'{Info.Name}' does not say what its observations mean");

    /// <summary>Draws the present state of a lane as plain text, several lines, for the terminal.</summary>
    /// <param name="lane">0 to Lanes - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such lane.</exception>
    string Render(int lane);

    /// <summary>
    /// Where Info.SavesLanes: all that decides how the lanes go on, as bytes: their states, the streams that they draw from, and how far they have drawn.
    /// <see cref="LaneStateWriter"/> makes such bytes, with checks. Changes nothing. Equal states give equal bytes: what an earlier episode has left
    /// in a buffer and no longer counts is not part of it.
    /// </summary>
    /// <returns>Bytes for <see cref="RestoreLanes"/>.</returns>
    /// <exception cref="NotSupportedException">This environment's lanes cannot be saved.</exception>
    byte[] SaveLanes() => throw new NotSupportedException($"the lanes of '{Info.Name}' cannot be saved");

    /// <summary>
    /// Where Info.SavesLanes: takes the state that an equal environment of equally many lanes has saved, in this process or another, in place of its own; it need
    /// not have been reset. From here on equal actions give the same bits as there.
    /// </summary>
    /// <param name="state">What <see cref="SaveLanes"/> gave.</param>
    /// <exception cref="FormatException">The bytes are damaged, of another length, or of another environment or number of lanes.</exception>
    /// <exception cref="NotSupportedException">This environment's lanes cannot be saved.</exception>
    void RestoreLanes(ReadOnlySpan<byte> state) => throw new NotSupportedException($"the lanes of '{Info.Name}' cannot be saved");

    /// <summary>
    /// Where Info.SavesLanes: binds random streams that the lanes draw from henceforth, as <see cref="Reset"/> does, and lets the episodes go on. Steps are counted from 0
    /// again, and so are episodes: one in progress counts as the first of the new streams, although it drew its start from others, so that the next one takes the
    /// draws of the second.
    /// </summary>
    /// <param name="reset">Stream of start states.</param>
    /// <param name="dynamics">Stream of transitions; it must differ from the other, in purpose for example.</param>
    /// <param name="firstLane">Lane number of lane 0 within the streams.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lanes do not fit into [0, 2^24).</exception>
    /// <exception cref="ArgumentException">The streams are the same.</exception>
    /// <exception cref="NotSupportedException">This environment's lanes cannot be saved.</exception>
    void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0) => throw new NotSupportedException($"episodes of '{Info.Name}' cannot go on with other random streams");
}

/// <summary>The buffers that receive what a step yields. Seat-major: index seat * Lanes + lane.</summary>
public readonly ref struct StepOutcome
{
    /// <summary>[Seats x Lanes] reward of each seat: its part of the shared reward minus its private cost.</summary>
    public required Span<float> Rewards { get; init; }

    /// <summary>[Seats x Lanes] private cost of each seat, not negative.</summary>
    public required Span<float> Costs { get; init; }

    /// <summary>[Lanes] the episode ended in this step: values must not be bootstrapped across it.</summary>
    public required Span<bool> Terminated { get; init; }

    /// <summary>[Lanes] time ran out in this step but the task goes on: values may be bootstrapped across it.</summary>
    public required Span<bool> Truncated { get; init; }
}

/// <summary>How an observation is laid out.</summary>
public enum ObservationEncoding
{
    /// <summary>The environment's plain numbers, seats in order of their number.</summary>
    Absolute = 0,

    /// <summary>Plain numbers, the observing seat's own values first; what one network for all seats needs.</summary>
    OwnFirst = 1,

    /// <summary>Every number one-hot, seats in order of their number.</summary>
    OneHot = 2,

    /// <summary>Every number one-hot, the observing seat's own values first.</summary>
    OneHotOwnFirst = 3,
}

/// <summary>Sizes and names of an environment that do not change.</summary>
/// <param name="Name">The environment's registered name, for example "gridworld".</param>
/// <param name="Variant">Its layout or game, for example "official".</param>
/// <param name="Seats">Number of acting seats, at least 2.</param>
/// <param name="Actions">Number of discrete actions of every seat, 2 to 255.</param>
/// <param name="EpisodeLength">Steps of an episode, at least 1.</param>
/// <param name="ObservationStates">Number of different observations where they can be enumerated; 0 where not.</param>
/// <param name="ObservationLengths">Length of an observation by encoding, index (int)<see cref="ObservationEncoding"/>; 0 where not offered.</param>
/// <param name="ActionNames">Names of the actions.</param>
public sealed record EnvironmentInfo(
    string Name,
    string Variant,
    int Seats,
    int Actions,
    int EpisodeLength,
    int ObservationStates,
    IReadOnlyList<int> ObservationLengths,
    IReadOnlyList<string> ActionNames)
{
    /// <summary>Whether one seat acts at a time: then only the mover has a sample in a step.</summary>
    public bool TurnBased { get; init; }

    /// <summary>Whether some actions may be illegal, see <see cref="IVectorEnvironment.ReadLegalActions"/>.</summary>
    public bool MasksActions { get; init; }

    /// <summary>
    /// Whether an episode may end before <see cref="EpisodeLength"/>, which is then the largest number of steps. A match counts
    /// one such episode, from its start to its end.
    /// </summary>
    public bool EndsEarly { get; init; }

    /// <summary>Whether the team's seats all receive the same reward, so that an episode's score is that reward and not the sum over seats.</summary>
    public bool SharedReward { get; init; }

    /// <summary>
    /// Whether the state of its lanes can be saved, restored and gone on with, see <see cref="IVectorEnvironment.SaveLanes"/>: what the training setting continueEpisodes
    /// needs.
    /// </summary>
    public bool SavesLanes { get; init; }

    /// <summary>
    /// Seats of the cooperating team: 0 to TeamSeats - 1. The seats after them are opponents, who have a policy of their own
    /// that may be frozen. All seats where there are none.
    /// </summary>
    public int TeamSeats { get; init; } = Seats;

    /// <summary>
    /// Whether all that a player goes by can be told apart by the number of its observation. Where actions are masked or seats take turns it
    /// cannot: the numbers say nothing about legal actions, nor does the mover have one.
    /// </summary>
    public bool HasStates => ObservationStates > 0 && !MasksActions && !TurnBased;

    /// <summary>The length of an observation in an encoding.</summary>
    /// <exception cref="ArgumentException">The environment does not offer the encoding.</exception>
    public int ObservationLength(ObservationEncoding encoding)
    {
        var length = ObservationLengths[(int)encoding];
        return length > 0
            ? length
            : throw new ArgumentException($"environment '{Name}' does not offer the observation encoding '{encoding}'", nameof(encoding));
    }
}
