namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// The distributions that the KL price holds an adversary to: for every row of a batch that of the policy whose place was taken.
/// They are fixed during an update, so that once per batch is enough. Not thread-safe; holds scratch memory.
/// </summary>
internal sealed unsafe class PartnerTargets(MlpShape policy, KernelSet kernels) : IDisposable
{
    private readonly PolicyEvaluator _evaluator = new(policy, kernels);
    private readonly NativeBuffer _targets = new();
    private int _size;

    /// <summary>[Rows x Stride]; null for agents, who are held to nothing.</summary>
    public float* Probabilities => _size == 0 ? null : _targets.Pointer;

    /// <summary>[Rows x Stride]; null for agents.</summary>
    public float* LogProbabilities => _size == 0 ? null : _targets.Pointer + _size;

    /// <summary>Evaluates the partners of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="samples">The parts that it was gathered from.</param>
    /// <param name="cancellation">Ends it between two blocks of rows.</param>
    public void Evaluate(SampleBatch batch, IReadOnlyList<ActorSamples> samples, CancellationToken cancellation)
    {
        _size = samples[0].Partner is null ? 0 : batch.Rows * batch.Stride;
        if (_size == 0) return;
        _targets.Ensure(2 * _size);
        foreach (var partner in samples.Select(part => part.Partner).Distinct())
        {
            _evaluator.Network.Load(partner.AsSpan(0, policy.ParameterCount), forBackward: false);
            for (var row = 0; row < batch.Rows; row += MlpWorkspace.BlockRows)
            {
                cancellation.ThrowIfCancellationRequested();
                EvaluateBlock(batch, samples, partner!, row);
            }
        }
    }

    public void Dispose()
    {
        _evaluator.Dispose();
        _targets.Dispose();
    }

    /// <summary>Those rows of a block that stand for a partner.</summary>
    private void EvaluateBlock(SampleBatch batch, IReadOnlyList<ActorSamples> samples, float[] partner, int row)
    {
        var rows = Math.Min(MlpWorkspace.BlockRows, batch.Rows - row);
        var evaluated = false;
        for (var r = 0; r < rows; r++)
        {
            if (samples[batch.PartOf[row + r]].Partner != partner) continue;
            if (!evaluated) _evaluator.Evaluate(batch.Block(row, rows), batch.Legal(row, rows));
            evaluated = true;
            var (from, to) = (r * batch.Stride, (row + r) * batch.Stride);
            new ReadOnlySpan<float>(_evaluator.Probabilities + from, batch.Stride).CopyTo(new Span<float>(Probabilities + to, batch.Stride));
            new ReadOnlySpan<float>(_evaluator.LogProbabilities + from, batch.Stride).CopyTo(new Span<float>(LogProbabilities + to, batch.Stride));
        }
    }
}
