using Srpo.Core.Settings;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>One step of Adam on a slice of a flat parameter vector, with optional clipping of the gradient's norm.</summary>
internal static unsafe class AdamOptimizer
{
    /// <summary>Takes a step.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="settings">Epsilon, largest gradient norm.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="gradient">[n]; scaled in place if its norm is too large.</param>
    /// <param name="from">What is read.</param>
    /// <param name="to">What is written; may be the same arrays.</param>
    /// <param name="offset">Where the n numbers begin in those.</param>
    public static void Step(
        KernelSet kernels, TrainingSettings settings, double learningRate, long step, Span<float> gradient, in AdamArrays from, in AdamArrays to, int offset)
    {
        if (settings.MaxGradientNorm is { } limit) ClipNorm(gradient, limit);
        var stepSize = (float)(learningRate / (1 - DeterministicMath.Power(AdamBetas.First, step)));
        var correction = (float)Math.Sqrt(1 - DeterministicMath.Power(AdamBetas.Second, step));
        var epsilon = (float)settings.AdamEpsilon;
        var whole = gradient.Length & ~(Padding.Width - 1);
        fixed (float* g = gradient)
        fixed (float* p = from.Parameters, m = from.First, v = from.Second)
        fixed (float* newP = to.Parameters, newM = to.First, newV = to.Second)
        {
            var (source, target) = (new AdamPointers(p, m, v).From(offset), new AdamPointers(newP, newM, newV).From(offset));
            kernels.Adam(g, source, target, whole, stepSize, correction, epsilon);
            KernelSet.Portable.Adam(g + whole, source.From(whole), target.From(whole), gradient.Length - whole, stepSize, correction, epsilon);
        }
    }

    /// <summary>Scales the gradient down to a Euclidean norm, as PyTorch's clip_grad_norm_ does.</summary>
    private static void ClipNorm(Span<float> gradient, double limit)
    {
        var squares = 0.0;
        foreach (var g in gradient) squares += (double)g * g;
        var factor = (float)(limit / (Math.Sqrt(squares) + 1e-6));
        if (factor >= 1f) return;
        foreach (ref var g in gradient) g *= factor;
    }
}

/// <summary>What Adam changes in an actor.</summary>
/// <param name="Parameters">[ActorShape.ParameterCount] policy, then critic, then what is no parameter of a network.</param>
/// <param name="First">First moment, same layout.</param>
/// <param name="Second">Second moment, same layout.</param>
internal readonly record struct AdamArrays(float[] Parameters, float[] First, float[] Second)
{
    /// <summary>Arrays that are overwritten at once, and so need no zeros first.</summary>
    public static AdamArrays Uninitialised(int count) => new(
        GC.AllocateUninitializedArray<float>(count), GC.AllocateUninitializedArray<float>(count), GC.AllocateUninitializedArray<float>(count));

    /// <summary>Copies the numbers from an index on.</summary>
    public void CopyTo(in AdamArrays to, int from)
    {
        Parameters.AsSpan(from).CopyTo(to.Parameters.AsSpan(from));
        First.AsSpan(from).CopyTo(to.First.AsSpan(from));
        Second.AsSpan(from).CopyTo(to.Second.AsSpan(from));
    }
}
