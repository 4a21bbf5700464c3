using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Srpo.Core.Errors;
using Srpo.Core.Random;

namespace Srpo.Environments.Python;

/// <summary>
/// An environment in Python: a process with an environment for every lane, and one message a step for all of them. An episode of a lane is reset with a seed that is
/// drawn from the reset stream by lane and episode, and Python draws all else from that; of the stream of transitions nothing is used. Lanes cannot be saved.
/// The process starts with the first <see cref="Reset"/>, and ends with this.
/// </summary>
public sealed partial class PythonEnvironment : IVectorEnvironment, IDisposable
{
    private readonly PythonModule _module;
    private readonly PythonDescription _description;
    private readonly string _arguments;
    private readonly LaneSet _lanes;
    private readonly uint[] _episodes;
    private readonly uint[] _seeds;
    private readonly float[] _observations;
    private readonly byte[] _legal;
    private readonly int _length;
    private PythonProcess? _process;
    private bool _failed;
    private bool _disposed;

    /// <summary>An environment without a state.</summary>
    /// <param name="module">What makes it.</param>
    /// <param name="arguments">With which arguments, a JSON object.</param>
    /// <param name="label">What the arguments are called.</param>
    /// <param name="file">Their file for messages, or null.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <exception cref="FormatException">The arguments are no JSON object.</exception>
    /// <exception cref="PythonEnvironmentException">It cannot be made, or not be played.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of lanes is out of range.</exception>
    public PythonEnvironment(PythonModule module, string arguments, string label, string? file, int lanes)
    {
        ArgumentNullException.ThrowIfNull(module);
        (_module, _arguments) = (module, PythonModule.Arguments(arguments, file));
        _description = module.Describe(_arguments);
        Info = _description.ToInfo(module.Reference.EnvironmentName, label);
        _lanes = new LaneSet(Info, lanes);
        _length = Info.ObservationLengths[0];
        (_episodes, _seeds) = (new uint[lanes], new uint[lanes]);
        _observations = new float[Info.Seats * lanes * _length];
        _legal = new byte[Info.MasksActions ? Info.Seats * lanes * Info.Actions : 0];
    }

    /// <summary>Ends the process of one that nobody has disposed of.</summary>
    ~PythonEnvironment() => _process?.Close();

    /// <inheritdoc/>
    public EnvironmentInfo Info { get; }

    /// <inheritdoc/>
    public int Lanes => _lanes.Count;

    /// <summary>What plays the same environment as a program in Python would, to be measured beside this.</summary>
    /// <exception cref="PythonEnvironmentException">There is no Python.</exception>
    public PythonLoop Loop() => new(_module, _arguments);

    /// <summary>Number of the process; null where none runs. For tests.</summary>
    internal int? ProcessId => _process?.Id;

    /// <inheritdoc/>
    public void Reset(in StreamId reset, in StreamId dynamics, int firstLane = 0)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _lanes.Bind(reset, dynamics, firstLane);
        _failed = true;
        if (_process is not { IsAlive: true })
        {
            _process?.Dispose();
            _process = null;
            _process = _module.Start(_arguments, Lanes);
        }

