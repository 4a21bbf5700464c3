using System.Globalization;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;

namespace Srpo.Learning;

/// <summary>
/// A policy that plays any seats of an environment and learns nothing. Where observations can be enumerated, the policy is evaluated
/// once for each that comes up and looked up from then on; the bits are those of the network. Else, and where it has memory, the network
/// runs at every step. Not thread-safe.
/// </summary>
internal sealed class PolicyPlayer : ISeatPlayer, IDisposable
{
    /// <summary>Environments with more observations than this are played with the network.</summary>
    public const int LargestTable = 1 << 18;

    /// <summary>Observations that are evaluated together.</summary>
    private const int Batch = 96;

    private readonly ObservationEncoding _encoding;
    private readonly IPolicyNetwork _network;
    private readonly float[] _probabilities;
    private readonly float[] _cumulative;
    private readonly byte[] _mostLikely;
    private readonly float[] _logs;
    private readonly float[] _batchLogs;
    private readonly float[] _observations;
    private readonly byte[] _legal;
    private readonly int[] _seats;
    private readonly RandomStream[] _draws;
    private readonly CarriedState? _carried;
    private readonly int[] _tracks = new int[Batch];
    private readonly bool[] _known;
    private readonly int[] _entries;
    private readonly int[] _pending;
    private readonly int _actions;
    private readonly int _lanes;
    private readonly int _length;

    /// <summary>Prepares a frozen policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="environment">Its environment; only sizes are used here.</param>
    /// <param name="device">Where networks run.</param>
    /// <param name="tabulate">False plays with the network even where a table is possible.</param>
    /// <param name="keepsLogs">Whether <see cref="LogProbabilities"/> will be asked for.</param>
    /// <exception cref="ArgumentException">The policy does not fit the environment.</exception>
    public PolicyPlayer(ObservingPolicy policy, IVectorEnvironment environment, ILearnerDevice device, bool tabulate, bool keepsLogs = false)
        : this(policy.Inputs, policy.Actions, policy.Carried, policy.Encoding, environment, () => policy.CreateNetwork(device), tabulate && !policy.KnowsTurns, keepsLogs, policy.KnowsTurns)
    {
        try
        {
            Load(policy.Parameters);
        }
        catch
        {
            _network.Dispose();
            throw;
        }
    }

    /// <summary>Prepares policies of a shape; <see cref="Load"/> says which one plays.</summary>
    /// <param name="shape">Shape of their networks.</param>
    /// <param name="encoding">The observations they were trained with.</param>
    /// <param name="environment">Their environment; only sizes are used here.</param>
    /// <param name="device">Where networks run.</param>
    /// <param name="tabulate">False plays with the network even where a table is possible.</param>
    /// <exception cref="ArgumentException">Policies of that shape do not fit the environment.</exception>
    public PolicyPlayer(NetworkShape shape, ObservationEncoding encoding, IVectorEnvironment environment, ILearnerDevice device, bool tabulate)
        : this(shape.Inputs, shape.Outputs, shape.Gru, encoding, environment, () => device.CreatePolicy(shape), tabulate, keepsLogs: false)
    {
    }

