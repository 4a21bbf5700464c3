using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Srpo.Core.Errors;
using Srpo.Core.Text;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// The kernels at one vector width. All widths give the same bits; they differ in speed only. See
/// <see cref="DenseKernels{TSimd, TVector}"/>, <see cref="ElementwiseKernels{TSimd, TVector}"/> and
/// <see cref="PolicyKernels{TSimd, TVector}"/> for shapes and order of summation. Counts and numbers of columns are multiples of 16 floats,
/// matrices are row-major, and nothing is checked: buffers of <see cref="NativeBuffer"/> are large enough and aligned.
/// </summary>
public abstract unsafe class KernelSet
{
    /// <summary>The environment variable that forces a width: "512", "256" or "portable".</summary>
    public const string WidthVariable = "SRPO_KERNELS";

    private protected KernelSet() { }

    /// <summary>One float at a time, on any processor.</summary>
    public static KernelSet Portable { get; } = new KernelSet<SimdScalar, float>("portable");

    /// <summary>256-bit vectors; slow where the processor lacks AVX2 and FMA.</summary>
    public static KernelSet Vector256 { get; } = new KernelSet<Simd256, Vector256<float>>("256-bit");

    /// <summary>512-bit vectors; slow where the processor lacks AVX-512.</summary>
    public static KernelSet Vector512 { get; } = new KernelSet<Simd512, Vector512<float>>("512-bit");

    /// <summary>The widest set that this processor runs natively, unless the environment variable says otherwise.</summary>
    public static KernelSet Default { get; } = Choose(Environment.GetEnvironmentVariable(WidthVariable));

    /// <summary>What it is, for reports: "512-bit", "256-bit" or "portable".</summary>
    public abstract string Name { get; }

    /// <summary>The set of a name: "512", "256", "portable", or "auto", "" or null for the best.</summary>
    /// <param name="name">What <see cref="WidthVariable"/> says.</param>
    /// <exception cref="SrpoException">The name is not known; the message lists those that are.</exception>
    public static KernelSet Choose(string? name) => name switch
    {
        null or "" or "auto" => System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? Vector512
            : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated && Fma.IsSupported ? Vector256
            : Portable,
        "512" => Vector512,
        "256" => Vector256,
        "portable" => Portable,
        _ => throw new SrpoException(ErrorKind.Usage, $"${WidthVariable}: {NearestName.Unknown("width", name, ["512", "256", "portable", "auto"])} Unset, it is the widest that this processor has."),
    };

    /// <summary>y[r, j] = b[j] + sum_k x[r, k] w[k, j], the sum over k in index order.</summary>
    /// <param name="x">[rows x inner], rows <paramref name="xStride"/> floats apart.</param>
    /// <param name="xStride">Floats from row to row of x.</param>
    /// <param name="w">[inner x columns].</param>
    /// <param name="bias">[columns], or null for zeros.</param>
    /// <param name="y">[rows x columns], overwritten; overlaps neither x nor w.</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="inner">Columns of x, rows of w.</param>
    /// <param name="columns">Columns of w and y.</param>
    public abstract void Multiply(float* x, int xStride, float* w, float* bias, float* y, int rows, int inner, int columns);

    /// <summary>g[k, j] += sum_r x[r, k] d[r, j], the sum over r in index order, continued from what g holds.</summary>
    /// <param name="x">[rows x inner], rows <paramref name="xStride"/> floats apart.</param>
    /// <param name="xStride">Floats from row to row of x.</param>
    /// <param name="d">[rows x columns].</param>
    /// <param name="g">[inner x columns]; overlaps neither x nor d.</param>
    /// <param name="rows">Rows of x and d.</param>
    /// <param name="inner">Columns of x, rows of g.</param>
    /// <param name="columns">Columns of d and g.</param>
    public abstract void AccumulateOuter(float* x, int xStride, float* d, float* g, int rows, int inner, int columns);

    internal abstract void AccumulateRows(float* d, float* g, int rows, int columns);

    internal abstract int PanelSize(int rows, int columns);

    internal abstract void ToPanels(float* source, float* panels, int rows, int columns);

    internal abstract void AddSelected(
        int* starts, ushort* lists, float* panels, int rows, float* from, int fromStride, float* y, int count, int columns);

    internal abstract void Add(float* values, float* sums, int count);

