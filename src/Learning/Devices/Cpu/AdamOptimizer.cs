using Srpo.Core.Settings;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>One step of Adam on a slice of a flat parameter vector, with optional clipping of the gradient's norm.</summary>
internal static unsafe class AdamOptimizer
{
    /// <summary>Changes parameters and moments in place.</summary>
    /// <param name="kernels">Kernels to use.</param>
    /// <param name="settings">Learning rate, epsilon, largest gradient norm.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="gradient">[n]; scaled in place if its norm is too large.</param>
    /// <param name="parameters">[n].</param>
    /// <param name="first">[n].</param>
    /// <param name="second">[n].</param>
    public static void Step(
        KernelSet kernels, TrainingSettings settings, long step,
        Span<float> gradient, Span<float> parameters, Span<float> first, Span<float> second)
    {
        if (settings.MaxGradientNorm is { } limit) ClipNorm(gradient, limit);
        var stepSize = (float)(settings.LearningRate / (1 - DeterministicMath.Power(AdamBetas.First, step)));
        var correction = (float)Math.Sqrt(1 - DeterministicMath.Power(AdamBetas.Second, step));
        var epsilon = (float)settings.AdamEpsilon;
        var whole = parameters.Length & ~(Padding.Width - 1);
        fixed (float* g = gradient, p = parameters, m = first, v = second)
        {
            kernels.Adam(g, p, m, v, whole, stepSize, correction, epsilon);
            KernelSet.Portable.Adam(g + whole, p + whole, m + whole, v + whole, parameters.Length - whole, stepSize, correction, epsilon);
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
