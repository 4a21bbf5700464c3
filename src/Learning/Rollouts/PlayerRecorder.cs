using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;

namespace Srpo.Learning;

/// <summary>
/// One actor during a rollout: knows which observations were seen, evaluates the policy for new ones only, samples actions
/// and records. The critic is evaluated once, at the end, for all rows; where it has memory, step by step. Not thread-safe.
/// </summary>
internal sealed class PlayerRecorder : ISeatPlayer, IDisposable
{
    /// <summary>New observations that are evaluated together.</summary>
    private const int Batch = 96;

    private readonly int _lanes;
    private readonly int _length;
    private readonly int _actions;
    private readonly int _seats;
    private readonly int _states;
    private readonly bool _enumerable;
    private readonly bool _masks;
    private readonly CarriedState? _carried;
    private readonly ActorShape _shape;
    private readonly IPolicyNetwork _policy;
    private readonly ICriticNetwork _critic;
    private readonly RowTable _table;
    private readonly int[] _current;
    private readonly float[] _newObservations;
    private readonly float[] _newCentral;
    private readonly byte[] _newLegal;
    private readonly int[] _newTracks = new int[Batch];
    private readonly float[] _probabilities;
    private readonly SampleRecord _record;
    private float[] _observations = [];
    private float[] _central = [];
    private float[] _values = [];
    private byte[] _legal = [];
    private float[] _logProbabilities = [];
    private float[] _cumulative = [];
    private byte[] _mostLikely = [];

    /// <summary>A recorder.</summary>
    /// <param name="environment">Sizes of the environment.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="shape">Shape of the actor.</param>
    /// <param name="keepsSignals">Whether it is an adversary, whose signals differ from the rewards.</param>
    /// <param name="device">Where networks run.</param>
    public PlayerRecorder(EnvironmentInfo environment, int lanes, ActorShape shape, bool keepsSignals, ILearnerDevice device)
    {
        _lanes = lanes;
        _shape = shape;
        _length = shape.Policy.Inputs;
        _actions = shape.Policy.Outputs;
        _seats = environment.Seats;
        _states = environment.ObservationStates;
        _masks = environment.MasksActions;
        _policy = device.CreatePolicy(shape.Policy);
        _critic = device.CreateCritic(shape);
        var rows = shape.CentralCritic ? Math.Pow(_states, _seats) : _states;
        _enumerable = environment.HasStates && !shape.IsRecurrent && rows < long.MaxValue;
        _table = new RowTable(_enumerable ? (long)rows : 0);
        _current = new int[environment.Seats * lanes];
        _newObservations = new float[Batch * _length];
        _newCentral = new float[shape.CentralCritic ? Batch * shape.Critic.Inputs : 0];
        if (shape.IsRecurrent) _carried = new CarriedState(shape.Policy.Gru, shape.CriticState, environment.Seats * lanes, lanes, Batch);
        _newLegal = new byte[_masks ? Batch * _actions : 0];
        _probabilities = new float[Batch * _actions];
        _record = new SampleRecord(environment.Seats * lanes, keepsSignals);
    }

    /// <summary>How it acts; only who is measured is greedy, and learns nothing from it.</summary>
    public ActionChoice Actions { get; init; }

    /// <summary>Starts a rollout.</summary>
    /// <param name="parameters">Policy and critic of who plays.</param>
    /// <param name="samples">Number of samples that it will make, or 0 where that is open.</param>
    public void Begin(float[] parameters, int samples)
    {
        _policy.Load(parameters);
        _critic.Load(parameters);
        _table.Clear();
        _record.Begin(samples);
    }

    /// <summary>Looks at lanes of a view: afterwards every one has a row, and every row has probabilities.</summary>
    public void Observe(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        if (_enumerable) ObserveStates(views, view, lanes);
        else ObserveAll(views, view, lanes);
    }

