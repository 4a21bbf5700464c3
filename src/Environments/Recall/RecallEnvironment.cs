using System.Globalization;
using Srpo.Core.Random;

namespace Srpo.Environments.Recall;

/// <summary>
/// A matrix game with a cue several steps back: both seats see the same cue at the first step of an episode, nothing while they wait, and
/// at the last step that it is time to answer. Both are paid 1 if both then take the action of the cue. Who sees no more than the present observation
/// can do no better than to guess, which earns 1 / cues; who remembers earns 1.
/// </summary>
public sealed class RecallEnvironment : IVectorEnvironment
{
    /// <summary>The registered name.</summary>
    public const string RegisteredName = "recall";

    private const int StateVersion = 1;

    private readonly int _cues;
    private readonly int _delay;
    private readonly byte[] _cue;
    private readonly byte[] _last;
    private readonly LaneSet _lanes;

    /// <summary>Makes an environment; call <see cref="Reset"/> before anything else.</summary>
    /// <param name="definition">The game.</param>
    /// <param name="lanes">Number of lanes, 1 to 2^24.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public RecallEnvironment(RecallDefinition definition, int lanes)
    {
        ArgumentNullException.ThrowIfNull(definition);
        definition.Check();
        (_cues, _delay) = (definition.Cues, definition.Delay);
        var length = _cues + 1;
        Info = new EnvironmentInfo(
            RegisteredName, definition.Name, Seats: 2, _cues, _delay + 1, ObservationStates: _cues + 2, [length, length, length, length],
            [.. Enumerable.Range(0, _cues).Select(cue => string.Create(CultureInfo.InvariantCulture, $"answer-{cue}"))])
        {
            SharedReward = true,
            SavesLanes = true,
        };
        _lanes = new LaneSet(Info, lanes);
        (_cue, _last) = (new byte[lanes], new byte[2 * lanes]);
    }

    /// <inheritdoc />
    public EnvironmentInfo Info { get; }

    /// <inheritdoc />
    public int Lanes => _lanes.Count;

    /// <summary>The number of an observation: a cue; then waiting; then answering.</summary>
    private int Waiting => _cues;

    private int Answering => _cues + 1;

    /// <inheritdoc />
    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        _lanes.Bind(reset, dynamics, firstLane);
        DrawCues();
        _last.AsSpan().Fill(byte.MaxValue);
    }

    /// <inheritdoc />
    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        var length = _lanes.RequireObservation(seat, encoding, observations);
        for (var lane = 0; lane < Lanes; lane++) Write(State(lane), observations.Slice(lane * length, length));
    }

    /// <inheritdoc />
    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        _lanes.RequireStep(actions, outcome);
        var (lanes, answers) = (_lanes.Count, _lanes.StepOfEpisode == _delay);
        outcome.Costs.Clear();
        for (var lane = 0; lane < lanes; lane++)
        {
            var right = answers && actions[lane] == _cue[lane] && actions[lanes + lane] == _cue[lane];
            outcome.Rewards[lane] = outcome.Rewards[lanes + lane] = right ? 1 : 0;
        }

        actions.CopyTo(_last);
        if (_lanes.EndStep(outcome)) DrawCues();
    }

    /// <inheritdoc />
    public void ObserveStates(int seat, ObservationEncoding encoding, Span<int> states)
    {
        _lanes.RequireStates(seat, encoding, states);
        for (var lane = 0; lane < Lanes; lane++) states[lane] = State(lane);
    }

    /// <inheritdoc />
    public void DecodeState(int state, ObservationEncoding encoding, Span<float> observation)
    {
        _lanes.RequireDecoding(state, encoding, observation);
        Write(state, observation);
    }

    /// <summary>What every number of an observation means, in every encoding.</summary>
    public IReadOnlyList<ObservationSlot> Slots() =>
    [
        .. Enumerable.Range(0, _cues).Select(cue => new ObservationSlot(cue, string.Create(CultureInfo.InvariantCulture, $"the cue is {cue}; at the first step only"), 0, 1)),
        new ObservationSlot(_cues, "it is time to answer: the last step", 0, 1),
    ];

    /// <inheritdoc />
    IReadOnlyList<ObservationSlot> IVectorEnvironment.Slots(int seat, ObservationEncoding encoding)
    {
        _lanes.RequireSeat(seat);
        Info.ObservationLength(encoding);
        return Slots();
    }

    /// <inheritdoc />
    public string Render(int lane)
    {
        _lanes.RequireLane(lane);
        var step = _lanes.StepOfEpisode;
        var sight = step == 0 ? $"the cue is {_cue[lane]}" : step == _delay ? "answer now" : "wait";
        var last = _last[lane] == byte.MaxValue ? "" : $", last actions {_last[lane]} and {_last[Lanes + lane]}";
        return string.Create(CultureInfo.InvariantCulture, $"{sight}{last}\n{Info.Variant}, step {step} of {Info.EpisodeLength}\n");
    }

    /// <inheritdoc />
    public byte[] SaveLanes()
    {
        var writer = _lanes.Save(StateVersion);
        writer.WriteAll<byte>(_cue);
        writer.WriteAll<byte>(_last);
        return writer.ToBytes();
    }

    /// <inheritdoc />
    public void RestoreLanes(ReadOnlySpan<byte> state)
    {
        var reader = _lanes.Restore(state, StateVersion);
        reader.ReadAll<byte>(_cue);
        reader.ReadAll<byte>(_last);
        reader.End();
    }

    /// <inheritdoc />
    public void Rebind(in StreamId reset, in StreamId dynamics, int firstLane = 0) => _lanes.Rebind(reset, dynamics, firstLane);

    private int State(int lane) => _lanes.StepOfEpisode == 0 ? _cue[lane] : _lanes.StepOfEpisode == _delay ? Answering : Waiting;

    private void Write(int state, Span<float> observation)
    {
        observation.Clear();
        if (state == Waiting) return;
        observation[state == Answering ? _cues : state] = 1;
    }

    /// <summary>The cue of episode e is drawn by block e of its lane's stream.</summary>
    private void DrawCues()
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            var word = _lanes.Starts.Block(_lanes.First + lane, _lanes.Episode).Word0;
            _cue[lane] = (byte)(((ulong)word * (uint)_cues) >> 32);
        }
    }
}
