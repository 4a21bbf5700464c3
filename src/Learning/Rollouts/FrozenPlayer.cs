using System.Globalization;
using Srpo.Environments;
using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>
/// A frozen policy that plays any seats of an environment. Where observations can be enumerated, the policy is evaluated
/// once for each that comes up and looked up from then on; the bits are those of the network. Else the network runs at every
/// step. Not thread-safe.
/// </summary>
internal sealed unsafe class FrozenPlayer : IDisposable
{
    /// <summary>Environments with more observations than this are played with the network.</summary>
    public const int LargestTable = 1 << 18;

    private readonly FrozenPolicy _policy;
    private readonly PolicyEvaluator _network;
    private readonly float[] _cumulative;
    private readonly float[] _observations;
    private readonly byte[] _legal;
    private readonly bool[] _known;
    private readonly int[] _entries;
    private readonly int[] _pending;
    private readonly int _actions;
    private readonly int _lanes;
    private readonly int _length;

    /// <summary>Prepares a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="environment">Its environment; only sizes are used here.</param>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="tabulate">False plays with the network even where a table is possible.</param>
    public FrozenPlayer(FrozenPolicy policy, IVectorEnvironment environment, KernelSet kernels, bool tabulate)
    {
        var info = environment.Info;
        _policy = policy;
        _actions = policy.Shape.Outputs;
        _lanes = environment.Lanes;
        _length = info.ObservationLength(policy.Encoding);
        if (_length != policy.Shape.Inputs || info.Actions != _actions)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"a policy for {policy.Shape.Inputs} inputs and {_actions} actions cannot play {info.Name}/{info.Variant}, which has {_length} inputs and {info.Actions} actions"),
                nameof(policy));
        }

        _network = new PolicyEvaluator(policy.Shape, kernels);
        _network.Network.Load(policy.Parameters.AsSpan(0, policy.Shape.ParameterCount), forBackward: false);
        _entries = new int[info.Seats * _lanes];
        _pending = new int[MlpWorkspace.BlockRows];
        _observations = new float[MlpWorkspace.BlockRows * _length];
        _legal = new byte[info.MasksActions ? MlpWorkspace.BlockRows * _actions : 0];
        if (tabulate && StepViews.HasStates(info) && info.ObservationStates <= LargestTable)
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
    }

    /// <summary>Looks at lanes of a view, so that it can act there.</summary>
    public void Observe(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        if (_known.Length > 0) LookUp(views, view, lanes);
        else Compute(views, view, lanes);
    }

    /// <summary>Samples actions in lanes of a view that were observed.</summary>
    /// <param name="view">The view.</param>
    /// <param name="lanes">Its lanes.</param>
    /// <param name="uniforms">[Lanes] numbers in [0, 1).</param>
    /// <param name="actions">[Lanes] receives the actions of those lanes.</param>
    public void Act(int view, ReadOnlySpan<int> lanes, ReadOnlySpan<float> uniforms, Span<byte> actions)
    {
        var entries = _entries.AsSpan(view * _lanes, _lanes);
        foreach (var lane in lanes)
            actions[lane] = (byte)Sampling.Choose(_cumulative.AsSpan(entries[lane] * _actions, _actions), uniforms[lane]);
    }

    /// <summary>The probabilities of the actions of a lane of a view.</summary>
    public double[] Probabilities(int view, int lane)
    {
        var cumulative = _cumulative.AsSpan(_entries[(view * _lanes) + lane] * _actions, _actions);
        var probabilities = new double[_actions];
        for (var a = 0; a < _actions; a++)
            probabilities[a] = Math.Max(0, Math.Min(1, cumulative[a]) - (a == 0 ? 0 : Math.Min(1, cumulative[a - 1])));
        return probabilities;
    }

    public void Dispose() => _network.Dispose();

    private void LookUp(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        var states = views.States(view, _policy.Encoding);
        var entries = _entries.AsSpan(view * _lanes, _lanes);
        var count = 0;
        foreach (var lane in lanes)
        {
            var state = states[lane];
            entries[lane] = state;
            if (_known[state]) continue;
            _known[state] = true;
            views.Environment.DecodeState(state, _policy.Encoding, _observations.AsSpan(count * _length, _length));
            _pending[count++] = state;
            if (count == _pending.Length) Flush(ref count);
        }

        if (count > 0) Flush(ref count);
    }

    private void Compute(StepViews views, int view, ReadOnlySpan<int> lanes)
    {
        var observations = views.Observations(view, _policy.Encoding);
        var legal = views.Legal(view);
        var count = 0;
        foreach (var lane in lanes)
        {
            observations.AsSpan(lane * _length, _length).CopyTo(_observations.AsSpan(count * _length));
            if (_legal.Length > 0) legal.Slice(lane * _actions, _actions).CopyTo(_legal.AsSpan(count * _actions));
            _pending[count++] = (view * _lanes) + lane;
            if (count == _pending.Length) Flush(ref count);
        }

        if (count > 0) Flush(ref count);
    }

    private void Flush(ref int count)
    {
        fixed (float* x = _observations) _network.Evaluate(x, count, _legal.AsSpan(0, _legal.Length > 0 ? count * _actions : 0));
        for (var r = 0; r < count; r++)
        {
            Sampling.Accumulate(
                new ReadOnlySpan<float>(_network.Probabilities + (r * _network.Stride), _actions), _cumulative.AsSpan(_pending[r] * _actions, _actions));
        }

        count = 0;
    }
}
