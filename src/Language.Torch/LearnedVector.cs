using Srpo.Core.Errors;
using Srpo.Language.Models;
using Srpo.Language.Training;
using Srpo.Learning.Torch;
using static TorchSharp.torch;

namespace Srpo.Language.Torch;

/// <summary>What a model learns as flat vectors: parameters, gradient, moments, all in 32-bit floats, and the parameters as its layers read them.</summary>
internal sealed class LearnedVector : IDisposable
{
    /// <summary>Numbers that a step takes at a time: what it makes on the way stays small.</summary>
    private const long Chunk = 1L << 22;

    private readonly Device _device;
    private Tensor? _gradient;
    private Tensor? _first;
    private Tensor? _second;
    private long _steps;

    /// <param name="layout">What it is made of.</param>
    /// <param name="type">The type that layers read.</param>
    /// <param name="device">Where it is.</param>
    public LearnedVector(ParameterLayout layout, ScalarType type, Device device)
    {
        (Layout, _device) = (layout, device);
        Parameters = zeros(layout.Length, ScalarType.Float32, device).DetachFromDisposeScope();
        Working = type == ScalarType.Float32 ? Parameters : zeros(layout.Length, type, device).DetachFromDisposeScope();
    }

    public ParameterLayout Layout { get; }

    /// <summary>[n] 32-bit floats.</summary>
    public Tensor Parameters { get; }

    /// <summary>[n] rounded as layers read them; the same vector where they read 32-bit floats.</summary>
    public Tensor Working { get; }

    /// <summary>[n] 32-bit floats, zero after a step.</summary>
    public Tensor Gradient => _gradient ??= zeros(Layout.Length, ScalarType.Float32, _device).DetachFromDisposeScope();

    /// <summary>Adds to the gradient.</summary>
    public void Add(IReadOnlyList<Leaf> leaves, IReadOnlyList<Tensor> gradients)
    {
        for (var i = 0; i < leaves.Count; i++) Gradient.narrow(0, leaves[i].Offset, gradients[i].numel()).add_(gradients[i].reshape(-1), Scalars.One);
    }

    /// <summary>A part of the gradient.</summary>
    public Tensor GradientOf(long offset, params long[] shape) => Gradient.narrow(0, offset, shape.Aggregate(1L, (a, b) => a * b)).view(shape);

    /// <summary>Has layers read the parameters as they are now.</summary>
    public void Refresh()
    {
        if (!ReferenceEquals(Working, Parameters)) Working.copy_(Parameters);
    }

    /// <summary>A step of AdamW in PyTorch's arrangement; the gradient is zero after it.</summary>
    /// <returns>The gradient's norm.</returns>
    public double Step(AdamWSettings settings)
    {
        using var scope = NewDisposeScope();
        var gradient = Gradient;
        var norm = Norm(gradient);
        if (!double.IsFinite(norm))
        {
            gradient.zero_();
            throw new SrpoException(ErrorKind.Failed, "the gradient of the language model is not finite: nothing was changed by this step; use a smaller learning rate, or float32");
        }

        if (settings.MaxGradientNorm is { } limit && limit / (norm + 1e-6) is < 1 and var scale) gradient.mul_(Scalars.Of((float)scale));
        _first ??= zeros(Layout.Length, ScalarType.Float32, _device).DetachFromDisposeScope();
        _second ??= zeros(Layout.Length, ScalarType.Float32, _device).DetachFromDisposeScope();
        _steps++;
        var size = settings.LearningRate / (1 - Math.Pow(settings.FirstBeta, _steps));
        var correction = Math.Sqrt(1 - Math.Pow(settings.SecondBeta, _steps));
        for (var from = 0L; from < Layout.Length; from += Chunk)
        {
            using var chunk = NewDisposeScope();
            var length = Math.Min(Chunk, Layout.Length - from);
            var (p, g, m, v) = (Parameters.narrow(0, from, length), gradient.narrow(0, from, length), _first.narrow(0, from, length), _second.narrow(0, from, length));
            p.mul_(Scalars.Of((float)(1 - settings.LearningRate * settings.WeightDecay)));
            m.mul_(Scalars.Of((float)settings.FirstBeta)).add_(g, Scalars.Of((float)(1 - settings.FirstBeta)));
            v.mul_(Scalars.Of((float)settings.SecondBeta)).addcmul_(g, g, Scalars.Of((float)(1 - settings.SecondBeta)));
            p.addcdiv_(m, v.sqrt().div_(Scalars.Of((float)correction)).add_(Scalars.Of((float)settings.Epsilon), Scalars.One), Scalars.Of((float)-size));
            g.zero_();
        }

        Refresh();
        return norm;
    }

    public LearnedState Save()
    {
        return new LearnedState(Copy(Parameters), Copy(_first), Copy(_second), _steps);

        float[] Copy(Tensor? tensor)
        {
            var values = new float[Layout.Length];
            if (tensor is not null) TensorMemory.Read(tensor, values);
            return values;
        }
    }

    public void Restore(LearnedState state)
    {
        foreach (var (name, vector) in new[] { ("parameters", state.Parameters), ("first moments", state.FirstMoments), ("second moments", state.SecondMoments) })
        {
            if (vector.Length != Layout.Length)
                throw new SrpoException(ErrorKind.Usage, $"a language model that learns {Layout.Length} numbers was given {vector.Length} {name}; use those of a model and adapter of the same form");
        }

        TensorMemory.Write(state.Parameters, Parameters);
        _steps = state.Steps;
        _first = Moments(_first, state.FirstMoments);
        _second = Moments(_second, state.SecondMoments);
        _gradient?.zero_();
        Refresh();

        // Moments that are zero need no memory before the first step.
        Tensor? Moments(Tensor? tensor, float[] values)
        {
            if (tensor is null && !values.AsSpan().ContainsAnyExcept(0f)) return null;
            tensor ??= zeros(Layout.Length, ScalarType.Float32, _device).DetachFromDisposeScope();
            TensorMemory.Write(values, tensor);
            return tensor;
        }
    }

    public void Dispose()
    {
        Parameters.Dispose();
        if (!ReferenceEquals(Working, Parameters)) Working.Dispose();
        _gradient?.Dispose();
        _first?.Dispose();
        _second?.Dispose();
    }

    private static double Norm(Tensor vector)
    {
        var sum = 0.0;
        for (var from = 0L; from < vector.numel(); from += Chunk)
        {
            using var scope = NewDisposeScope();
            var wide = vector.narrow(0, from, Math.Min(Chunk, vector.numel() - from)).to(ScalarType.Float64);
            sum += wide.mul_(wide).sum().item<double>();
        }

        return Math.Sqrt(sum);
    }
}
