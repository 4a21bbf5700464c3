namespace Srpo.Learning.Devices.Cpu;

/// <summary>A policy that plays, on kernels.</summary>
internal sealed unsafe class CpuPolicy(NetworkShape shape, KernelSet kernels) : IPolicyNetwork
{
    private readonly PolicyEvaluator _evaluator = new(shape, kernels);

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
                var legal = batch.Legal.IsEmpty ? default : batch.Legal.Slice(row * actions, rows * actions);
                if (shape.Memory > 0) _evaluator.Step(observations + ((long)row * inputs), batch.State.Slice(row * shape.Memory, rows * shape.Memory), rows, legal);
                else _evaluator.Evaluate(observations + ((long)row * inputs), rows, legal);
                Copy(_evaluator.Probabilities, batch.Probabilities[(row * actions)..], rows);
                if (!batch.LogProbabilities.IsEmpty) Copy(_evaluator.LogProbabilities, batch.LogProbabilities[(row * actions)..], rows);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _evaluator.Dispose();

    private void Copy(float* padded, Span<float> rows, int count)
    {
        var actions = shape.Outputs;
        for (var r = 0; r < count; r++) new ReadOnlySpan<float>(padded + (r * _evaluator.Stride), actions).CopyTo(rows[(r * actions)..]);
    }
}

/// <summary>A critic, on kernels.</summary>
internal sealed unsafe class CpuCritic : ICriticNetwork
{
    private readonly ActorShape _shape;
    private readonly NetworkWorkspace _critic;
    private readonly NetworkWorkspace? _trunk;

    public CpuCritic(ActorShape shape, KernelSet kernels)
    {
        _shape = shape;
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
                var body = _trunk ?? _critic;
                if (body is GruWorkspace recurrent) recurrent.Step(x + ((long)row * inputs), batch.State.Slice(row * memory, count * memory), count);
                else body.Forward(x + ((long)row * inputs), count);
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
    }
}