    /// <summary>tanh in place, within 3 units in the last place.</summary>
    /// <param name="values">[count].</param>
    /// <param name="count">Number of floats.</param>
    public abstract void Tanh(float* values, int count);

    /// <summary>d *= 1 - h^2: the gradient before a tanh from the one behind it.</summary>
    /// <param name="h">[count] outputs of the tanh.</param>
    /// <param name="d">[count], changed in place.</param>
    /// <param name="count">Number of floats.</param>
    public abstract void TanhGradient(float* h, float* d, int count);

    /// <summary>max(x, 0) in place.</summary>
    /// <param name="values">[count].</param>
    /// <param name="count">Number of floats.</param>
    public abstract void Relu(float* values, int count);

    /// <summary>d = h > 0 ? d : 0: the gradient before a rectifier from the one behind it.</summary>
    /// <param name="h">[count] outputs of the rectifier.</param>
    /// <param name="d">[count], changed in place.</param>
    /// <param name="count">Number of floats.</param>
    public abstract void ReluGradient(float* h, float* d, int count);

    internal abstract void Exp(float* values, int count);

    /// <summary>One step of Adam (Kingma and Ba 2015, in PyTorch's arrangement). Moments and parameters are changed in place.</summary>
    /// <param name="gradient">[count].</param>
    /// <param name="parameters">[count].</param>
    /// <param name="first">[count] first moment.</param>
    /// <param name="second">[count] second moment.</param>
    /// <param name="count">Number of floats.</param>
    /// <param name="stepSize">Learning rate over the correction of the first moment.</param>
    /// <param name="secondCorrection">Square root of the correction of the second moment.</param>
    /// <param name="epsilon">Added to the root of the second moment.</param>
    public void Adam(
        float* gradient, float* parameters, float* first, float* second, int count, float stepSize, float secondCorrection, float epsilon)
    {
        var both = new AdamPointers(parameters, first, second);
        Adam(gradient, both, both, count, stepSize, secondCorrection, epsilon);
    }

    internal abstract void Adam(
        float* gradient, in AdamPointers from, in AdamPointers to, int count, float stepSize, float secondCorrection, float epsilon);

    /// <summary>p = softmax(z) and log p, row by row.</summary>
    /// <param name="logits">[rows x stride] z.</param>
    /// <param name="mask">[stride] 1 for actions, 0 for padding; or [rows x stride] 0 for illegal actions too, at least one 1 per row.</param>
    /// <param name="maskStride">0 for one mask for all rows, else stride.</param>
    /// <param name="logProbabilities">[rows x stride] log p; may be the memory of z.</param>
    /// <param name="probabilities">[rows x stride] p.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="actions">Actions in a row.</param>
    /// <param name="stride">Floats from row to row: the actions, padded to a multiple of 16.</param>
    public abstract void LogSoftmax(
        float* logits, float* mask, int maskStride, float* logProbabilities, float* probabilities, int rows, int actions, int stride);

    internal abstract void PolicyGradient(in PolicyBlock block, in PolicyObjective objective, float* gradient, ref PolicySums sums);

    internal abstract void Gelu(float* values, float* before, int count);

    internal abstract void GeluGradient(float* before, float* d, int count);

    internal abstract void Normalise(in NormBlock layer, float* x, int rows);

    internal abstract void NormaliseGradient(in NormBlock layer, float* d, int rows);

    internal abstract void GruForward(in GruBlock block, int rows);

    internal abstract void GruBackward(in GruBlock block, float* atState, int rows);

    internal abstract void GruCarry(float* update, float* atState, float* carried, int count);

    /// <summary>How many fused multiply-adds a round of <see cref="FusedMultiplyAdds"/> is.</summary>
    public abstract int FusedMultiplyAddsPerRound { get; }

    /// <summary>Independent chains of fused multiply-adds of ones in registers: the most arithmetic that a core does at this width.</summary>
    /// <param name="rounds">Links of every chain, at most 2^20.</param>
    /// <returns>How many were done, counted by what they add up to: rounds times <see cref="FusedMultiplyAddsPerRound"/>.</returns>
    public abstract double FusedMultiplyAdds(int rounds);

    /// <summary>x = 1 - x in place: 8 bytes a number to and from memory, and next to no arithmetic.</summary>
    /// <param name="values">[count].</param>
    /// <param name="count">Number of floats, a multiple of 64.</param>
    public abstract void Complement(float* values, long count);
}

