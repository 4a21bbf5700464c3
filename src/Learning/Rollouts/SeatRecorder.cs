using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>
/// One seat during a rollout: knows which observations were seen, evaluates the policy for new ones only, samples actions
/// and records. The critic is evaluated once, at the end, for all rows. Not thread-safe.
/// </summary>
internal sealed unsafe class SeatRecorder : IDisposable
{
    private readonly int _seat;
    private readonly int _lanes;
    private readonly int _steps;
    private readonly int _length;
    private readonly int _actions;
    private readonly bool _enumerable;
    private readonly ActorShape _shape;
    private readonly PolicyEvaluator _policy;
    private readonly MlpWorkspace _critic;
    private readonly RowTable _table;
    private readonly int[] _states;
    private readonly int[] _current;
    private readonly float[] _observed;
    private readonly float[] _newObservations;
    private float[] _observations;
    private float[] _logProbabilities;
    private float[] _cumulative;
    private float[] _parameters = [];
    private int[] _row = [];
    private byte[] _taken = [];
    private float[] _rewards = [];
    private float[] _costs = [];

    public SeatRecorder(int seat, int lanes, int steps, ActorShape shape, EnvironmentInfo environment, KernelSet kernels)
    {
        _seat = seat;
        _lanes = lanes;
        _steps = steps;
        _shape = shape;
        _length = shape.Policy.Inputs;
        _actions = shape.Policy.Outputs;
        _enumerable = environment.ObservationStates > 0;
        _policy = new PolicyEvaluator(shape.Policy, kernels);
        _critic = new MlpWorkspace(shape.Critic, kernels);
        _table = new RowTable(environment.ObservationStates);
        _states = new int[lanes];
        _current = new int[lanes];
        _observed = new float[_enumerable ? 0 : lanes * _length];
        _newObservations = new float[MlpWorkspace.BlockRows * _length];
        var capacity = _enumerable ? 256 : (steps + 1) * lanes;
        _observations = new float[capacity * _length];
        _logProbabilities = new float[capacity * _actions];
        _cumulative = new float[capacity * _actions];
    }

    /// <summary>Starts a rollout with the parameters (policy, critic) of who plays.</summary>
    public void Begin(float[] parameters)
    {
        _parameters = parameters;
        _policy.Network.Load(parameters.AsSpan(0, _shape.Policy.ParameterCount), forBackward: false);
        _table.Clear();
        var samples = _steps * _lanes;
        _row = new int[samples];
        _taken = new byte[samples];
        _rewards = new float[samples];
        _costs = new float[samples];
    }

    /// <summary>Looks at the environment: afterwards every lane has a row, and every row has probabilities.</summary>
    public void Observe(IVectorEnvironment environment)
    {
        var first = _table.Rows;
        var fresh = 0;
        if (_enumerable) environment.ObserveStates(_seat, _shape.Encoding, _states);
        else environment.Observe(_seat, _shape.Encoding, _observed);
        for (var lane = 0; lane < _lanes; lane++)
        {
            if (_enumerable)
            {
                _current[lane] = _table.RowOf(_states[lane], out var isNew);
                if (!isNew) continue;
                environment.DecodeState(_states[lane], _shape.Encoding, _newObservations.AsSpan(fresh * _length, _length));
            }
            else
            {
                _current[lane] = _table.NewRow();
                _observed.AsSpan(lane * _length, _length).CopyTo(_newObservations.AsSpan(fresh * _length));
            }

            if (++fresh == MlpWorkspace.BlockRows) Flush(ref first, ref fresh);
        }

        if (fresh > 0) Flush(ref first, ref fresh);
    }

    /// <summary>Samples an action of a lane by a uniform number in [0, 1) and records it.</summary>
    public byte Act(int step, int lane, float uniform)
    {
        var row = _current[lane];
        var action = (byte)Sampling.Choose(_cumulative.AsSpan(row * _actions, _actions), uniform);
        var sample = (step * _lanes) + lane;
        _row[sample] = row;
        _taken[sample] = action;
        return action;
    }

    /// <summary>Records what a step yielded.</summary>
    /// <param name="step">The step.</param>
    /// <param name="rewards">[seats x lanes].</param>
    /// <param name="costs">[seats x lanes].</param>
    public void Record(int step, ReadOnlySpan<float> rewards, ReadOnlySpan<float> costs)
    {
        rewards.Slice(_seat * _lanes, _lanes).CopyTo(_rewards.AsSpan(step * _lanes));
        costs.Slice(_seat * _lanes, _lanes).CopyTo(_costs.AsSpan(step * _lanes));
    }

    /// <summary>Ends the rollout. The environment has been observed after the last step.</summary>
    public SeatSamples End()
    {
        var rows = _table.Rows;
        var values = new float[rows];
        _critic.Load(_parameters.AsSpan(_shape.Policy.ParameterCount, _shape.Critic.ParameterCount), forBackward: false);
        fixed (float* observations = _observations)
        {
            for (var row = 0; row < rows; row += MlpWorkspace.BlockRows)
            {
                var count = Math.Min(MlpWorkspace.BlockRows, rows - row);
                _critic.Forward(observations + (row * _length), count);
                for (var r = 0; r < count; r++) values[row + r] = _critic.Output[r * _critic.OutputStride];
            }
        }

        return new SeatSamples(
            _observations.AsSpan(0, rows * _length).ToArray(),
            _logProbabilities.AsSpan(0, rows * _actions).ToArray(),
            values, _row, (int[])_current.Clone(), _taken, _rewards, _costs);
    }

    public void Dispose()
    {
        _policy.Dispose();
        _critic.Dispose();
    }

    /// <summary>Evaluates the policy for new observations, which become the rows from <paramref name="first"/> on.</summary>
    private void Flush(ref int first, ref int count)
    {
        Grow(first + count);
        fixed (float* observations = _newObservations) _policy.Evaluate(observations, count);
        _newObservations.AsSpan(0, count * _length).CopyTo(_observations.AsSpan(first * _length));
        for (var r = 0; r < count; r++)
        {
            var probabilities = new ReadOnlySpan<float>(_policy.Probabilities + (r * _policy.Stride), _actions);
            new ReadOnlySpan<float>(_policy.LogProbabilities + (r * _policy.Stride), _actions)
                .CopyTo(_logProbabilities.AsSpan((first + r) * _actions));
            Sampling.Accumulate(probabilities, _cumulative.AsSpan((first + r) * _actions, _actions));
        }

        first += count;
        count = 0;
    }

    private void Grow(int rows)
    {
        if (rows * _actions <= _cumulative.Length) return;
        var capacity = Math.Max(rows, 2 * (_cumulative.Length / _actions));
        Array.Resize(ref _observations, capacity * _length);
        Array.Resize(ref _logProbabilities, capacity * _actions);
        Array.Resize(ref _cumulative, capacity * _actions);
    }
}