        _episodes.AsSpan().Clear();
        for (var lane = 0; lane < Lanes; lane++) Draw(lane);
        MemoryMarshal.AsBytes(_seeds.AsSpan()).CopyTo(_process.Begin('R', 4 * Lanes));
        Take(_process.Ask('S', "a reset", firstLane), "a reset", default);
        for (var lane = 0; lane < Lanes; lane++) Draw(lane);
        _failed = false;
    }

    /// <inheritdoc/>
    /// <exception cref="PythonEnvironmentException">The environment failed, or did not answer in time; reset before going on.</exception>
    public void Step(ReadOnlySpan<byte> actions, StepOutcome outcome)
    {
        _lanes.RequireStep(actions, outcome);
        RequireState();
        RequireLegal(actions);
        _failed = true;
        var message = _process!.Begin('A', actions.Length + (4 * Lanes));
        for (var i = 0; i < actions.Length; i++) message[i] = actions[((i % Info.Seats) * Lanes) + (i / Info.Seats)];
        MemoryMarshal.AsBytes(_seeds.AsSpan()).CopyTo(message[actions.Length..]);
        Take(_process.Ask('S', "a step", _lanes.First), "a step", outcome);
        for (var lane = 0; lane < Lanes; lane++)
        {
            if (outcome.Terminated[lane] || outcome.Truncated[lane]) Draw(lane);
        }

        _failed = false;
    }

    /// <inheritdoc/>
    public void Observe(int seat, ObservationEncoding encoding, Span<float> observations)
    {
        _lanes.RequireObservation(seat, encoding, observations);
        RequireState();
        _observations.AsSpan(seat * Lanes * _length, Lanes * _length).CopyTo(observations);
    }

    /// <inheritdoc/>
    public void ReadLegalActions(int seat, Span<byte> legal)
    {
        _lanes.RequireSeat(seat);
        var length = Lanes * Info.Actions;
        LaneSet.RequireLength(legal.Length, length, nameof(legal));
        if (!Info.MasksActions)
        {
            legal.Fill(1);
            return;
        }

        _lanes.RequireStarted();
        RequireState();
        _legal.AsSpan(seat * length, length).CopyTo(legal);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ObservationSlot> Slots(int seat, ObservationEncoding encoding)
    {
        _lanes.RequireSeat(seat);
        Info.ObservationLength(encoding);
        return _description.Slots(seat);
    }

    /// <summary>What the environment's render gives as text; of one that draws none, what its agents observe.</summary>
    /// <inheritdoc/>
    public string Render(int lane)
    {
        _lanes.RequireLane(lane);
        RequireState();
        MemoryMarshal.Write(_process!.Begin('D', 4), lane);
        var drawing = Plain(Encoding.UTF8.GetString(_process.Ask('D', "a drawing", _lanes.First)));
        return string.IsNullOrWhiteSpace(drawing) ? Numbers(lane) : drawing;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _process?.Dispose();
        _process = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>The seed of the next episode of a lane: 31 bits, which every generator takes.</summary>
    private void Draw(int lane) => _seeds[lane] = _lanes.Starts.Block(_lanes.First + lane, _episodes[lane]++).Word0 >> 1;

    /// <summary>Reads what an answer says lane by lane, and has it seat by seat.</summary>
    private void Take(ReadOnlySpan<byte> answer, string doing, StepOutcome outcome)
    {
        var (seats, masks) = (Info.Seats, Info.MasksActions ? Info.Actions : 0);
        var (numbers, flags) = (seats * (2 + _length), 2 + (seats * masks));
        var expected = Lanes * ((sizeof(float) * numbers) + flags);
        if (answer.Length != expected) throw _process!.Broken(doing, $"it sent {answer.Length} bytes instead of {expected}; an agent has a mask at times and none at others, or another number of actions");
        for (var lane = 0; lane < Lanes; lane++)
        {
            var values = MemoryMarshal.Cast<byte, float>(answer)[(lane * numbers)..((lane + 1) * numbers)];
            var ends = answer[((Lanes * sizeof(float) * numbers) + (lane * flags))..][..flags];
            for (var seat = 0; seat < seats; seat++)
            {
                var (reward, cost, index) = (values[seat], values[seats + seat], (seat * Lanes) + lane);
                var observation = values[((2 * seats) + (seat * _length))..][.._length];
                RequireFinite([reward], lane, seat, "the reward");
                RequireFinite([cost], lane, seat, "the cost");
                RequireFinite(observation, lane, seat, "the observation");
                if (cost < 0) throw Wrong(lane, seat, $"the cost is {cost}; costs are not negative");
                observation.CopyTo(_observations.AsSpan(index * _length));
                var legal = ends[(2 + (seat * masks))..][..masks];
                if (masks > 0 && legal.IndexOf((byte)1) < 0) throw Wrong(lane, seat, $"no action is legal; every mask needs one that is");
                legal.CopyTo(_legal.AsSpan(index * masks));
                if (!outcome.Rewards.IsEmpty) (outcome.Rewards[index], outcome.Costs[index]) = (reward, cost);
            }

            if (!outcome.Terminated.IsEmpty) (outcome.Terminated[lane], outcome.Truncated[lane]) = (ends[0] != 0, ends[1] != 0);
        }
    }

    private void RequireFinite(ReadOnlySpan<float> values, int lane, int seat, string what)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) throw Wrong(lane, seat, $"{what} has the value {value}; all numbers must be finite");
        }
    }

    private void RequireLegal(ReadOnlySpan<byte> actions)
    {
        for (var index = 0; index < actions.Length && _legal.Length > 0; index++)
        {
            if (_legal[(index * Info.Actions) + actions[index]] == 0)
                throw new ArgumentOutOfRangeException(nameof(actions), actions[index], string.Create(CultureInfo.InvariantCulture, $"lane {index % Lanes}, seat {index / Lanes}: action {Info.ActionNames[actions[index]]} is not legal now"));
        }
    }

    private void RequireState()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed) throw new InvalidOperationException($"{Info.Name} has failed; call Reset before going on");
    }

    private PythonEnvironmentException Wrong(int lane, int seat, FormattableString what) =>
        new(ErrorKind.Failed, string.Create(CultureInfo.InvariantCulture, $"{Info.Name}: lane {_lanes.First + lane}, {_description.Agents![seat].Name}: {what.ToString(CultureInfo.InvariantCulture)}"));

    private string Numbers(int lane)
    {
        var text = new StringBuilder();
        for (var seat = 0; seat < Info.Seats; seat++)
        {
            text.Append(_description.Agents![seat].Name).Append(" observes");
            foreach (var value in _observations.AsSpan(((seat * Lanes) + lane) * _length, _length)) text.Append(CultureInfo.InvariantCulture, $" {value:0.###}");
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Text without control characters, such as those that colour it.</summary>
    private static string Plain(string drawing) => string.Concat(Colours().Replace(drawing.ReplaceLineEndings("\n"), "").Where(sign => sign == '\n' || !char.IsControl(sign)));

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]")]
    private static partial Regex Colours();
}
