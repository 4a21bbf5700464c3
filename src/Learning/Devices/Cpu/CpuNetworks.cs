namespace Srpo.Learning.Devices.Cpu;

/// <summary>A policy that plays, on kernels.</summary>
internal sealed unsafe class CpuPolicy(MlpShape shape, KernelSet kernels) : IPolicyNetwork
{
    private readonly PolicyEvaluator _evaluator = new(shape, kernels);
    private readonly BinaryRows _ones = new(shape.Inputs);

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> parameters) => _evaluator.Network.Load(parameters[..shape.ParameterCount], forBackward: false);

    /// <inheritdoc/>
    public void Evaluate(in PolicyBatch batch)
    {
        var (inputs, actions) = (shape.Inputs, shape.Outputs);
        fixed (float* observations = batch.Observations)
        {
            for (var row = 0; row < batch.Rows; row += MlpWorkspace.BlockRows)
            {
                var rows = Math.Min(MlpWorkspace.BlockRows, batch.Rows - row);
                _evaluator.Evaluate(
                    ObservationBlock.Of(observations + ((long)row * inputs), rows, _ones),
                    batch.Legal.IsEmpty ? default : batch.Legal.Slice(row * actions, rows * actions));
                Copy(_evaluator.Probabilities, batch.Probabilities[(row * actions)..], rows);
                if (!batch.LogProbabilities.IsEmpty) Copy(_evaluator.LogProbabilities, batch.LogProbabilities[(row * actions)..], rows);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _evaluator.Dispose();
        _ones.Dispose();
    }

    private void Copy(float* padded, Span<float> rows, int count)
    {
        var actions = shape.Outputs;
        for (var r = 0; r < count; r++, padded += _evaluator.Stride)
        {
            var row = rows.Slice(r * actions, actions);
            for (var a = 0; a < row.Length; a++) row[a] = padded[a];
        }
    }
}

/// <summary>A critic, on kernels.</summary>
internal sealed unsafe class CpuCritic : ICriticNetwork
{
    private readonly ActorShape _shape;
    private readonly MlpWorkspace _critic;
    private readonly MlpWorkspace? _trunk;
    private readonly BinaryRows _ones;

    public CpuCritic(ActorShape shape, KernelSet kernels)
    {
        _shape = shape;
        _ones = new BinaryRows(shape.Policy.Inputs);
        _critic = new MlpWorkspace(shape.Critic, kernels);
        if (shape.SharedTrunk) _trunk = new MlpWorkspace(shape.Policy, kernels);
    }

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<float> parameters, ReadOnlySpan<float> observations, Span<float> values)
    {
        _critic.Load(parameters.Slice(_shape.Policy.ParameterCount, _shape.Critic.ParameterCount), forBackward: false);
        _trunk?.Load(parameters[.._shape.Policy.ParameterCount], forBackward: false);
        fixed (float* x = observations)
        {
            for (var row = 0; row < values.Length; row += MlpWorkspace.BlockRows)
            {
                var count = Math.Min(MlpWorkspace.BlockRows, values.Length - row);
                var block = ObservationBlock.Of(x + ((long)row * _shape.Policy.Inputs), count, _ones);
                if (_trunk is null)
                {
                    _critic.Forward(block);
                }
                else
                {
                    _trunk.Forward(block);
                    _critic.Forward(_trunk.Features, _trunk.FeatureStride, count);
                }

                for (var r = 0; r < count; r++) values[row + r] = _critic.Output[r * _critic.OutputStride];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _critic.Dispose();
        _trunk?.Dispose();
        _ones.Dispose();
    }
}
