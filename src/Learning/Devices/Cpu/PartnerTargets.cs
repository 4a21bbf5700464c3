namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// The distributions that the KL price holds an adversary to: for every row that of the policy whose place was taken. They are fixed during an
/// update, so that once per update is enough, however many batches its samples make. Not thread-safe; holds scratch memory.
/// </summary>
internal sealed unsafe class PartnerTargets(NetworkShape policy, KernelSet kernels) : IDisposable
{
    private readonly PolicyEvaluator _evaluator = new(policy, kernels);
    private readonly BinaryRows _ones = new(policy.Inputs);
    private readonly ObservationTable _packed = new(policy.Inputs);
    private readonly NativeBuffer _all = new();
    private readonly NativeBuffer _targets = new();
    private int[] _offsets = [];
    private int _total;
    private int _size;

    /// <summary>[Rows x Stride] of the batch; null for agents, who are held to nothing.</summary>
    public float* Probabilities => _size == 0 ? null : _targets.Pointer;

    /// <summary>[Rows x Stride] of the batch; null for agents.</summary>
    public float* LogProbabilities => _size == 0 ? null : _targets.Pointer + _size;

    /// <summary>Evaluates the partners for all rows of an update.</summary>
    /// <param name="samples">The parts that batches will be gathered from.</param>
    /// <param name="cancellation">Ends it between two blocks of rows.</param>
    public void Evaluate(IReadOnlyList<ActorSamples> samples, CancellationToken cancellation)
    {
        _total = 0;
        if (samples[0].Partner is null) return;
        if (_offsets.Length < samples.Count) _offsets = new int[samples.Count];
        for (var p = 0; p < samples.Count; p++)
        {
            _offsets[p] = _total;
            _total += samples[p].Rows * _evaluator.Stride;
        }

        _all.Ensure(2 * _total);
        float[]? loaded = null;
        for (var p = 0; p < samples.Count; p++)
        {
            if (samples[p].Partner != loaded) _evaluator.Network.Load(samples[p].Partner.AsSpan(0, policy.ParameterCount), forBackward: false);
            loaded = samples[p].Partner;
            if (policy.Gru > 0) EvaluateSequences(samples[p], _all.Pointer + _offsets[p]);
            else Evaluate(samples[p], _all.Pointer + _offsets[p], cancellation);
        }
    }

    /// <summary>Takes those of a batch.</summary>
    /// <param name="batch">A batch of the parts that were evaluated.</param>
    public void Gather(SampleBatch batch)
    {
        _size = _total == 0 ? 0 : batch.Rows * batch.Stride;
        if (_size == 0) return;
        _targets.Ensure(2 * _size);
        var parts = batch.PartOf;
        var sources = batch.SourceOf;
        var stride = batch.Stride;
        for (var row = 0; row < batch.Rows; row++)
        {
            var from = _all.Pointer + _offsets[parts[row]] + (sources[row] * stride);
            new ReadOnlySpan<float>(from, stride).CopyTo(new Span<float>(Probabilities + (row * stride), stride));
            new ReadOnlySpan<float>(from + _total, stride).CopyTo(new Span<float>(LogProbabilities + (row * stride), stride));
        }
    }

    public void Dispose()
    {
        _evaluator.Dispose();
        _ones.Dispose();
        _packed.Dispose();
        _all.Dispose();
        _targets.Dispose();
    }

    private void Evaluate(ActorSamples samples, float* probabilities, CancellationToken cancellation)
    {
        var (part, actions, stride) = (samples.Part, policy.Outputs, _evaluator.Stride);
        fixed (float* observations = part.Observations)
        {
            for (var row = 0; row < samples.Rows; row += MlpWorkspace.BlockRows)
            {
                cancellation.ThrowIfCancellationRequested();
                var rows = Math.Min(MlpWorkspace.BlockRows, samples.Rows - row);
                _evaluator.Step(
                    ObservationBlock.Of(observations + ((long)row * policy.Inputs), rows, _ones), default,
                    part.Legal.Length == 0 ? default : part.Legal.AsSpan(row * actions, rows * actions));
                var (offset, count) = (row * stride, rows * stride);
                new ReadOnlySpan<float>(_evaluator.Probabilities, count).CopyTo(new Span<float>(probabilities + offset, count));
                new ReadOnlySpan<float>(_evaluator.LogProbabilities, count).CopyTo(new Span<float>(probabilities + _total + offset, count));
            }
        }
    }

    /// <summary>The same with a memory of the partner's own, from the start of every sequence. Rows that no sample refers to stay as they are.</summary>
    private void EvaluateSequences(ActorSamples samples, float* probabilities)
    {
        var (part, actions, stride) = (samples.Part, policy.Outputs, _evaluator.Stride);
        var pack = new SequencePack(SampleSequences.Of([samples]));
        var sources = Array.ConvertAll(pack.Samples, sample => part.Row[sample]);
        var rows = sources.Length;
        _packed.Gather([part.Observations], new int[rows], sources);
        var legal = part.Legal.Length == 0 ? [] : new byte[rows * actions];
        for (var row = 0; row < rows && legal.Length > 0; row++) part.Legal.AsSpan(sources[row] * actions, actions).CopyTo(legal.AsSpan(row * actions));
        _evaluator.Network.Begin(rows, pack.Counts);
        _evaluator.Evaluate(_packed, 0, rows, legal);
        for (var row = 0; row < rows; row++)
        {
            var to = probabilities + (sources[row] * stride);
            new ReadOnlySpan<float>(_evaluator.Probabilities + (row * stride), stride).CopyTo(new Span<float>(to, stride));
            new ReadOnlySpan<float>(_evaluator.LogProbabilities + (row * stride), stride).CopyTo(new Span<float>(to + _total, stride));
        }
    }
}