internal sealed unsafe class KernelSet<TSimd, TVector>(string name) : KernelSet
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public override string Name => name;

    public override void Multiply(float* x, int xStride, float* w, float* bias, float* y, int rows, int inner, int columns) =>
        DenseKernels<TSimd, TVector>.Multiply(x, xStride, w, bias, y, rows, inner, columns);

    public override void AccumulateOuter(float* x, int xStride, float* d, float* g, int rows, int inner, int columns) =>
        DenseKernels<TSimd, TVector>.AccumulateOuter(x, xStride, d, g, rows, inner, columns);

    internal override void AccumulateRows(float* d, float* g, int rows, int columns) =>
        DenseKernels<TSimd, TVector>.AccumulateRows(d, g, rows, columns);

    internal override int PanelSize(int rows, int columns) => SelectionKernels<TSimd, TVector>.PanelSize(rows, columns);

    internal override void ToPanels(float* source, float* panels, int rows, int columns) =>
        SelectionKernels<TSimd, TVector>.ToPanels(source, panels, rows, columns);

    internal override void AddSelected(
        int* starts, ushort* lists, float* panels, int rows, float* from, int fromStride, float* y, int count, int columns) =>
        SelectionKernels<TSimd, TVector>.AddSelected(starts, lists, panels, rows, from, fromStride, y, count, columns);

    internal override void Add(float* values, float* sums, int count) => ElementwiseKernels<TSimd, TVector>.Add(values, sums, count);

    public override void Tanh(float* values, int count) => ElementwiseKernels<TSimd, TVector>.Tanh(values, count);

    public override void TanhGradient(float* h, float* d, int count) => ElementwiseKernels<TSimd, TVector>.TanhGradient(h, d, count);

    public override void Relu(float* values, int count) => ElementwiseKernels<TSimd, TVector>.Relu(values, count);

    public override void ReluGradient(float* h, float* d, int count) => ElementwiseKernels<TSimd, TVector>.ReluGradient(h, d, count);

    internal override void Exp(float* values, int count) => ElementwiseKernels<TSimd, TVector>.Exp(values, count);

    internal override void Adam(
        float* gradient, in AdamPointers from, in AdamPointers to, int count, float stepSize, float secondCorrection, float epsilon) =>
        ElementwiseKernels<TSimd, TVector>.Adam(gradient, from, to, count, stepSize, secondCorrection, epsilon);

    public override void LogSoftmax(
        float* logits, float* mask, int maskStride, float* logProbabilities, float* probabilities, int rows, int actions, int stride) =>
        PolicyKernels<TSimd, TVector>.LogSoftmax(logits, mask, maskStride, logProbabilities, probabilities, rows, actions, stride);

    internal override void PolicyGradient(in PolicyBlock block, in PolicyObjective objective, float* gradient, ref PolicySums sums) =>
        PolicyKernels<TSimd, TVector>.Gradient(block, objective, gradient, ref sums);

    internal override void Gelu(float* values, float* before, int count) => ElementwiseKernels<TSimd, TVector>.Gelu(values, before, count);

    internal override void GeluGradient(float* before, float* d, int count) => ElementwiseKernels<TSimd, TVector>.GeluGradient(before, d, count);

    internal override void Normalise(in NormBlock layer, float* x, int rows) => NormKernels<TSimd, TVector>.Forward(layer, x, rows);

    internal override void NormaliseGradient(in NormBlock layer, float* d, int rows) => NormKernels<TSimd, TVector>.Backward(layer, d, rows);

    internal override void GruForward(in GruBlock block, int rows) => GruKernels<TSimd, TVector>.Forward(block, rows);

    internal override void GruBackward(in GruBlock block, float* atState, int rows) => GruKernels<TSimd, TVector>.Backward(block, atState, rows);

    internal override void GruCarry(float* update, float* atState, float* carried, int count) => GruKernels<TSimd, TVector>.Carry(update, atState, carried, count);

    public override int FusedMultiplyAddsPerRound => RoofKernels<TSimd, TVector>.PerRound;

    public override double FusedMultiplyAdds(int rounds) => RoofKernels<TSimd, TVector>.FusedMultiplyAdds(rounds, 1f, 1f);

    public override void Complement(float* values, long count) => RoofKernels<TSimd, TVector>.Complement(values, count);
}
