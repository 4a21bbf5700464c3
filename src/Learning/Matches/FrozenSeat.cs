using System.Runtime.CompilerServices;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>
/// A frozen policy in a seat of an environment. Where observations can be enumerated, the policy is evaluated once for
/// every one of them and then looked up; the bits are those of the network. Else the network runs at every step.
/// </summary>
internal sealed unsafe class FrozenSeat : IDisposable
{
    /// <summary>Environments with more observations than this are played with the network.</summary>
    public const int LargestTable = 1 << 16;

    private readonly FrozenPolicy _policy;
    private readonly PolicyEvaluator? _network;
    private readonly float[] _cumulative;
    private readonly float[] _observations;
    private readonly int[] _states;
    private readonly int _actions;
    private readonly int _lanes;

    /// <summary>Prepares a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="environment">Its environment; only sizes and decoding are used here.</param>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="tabulate">False plays with the network even where a table is possible.</param>
    public FrozenSeat(FrozenPolicy policy, IVectorEnvironment environment, KernelSet kernels, bool tabulate)
    {
        _policy = policy;
        _actions = policy.Shape.Outputs;
        _lanes = environment.Lanes;
        var length = environment.Info.ObservationLength(policy.Encoding);
        if (length != policy.Shape.Inputs || environment.Info.Actions != _actions)
        {
            throw new ArgumentException(
                $"a policy for {policy.Shape.Inputs} inputs and {_actions} actions cannot play {environment.Info.Name}/{environment.Info.Variant}, "
                + $"which has {length} inputs and {environment.Info.Actions} actions", nameof(policy));
        }

        var network = new PolicyEvaluator(policy.Shape, kernels);
        network.Network.Load(policy.Parameters.AsSpan(0, policy.Shape.ParameterCount), forBackward: false);
        var states = environment.Info.ObservationStates;
        _states = new int[_lanes];
        if (tabulate && states is > 0 and <= LargestTable)
        {
            _observations = new float[MlpWorkspace.BlockRows * length];
            _cumulative = new float[states * _actions];
            for (var state = 0; state < states; state += MlpWorkspace.BlockRows)
            {
                var rows = Math.Min(MlpWorkspace.BlockRows, states - state);
                for (var r = 0; r < rows; r++) environment.DecodeState(state + r, policy.Encoding, _observations.AsSpan(r * length, length));
                Evaluate(network, rows, _cumulative.AsSpan(state * _actions), _observations);
            }

            network.Dispose();
            _observations = [];
        }
        else
        {
            _network = network;
            _observations = new float[_lanes * length];
            _cumulative = new float[_lanes * _actions];
            for (var lane = 0; lane < _lanes; lane++) _states[lane] = lane;
        }
    }

    /// <summary>Looks at the environment, so that every lane can act.</summary>
    public void Observe(IVectorEnvironment environment, int seat)
    {
        if (_network == null)
        {
            environment.ObserveStates(seat, _policy.Encoding, _states);
            return;
        }

        environment.Observe(seat, _policy.Encoding, _observations);
        var length = _policy.Shape.Inputs;
        for (var lane = 0; lane < _lanes; lane += MlpWorkspace.BlockRows)
        {
            var rows = Math.Min(MlpWorkspace.BlockRows, _lanes - lane);
            Evaluate(_network, rows, _cumulative.AsSpan(lane * _actions), _observations.AsSpan(lane * length, rows * length));
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

    public void Dispose() => _network?.Dispose();

    private void Evaluate(PolicyEvaluator network, int rows, Span<float> cumulative, ReadOnlySpan<float> observations)
    {
        fixed (float* x = observations) network.Evaluate(x, rows);
        for (var r = 0; r < rows; r++)
        {
            Sampling.Accumulate(
                new ReadOnlySpan<float>(network.Probabilities + (r * network.Stride), _actions), cumulative.Slice(r * _actions, _actions));
        }
    }
}
