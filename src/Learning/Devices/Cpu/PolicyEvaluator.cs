namespace Srpo.Learning.Devices.Cpu;

/// <summary>Probabilities of a policy network for rows of observations. Not thread-safe.</summary>
internal sealed unsafe class PolicyEvaluator : IDisposable
{
    private readonly KernelSet _kernels;
    private readonly NativeBuffer _mask = new();
    private readonly NativeBuffer _legal = new();
    private readonly NativeBuffer _logProbabilities = new();
    private readonly NativeBuffer _probabilities = new();

    public PolicyEvaluator(NetworkShape shape, KernelSet kernels)
    {
        _kernels = kernels;
        Network = NetworkWorkspace.Create(shape, kernels);
        _mask.Ensure(Network.OutputStride);
        for (var a = 0; a < shape.Outputs; a++) _mask.Pointer[a] = 1f;
        _logProbabilities.Ensure(MlpWorkspace.BlockRows * Network.OutputStride);
        _probabilities.Ensure(MlpWorkspace.BlockRows * Network.OutputStride);
    }

    public NetworkWorkspace Network { get; }

    /// <summary>[block x Stride] of the last block that was evaluated.</summary>
    public float* LogProbabilities => _logProbabilities.Pointer;

    /// <summary>[block x Stride] of the last block that was evaluated.</summary>
    public float* Probabilities => _probabilities.Pointer;

    /// <summary>Floats per row.</summary>
    public int Stride => Network.OutputStride;

    /// <summary>
    /// Evaluates a block of a batch with the parameters that <see cref="Network"/> holds. An illegal action has probability and
    /// log-probability exactly 0, so that it adds nothing to any sum over actions and has no gradient.
    /// </summary>
    /// <param name="observations">The batch's.</param>
    /// <param name="row">The block's first row.</param>
    /// <param name="rows">1 to the rows of a block, see <see cref="NetworkWorkspace.Begin"/>.</param>
    /// <param name="legal">[rows x actions] 1 for legal actions, 0 for others; empty where all are legal.</param>
    public void Evaluate(IObservationRows observations, int row, int rows, ReadOnlySpan<byte> legal)
    {
        Network.Forward(observations, row, rows);
        Softmax(rows, legal);
    }

    /// <summary>The same for rows by themselves, as policies play.</summary>
    /// <param name="observations">The rows.</param>
    /// <param name="state">[rows x units] what each carries, replaced; empty for networks that carry nothing.</param>
    /// <param name="legal">[rows x actions] 1 for legal actions, 0 for others; empty where all are legal.</param>
    public void Step(in ObservationBlock observations, Span<float> state, ReadOnlySpan<byte> legal)
    {
        Network.Step(observations, state);
        Softmax(observations.Count, legal);
    }

    public void Dispose()
    {
        Network.Dispose();
        _mask.Dispose();
        _legal.Dispose();
        _logProbabilities.Dispose();
        _probabilities.Dispose();
    }

    private void Softmax(int rows, ReadOnlySpan<byte> legal)
    {
        var outputs = Network.Outputs;
        _logProbabilities.Ensure(rows * Stride);
        _probabilities.Ensure(rows * Stride);
        if (legal.IsEmpty)
        {
            _kernels.LogSoftmax(Network.Output, _mask.Pointer, 0, LogProbabilities, Probabilities, rows, outputs, Stride);
            return;
        }

        var mask = _legal.Ensure(rows * Stride);
        for (var r = 0; r < rows; r++)
        {
            for (var a = 0; a < outputs; a++) mask[(r * Stride) + a] = legal[(r * outputs) + a];
        }

        _kernels.LogSoftmax(Network.Output, mask, Stride, LogProbabilities, Probabilities, rows, outputs, Stride);
    }
}
