namespace Srpo.Learning.Devices.Cpu;

/// <summary>Probabilities of a policy network for rows of observations. Not thread-safe.</summary>
internal sealed unsafe class PolicyEvaluator : IDisposable
{
    private readonly KernelSet _kernels;
    private readonly NativeBuffer _mask = new();
    private readonly NativeBuffer _legal = new();
    private readonly NativeBuffer _logProbabilities = new();
    private readonly NativeBuffer _probabilities = new();

    public PolicyEvaluator(MlpShape shape, KernelSet kernels)
    {
        _kernels = kernels;
        Network = new MlpWorkspace(shape, kernels);
        _mask.Ensure(Network.OutputStride);
        for (var a = 0; a < shape.Outputs; a++) _mask.Pointer[a] = 1f;
        _logProbabilities.Ensure(MlpWorkspace.BlockRows * Network.OutputStride);
        _probabilities.Ensure(MlpWorkspace.BlockRows * Network.OutputStride);
    }

    public MlpWorkspace Network { get; }

    /// <summary>[BlockRows x Stride] of the last <see cref="Evaluate"/>.</summary>
    public float* LogProbabilities => _logProbabilities.Pointer;

    /// <summary>[BlockRows x Stride] of the last <see cref="Evaluate"/>.</summary>
    public float* Probabilities => _probabilities.Pointer;

    /// <summary>Floats per row.</summary>
    public int Stride => Network.OutputStride;

    /// <summary>
    /// Evaluates a block of rows with the parameters that <see cref="Network"/> holds. An illegal action has probability and
    /// log-probability exactly 0, so that it adds nothing to any sum over actions and has no gradient.
    /// </summary>
    /// <param name="observations">The rows.</param>
    /// <param name="legal">[rows x Network.Shape.Outputs] 1 for legal actions, 0 for others; empty where all are legal.</param>
    public void Evaluate(in ObservationBlock observations, ReadOnlySpan<byte> legal = default)
    {
        Network.Forward(observations);
        var rows = observations.Count;
        var outputs = Network.Shape.Outputs;
        if (legal.IsEmpty)
        {
            _kernels.LogSoftmax(Network.Output, _mask.Pointer, 0, LogProbabilities, Probabilities, rows, outputs, Stride);
            return;
        }

        var mask = _legal.Ensure(MlpWorkspace.BlockRows * Stride);
        for (var r = 0; r < rows; r++)
        {
            for (var a = 0; a < outputs; a++) mask[(r * Stride) + a] = legal[(r * outputs) + a];
        }

        _kernels.LogSoftmax(Network.Output, mask, Stride, LogProbabilities, Probabilities, rows, outputs, Stride);
    }

    public void Dispose()
    {
        Network.Dispose();
        _mask.Dispose();
        _legal.Dispose();
        _logProbabilities.Dispose();
        _probabilities.Dispose();
    }
}
