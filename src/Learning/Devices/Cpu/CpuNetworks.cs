namespace Srpo.Learning.Devices.Cpu;

/// <summary>A policy that plays, on kernels.</summary>
internal sealed unsafe class CpuPolicy(NetworkShape shape, KernelSet kernels) : IPolicyNetwork
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
                _evaluator.Step(
                    ObservationBlock.Of(observations + ((long)row * inputs), rows, _ones),
                    batch.State.Slice(row * shape.Gru, rows * shape.Gru),
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
    private readonly NetworkWorkspace _critic;
    private readonly NetworkWorkspace? _trunk;
    private readonly BinaryRows _ones;

    public CpuCritic(ActorShape shape, KernelSet kernels)
    {
        _shape = shape;
        _ones = new BinaryRows(shape.CriticInputs);
        _critic = NetworkWorkspace.Create(shape.Critic, kernels);
        if (shape.SharedTrunk) _trunk = NetworkWorkspace.Create(shape.Policy, kernels);
    }

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> parameters)
    {
        _critic.Load(parameters.Slice(_shape.Policy.ParameterCount, _shape.Critic.ParameterCount), forBackward: false);
        _trunk?.Load(parameters[.._shape.Policy.ParameterCount], forBackward: false);
    }

    /// <inheritdoc/>
    public void Evaluate(in CriticBatch batch)
    {
        var (inputs, memory) = (_shape.CriticInputs, _shape.CriticState);
        fixed (float* x = batch.Observations)
        {
            for (var row = 0; row < batch.Values.Length; row += MlpWorkspace.BlockRows)
            {
                var count = Math.Min(MlpWorkspace.BlockRows, batch.Values.Length - row);
                var block = ObservationBlock.Of(x + ((long)row * inputs), count, _ones);
                (_trunk ?? _critic).Step(block, batch.State.Slice(row * memory, count * memory));
                if (_trunk is not null) ((MlpWorkspace)_critic).Forward(_trunk.Features, _trunk.FeatureStride, count);
                for (var r = 0; r < count; r++) batch.Values[row + r] = _critic.Output[r * _critic.OutputStride];
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
