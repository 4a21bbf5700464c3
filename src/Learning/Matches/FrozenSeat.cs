using System.Runtime.CompilerServices;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>
/// A frozen policy in a seat of an environment. Where observations can be enumerated, the policy is evaluated once for
/// each that comes up and looked up from then on; the bits are those of the network. Else the network runs at every step.
/// </summary>
internal sealed unsafe class FrozenSeat : IDisposable
{
    /// <summary>Environments with more observations than this are played with the network.</summary>
    public const int LargestTable = 1 << 18;

    private readonly FrozenPolicy _policy;
    private readonly PolicyEvaluator _network;
    private readonly float[] _cumulative;
    private readonly float[] _observations;
    private readonly bool[] _known;
    private readonly int[] _states;
    private readonly int[] _pending;
    private readonly int _actions;
    private readonly int _lanes;
    private readonly int _length;

    /// <summary>Prepares a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="environment">Its environment; only sizes are used here.</param>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="tabulate">False plays with the network even where a table is possible.</param>
    public FrozenSeat(FrozenPolicy policy, IVectorEnvironment environment, KernelSet kernels, bool tabulate)
    {
        _policy = policy;
        _actions = policy.Shape.Outputs;
        _lanes = environment.Lanes;
        _length = environment.Info.ObservationLength(policy.Encoding);
        if (_length != policy.Shape.Inputs || environment.Info.Actions != _actions)
        {
            throw new ArgumentException(
                $"a policy for {policy.Shape.Inputs} inputs and {_actions} actions cannot play {environment.Info.Name}/{environment.Info.Variant}, "
                + $"which has {_length} inputs and {environment.Info.Actions} actions", nameof(policy));
        }

        _network = new PolicyEvaluator(policy.Shape, kernels);
        _network.Network.Load(policy.Parameters.AsSpan(0, policy.Shape.ParameterCount), forBackward: false);
        _states = new int[_lanes];
        _pending = new int[MlpWorkspace.BlockRows];
        if (tabulate && environment.Info.ObservationStates is > 0 and <= LargestTable)
        {
            _known = new bool[environment.Info.ObservationStates];
            _observations = new float[MlpWorkspace.BlockRows * _length];
            _cumulative = new float[environment.Info.ObservationStates * _actions];
        }
        else
        {
            _known = [];
            _observations = new float[_lanes * _length];
            _cumulative = new float[_lanes * _actions];
            for (var lane = 0; lane < _lanes; lane++) _states[lane] = lane;
        }
    }

    /// <summary>Looks at the environment, so that every lane can act.</summary>
    public void Observe(IVectorEnvironment environment, int seat)
    {
        if (_known.Length > 0)
        {
            environment.ObserveStates(seat, _policy.Encoding, _states);
            LearnNewStates(environment);
            return;
        }

        environment.Observe(seat, _policy.Encoding, _observations);
        for (var lane = 0; lane < _lanes; lane += MlpWorkspace.BlockRows)
        {
            var rows = Math.Min(MlpWorkspace.BlockRows, _lanes - lane);
            Evaluate(_observations.AsSpan(lane * _length, rows * _length), rows);
            for (var r = 0; r < rows; r++) Store(r, lane + r);
        }
    }

    /// <summary>Samples an action of a lane by a uniform number in [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Act(int lane, float uniform) =>
        (byte)Sampling.Choose(_cumulative.AsSpan(_states[lane] * _actions, _actions), uniform);

    /// <summary>The probabilities of a lane's actions.</summary>
    public double[] Probabilities(int lane)
    {
        var cumulative = _cumulative.AsSpan(_states[lane] * _actions, _actions);
        var probabilities = new double[_actions];
        for (var a = 0; a < _actions; a++)
            probabilities[a] = Math.Max(0, Math.Min(1, cumulative[a]) - (a == 0 ? 0 : Math.Min(1, cumulative[a - 1])));
        return probabilities;
    }

    public void Dispose() => _network.Dispose();

    private void LearnNewStates(IVectorEnvironment environment)
    {
        var count = 0;
        foreach (var state in _states)
        {
            if (_known[state]) continue;
            _known[state] = true;
            _pending[count++] = state;
            if (count == _pending.Length) Flush(environment, ref count);
        }

        if (count > 0) Flush(environment, ref count);
    }

    private void Flush(IVectorEnvironment environment, ref int count)
    {
        for (var r = 0; r < count; r++) environment.DecodeState(_pending[r], _policy.Encoding, _observations.AsSpan(r * _length, _length));
        Evaluate(_observations, count);
        for (var r = 0; r < count; r++) Store(r, _pending[r]);
        count = 0;
    }

    private void Evaluate(ReadOnlySpan<float> observations, int rows)
    {
        fixed (float* x = observations) _network.Evaluate(x, rows);
    }

    private void Store(int row, int entry) => Sampling.Accumulate(
        new ReadOnlySpan<float>(_network.Probabilities + (row * _network.Stride), _actions), _cumulative.AsSpan(entry * _actions, _actions));
}