    /// <summary>Samples actions in lanes of a view that were observed, and records them.</summary>
    /// <inheritdoc/>
    public void Act(int view, ReadOnlySpan<int> lanes, ReadOnlySpan<byte> movers, ReadOnlySpan<float> uniforms, Span<byte> actions)
    {
        var current = _current.AsSpan(view * _lanes, _lanes);
        foreach (var lane in lanes)
        {
            var row = current[lane];
            var action = Actions == ActionChoice.Greedy ? _mostLikely[row] : (byte)Sampling.Choose(_cumulative.AsSpan(row * _actions, _actions), uniforms[lane]);
            _record.Add(((movers.IsEmpty ? view : movers[lane]) * _lanes) + lane, row, action);
            actions[lane] = action;
        }
    }

    /// <summary>Records what a step yielded for a seat in the lanes where this actor sits in it.</summary>
    /// <param name="seat">The seat.</param>
    /// <param name="lanes">The lanes.</param>
    /// <param name="rewards">[Lanes] of the seat.</param>
    /// <param name="costs">[Lanes] of the seat.</param>
    /// <param name="signals">[Lanes].</param>
    /// <param name="ends">[2 x Lanes] terminated, then truncated.</param>
    public void Record(
        int seat, ReadOnlySpan<int> lanes, ReadOnlySpan<float> rewards, ReadOnlySpan<float> costs, ReadOnlySpan<float> signals, ReadOnlySpan<bool> ends)
    {
        foreach (var lane in lanes)
            _record.Yield((seat * _lanes) + lane, rewards[lane], costs[lane], signals[lane], ends[lane], ends[_lanes + lane]);
    }

    /// <inheritdoc/>
    public bool Remembers => _carried is not null;

    /// <inheritdoc/>
    public void Forget(int lane) => _carried?.Forget(lane);

    /// <summary>
    /// Where all seats act at every step, the environment has been observed after the last step, and each seat's last sample is
    /// followed by what it sees now.
    /// </summary>
    public void CutAfterObserving(int view, ReadOnlySpan<int> lanes)
    {
        foreach (var lane in lanes) _record.Cut((view * _lanes) + lane, _current[(view * _lanes) + lane]);
    }

    /// <summary>Ends the rollout. In turn-based environments the last turn of a seat serves as the cut behind the turn before it.</summary>
    /// <param name="actor">Index of the actor in its team.</param>
    /// <param name="seat">Its seat, or -1.</param>
    public SeatSamples End(int actor, int seat)
    {
        var rows = _table.Rows;
        var values = GC.AllocateUninitializedArray<float>(rows);
        if (_carried is not null) _values.AsSpan(0, rows).CopyTo(values);
        else _critic.Evaluate(new CriticBatch { Observations = _shape.CentralCritic ? _central.AsSpan(0, rows * _shape.Critic.Inputs) : _observations.AsSpan(0, rows * _length), Values = values });
        var samples = _record.ToSamples(
            actor, seat,
            NewArray.Of<float>(_observations.AsSpan(0, rows * _length)),
            _masks ? NewArray.Of<byte>(_legal.AsSpan(0, rows * _actions)) : [],
            NewArray.Of<float>(_logProbabilities.AsSpan(0, rows * _actions)),
            values);
        return _shape.CentralCritic ? samples with { Central = NewArray.Of<float>(_central.AsSpan(0, rows * _shape.Critic.Inputs)) } : samples;
    }

    public void Dispose()
    {
        _policy.Dispose();
        _critic.Dispose();
    }

    private void ObserveStates(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        var first = _table.Rows;
        var fresh = 0;
        var states = views.States(view, _shape.Encoding);
        var current = _current.AsSpan(view * _lanes, _lanes);
        foreach (var lane in lanes)
        {
            current[lane] = _table.RowOf(_shape.CentralCritic ? JointState(views, view, lane) : states[lane], out var isNew);
            if (!isNew) continue;
            views.Environment.DecodeState(states[lane], _shape.Encoding, _newObservations.AsSpan(fresh * _length, _length));
            if (_shape.CentralCritic) SeeAll(views, view, lane, fresh);
            if (++fresh == Batch) Flush(ref first, ref fresh);
        }

        if (fresh > 0) Flush(ref first, ref fresh);
    }

