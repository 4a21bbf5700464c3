using Srpo.Learning.Kernels;

namespace Srpo.Learning;

/// <summary>Probabilities of a policy network for rows of observations. Not thread-safe.</summary>
internal sealed unsafe class PolicyEvaluator : IDisposable
{
    private readonly KernelSet _kernels;
    private readonly NativeBuffer _mask = new();
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

    /// <summary>Evaluates a block of rows with the parameters that <see cref="Network"/> holds.</summary>
    public void Evaluate(float* observations, int rows)
    {
        Network.Forward(observations, rows);
        _kernels.LogSoftmax(Network.Output, _mask.Pointer, LogProbabilities, Probabilities, rows, Network.Shape.Outputs, Stride);
    }

    public void Dispose()
    {
        Network.Dispose();
        _mask.Dispose();
        _logProbabilities.Dispose();
        _probabilities.Dispose();
    }
}