    private PolicyPlayer(int inputs, int actions, int carried, ObservationEncoding encoding, IVectorEnvironment environment, Func<IPolicyNetwork> create, bool tabulate, bool keepsLogs, bool knowsTurns = false)
    {
        var info = environment.Info;
        _encoding = encoding;
        _actions = actions;
        _lanes = environment.Lanes;
        _length = info.ObservationLength(encoding);
        if (_length != inputs || info.Actions != _actions)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"a policy for {inputs} inputs and {_actions} actions cannot play {info.Name}/{info.Variant}, which has {_length} inputs and {info.Actions} actions"),
                nameof(environment));
        }

        _network = create();
        _entries = new int[info.Seats * _lanes];
        _pending = new int[Batch];
        _observations = new float[Batch * _length];
        _probabilities = new float[Batch * _actions];
        _legal = new byte[info.MasksActions ? Batch * _actions : 0];
        (_seats, _draws) = (new int[knowsTurns ? Batch : 0], new RandomStream[knowsTurns ? Batch : 0]);
        if (carried > 0) _carried = new CarriedState(carried, 0, info.Seats * _lanes, _lanes, Batch);
        if (tabulate && carried == 0 && info.HasStates && info.ObservationStates <= LargestTable)
        {
            _known = new bool[info.ObservationStates];
            _cumulative = new float[info.ObservationStates * _actions];
        }
        else
        {
            _known = [];
            _cumulative = new float[_entries.Length * _actions];
            for (var i = 0; i < _entries.Length; i++) _entries[i] = i;
        }

        _mostLikely = new byte[_cumulative.Length / _actions];
        _logs = new float[keepsLogs ? _cumulative.Length : 0];
        _batchLogs = new float[keepsLogs ? Batch * _actions : 0];
    }

    /// <summary>Share of uniform noise over the legal actions in what it does.</summary>
    public float Noise { get; init; }

    /// <summary>How it acts.</summary>
    public ActionChoice Actions { get; init; }

    /// <summary>Plays with these parameters from now on.</summary>
    public void Load(float[] parameters)
    {
        _network.Load(parameters);
        _known.AsSpan().Clear();
    }

    /// <inheritdoc/>
    public void Observe(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        if (_known.Length > 0) LookUp(views, view, lanes);
        else Compute(views, view, lanes);
    }

    /// <inheritdoc/>
    public void Act(int view, ReadOnlySpan<int> lanes, ReadOnlySpan<byte> movers, ReadOnlySpan<float> uniforms, Span<byte> actions)
    {
        var entries = _entries.AsSpan(view * _lanes, _lanes);
        if (Actions == ActionChoice.Greedy)
        {
            foreach (var lane in lanes) actions[lane] = _mostLikely[entries[lane]];
            return;
        }

        foreach (var lane in lanes)
            actions[lane] = (byte)Sampling.Choose(_cumulative.AsSpan(entries[lane] * _actions, _actions), uniforms[lane]);
    }

    /// <inheritdoc/>
    public bool Remembers => _carried is not null;

    /// <inheritdoc/>
    public void Forget(int lane) => _carried?.Forget(lane);

    /// <inheritdoc/>
    public Span<float> Memory(int track) => _carried is null ? default : _carried.OfPolicy(track);

    /// <summary>The probabilities of the actions of a lane of a view.</summary>
    public double[] Probabilities(int view, int lane)
    {
        var cumulative = _cumulative.AsSpan(_entries[(view * _lanes) + lane] * _actions, _actions);
        var probabilities = new double[_actions];
        for (var a = 0; a < _actions; a++)
            probabilities[a] = Math.Max(0, Math.Min(1, cumulative[a]) - (a == 0 ? 0 : Math.Min(1, cumulative[a - 1])));
        return probabilities;
    }

    /// <summary>The logarithms of the probabilities, as the network says them; 0 for illegal actions. Only where they are kept, and without the noise.</summary>
    public ReadOnlySpan<float> LogProbabilities(int view, int lane) => _logs.AsSpan(_entries[(view * _lanes) + lane] * _actions, _actions);

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private void LookUp(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        var states = views.States(view, _encoding);
        var entries = _entries.AsSpan(view * _lanes, _lanes);
        var count = 0;
        foreach (var lane in lanes)
        {
            var state = states[lane];
            entries[lane] = state;
            if (_known[state]) continue;
            _known[state] = true;
            views.Environment.DecodeState(state, _encoding, _observations.AsSpan(count * _length, _length));
            _pending[count++] = state;
            if (count == _pending.Length) Flush(ref count);
        }

        if (count > 0) Flush(ref count);
    }

    private void Compute(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        var observations = views.Observations(view, _encoding);
        var legal = views.Legal(view);
        var count = 0;
        foreach (var lane in lanes)
        {
            observations.AsSpan(lane * _length, _length).CopyTo(_observations.AsSpan(count * _length));
            if (_legal.Length > 0) legal.Slice(lane * _actions, _actions).CopyTo(_legal.AsSpan(count * _actions));
            var seat = views.Movers.IsEmpty ? view : views.Movers[lane];
            _tracks[count] = (seat * _lanes) + lane;
            if (_seats.Length > 0) (_seats[count], _draws[count]) = (seat, views.Draws(seat, lane));
            _pending[count++] = (view * _lanes) + lane;
            if (count == _pending.Length) Flush(ref count);
        }

        if (count > 0) Flush(ref count);
    }

    private void Flush(ref int count)
    {
        var legal = _legal.AsSpan(0, _legal.Length > 0 ? count * _actions : 0);
        var tracks = _tracks.AsSpan(0, count);
        _network.Evaluate(new PolicyBatch
        {
            Rows = count,
            Observations = _observations.AsSpan(0, count * _length),
            Legal = legal,
            Seats = _seats.AsSpan(0, _seats.Length > 0 ? count : 0),
            Draws = _draws.AsSpan(0, _draws.Length > 0 ? count : 0),
            State = _carried is null ? default : _carried.OfPolicy(tracks),
            LogProbabilities = _batchLogs.AsSpan(0, _batchLogs.Length > 0 ? count * _actions : 0),
            Probabilities = _probabilities,
        });
        _carried?.Keep(tracks);
        for (var r = 0; r < count; r++)
        {
            if (_logs.Length > 0) _batchLogs.AsSpan(r * _actions, _actions).CopyTo(_logs.AsSpan(_pending[r] * _actions));
            var probabilities = _probabilities.AsSpan(r * _actions, _actions);
            if (Noise > 0) Mix(probabilities, legal.IsEmpty ? default : legal.Slice(r * _actions, _actions));
            Sampling.Accumulate(probabilities, _cumulative.AsSpan(_pending[r] * _actions, _actions));
            if (Actions == ActionChoice.Greedy) _mostLikely[_pending[r]] = Sampling.MostLikely(probabilities);
        }

        count = 0;
    }

    private void Mix(Span<float> probabilities, ReadOnlySpan<byte> legal)
    {
        var share = Noise / (legal.IsEmpty ? _actions : legal.Count((byte)1));
        for (var a = 0; a < probabilities.Length; a++)
            if (legal.IsEmpty || legal[a] != 0) probabilities[a] = ((1 - Noise) * probabilities[a]) + share;
    }
}