    private void ObserveAll(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        var first = _table.Rows;
        var fresh = 0;
        var observations = views.Observations(view, _shape.Encoding);
        var legal = views.Legal(view);
        foreach (var lane in lanes)
        {
            _current[(view * _lanes) + lane] = _table.NewRow();
            observations.AsSpan(lane * _length, _length).CopyTo(_newObservations.AsSpan(fresh * _length));
            if (_masks) legal.Slice(lane * _actions, _actions).CopyTo(_newLegal.AsSpan(fresh * _actions));
            var seat = views.Movers.IsEmpty ? view : views.Movers[lane];
            if (_shape.CentralCritic) SeeAll(views, seat, lane, fresh);
            _newTracks[fresh] = (seat * _lanes) + lane;
            if (++fresh == Batch) Flush(ref first, ref fresh);
        }

        if (fresh > 0) Flush(ref first, ref fresh);
    }

    /// <summary>The observations of all seats, this one's first.</summary>
    private void SeeAll(StepViews views, int seat, int lane, int fresh)
    {
        var central = _newCentral.AsSpan(fresh * _shape.Critic.Inputs, _shape.Critic.Inputs);
        for (var i = 0; i < _seats; i++)
            views.SeatObservations((seat + i) % _seats, _shape.Encoding).AsSpan(lane * _length, _length).CopyTo(central[(i * _length)..]);
    }

    /// <summary>The numbers of the observations of all seats, this one's first, as one number.</summary>
    private long JointState(StepViews views, int seat, int lane)
    {
        var joint = 0L;
        for (var i = 0; i < _seats; i++) joint = (joint * _states) + views.States((seat + i) % _seats, _shape.Encoding)[lane];
        return joint;
    }

    /// <summary>Evaluates the policy for new observations, which become the rows from <paramref name="first"/> on.</summary>
    private void Flush(ref int first, ref int count)
    {
        Grow(first + count);
        var observations = _newObservations.AsSpan(0, count * _length);
        var central = _newCentral.AsSpan(0, _shape.CentralCritic ? count * _shape.Critic.Inputs : 0);
        var legal = _newLegal.AsSpan(0, _masks ? count * _actions : 0);
        var tracks = _newTracks.AsSpan(0, count);
        _policy.Evaluate(new PolicyBatch
        {
            Rows = count,
            Observations = observations,
            Legal = legal,
            State = _carried is null ? default : _carried.OfPolicy(tracks),
            LogProbabilities = _logProbabilities.AsSpan(first * _actions, count * _actions),
            Probabilities = _probabilities,
        });
        observations.CopyTo(_observations.AsSpan(first * _length));
        central.CopyTo(_central.AsSpan(_shape.CentralCritic ? first * _shape.Critic.Inputs : 0));
        if (_masks) legal.CopyTo(_legal.AsSpan(first * _actions));
        if (_carried is not null)
        {
            _critic.Evaluate(new CriticBatch { Observations = central.IsEmpty ? observations : central, State = _carried.OfCritic(tracks), Values = _values.AsSpan(first, count) });
            _carried.Keep(tracks);
        }

        for (var r = 0; r < count; r++)
        {
            var probabilities = _probabilities.AsSpan(r * _actions, _actions);
            Sampling.Accumulate(probabilities, _cumulative.AsSpan((first + r) * _actions, _actions));
            if (Actions == ActionChoice.Greedy) _mostLikely[first + r] = Sampling.MostLikely(probabilities);
        }

        first += count;
        count = 0;
    }

    private void Grow(int rows)
    {
        if (rows * _actions <= _cumulative.Length) return;
        var capacity = Math.Max(Math.Max(256, rows), 2 * (_cumulative.Length / _actions));
        Array.Resize(ref _observations, capacity * _length);
        if (_shape.CentralCritic) Array.Resize(ref _central, capacity * _shape.Critic.Inputs);
        if (_carried is not null) Array.Resize(ref _values, capacity);
        if (_masks) Array.Resize(ref _legal, capacity * _actions);
        Array.Resize(ref _logProbabilities, capacity * _actions);
        Array.Resize(ref _cumulative, capacity * _actions);
        if (Actions == ActionChoice.Greedy) Array.Resize(ref _mostLikely, capacity);
    }
}
