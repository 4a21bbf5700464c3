using System.Runtime.CompilerServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>Functions applied element by element. Counts are multiples of <see cref="Padding.Width"/>.</summary>
internal static unsafe class ElementwiseKernels<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // ln 2 in two parts (Cody and Waite), so that r = x - n ln 2 is exact to the last bit of float.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float Log2E = 1.44269504f;

    // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
    private const float RoundingMagic = 12582912f;

    /// <summary>tanh in place, within 3 units in the last place; exactly odd at 0, exactly +-1 far out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tanh(float* values, int count)
    {
        for (var i = 0; i < count; i += TSimd.Lanes) TSimd.Store(TanhOf(TSimd.Load(values + i)), values + i);
    }

    /// <summary>tanh of each element, as <see cref="Tanh"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector TanhOf(TVector x)
    {
        // tanh x = (e^2x - 1) / (e^2x + 1) by way of e^2x - 1, which loses nothing near 0. Past 10 it rounds to +-1.
        x = TSimd.Max(TSimd.Min(x, TSimd.Broadcast(10f)), TSimd.Broadcast(-10f));
        x = TSimd.Add(x, x);
        ReduceExp(x, out var n, out var expm1);
        var scale = TSimd.PowerOfTwo(n);
        var e = TSimd.FusedMultiplyAdd(scale, expm1, TSimd.Subtract(scale, TSimd.Broadcast(1f)));
        return TSimd.Divide(e, TSimd.Add(e, TSimd.Broadcast(2f)));
    }

    /// <summary>d *= 1 - h^2: the gradient before a tanh from the one behind it; h is the tanh's output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TanhGradient(float* h, float* d, int count)
    {
        var one = TSimd.Broadcast(1f);
        var zero = TSimd.Zero;
        for (var i = 0; i < count; i += TSimd.Lanes)
        {
            var value = TSimd.Load(h + i);
            var slope = TSimd.FusedMultiplyAdd(TSimd.Subtract(zero, value), value, one);
            TSimd.Store(TSimd.Multiply(TSimd.Load(d + i), slope), d + i);
        }
    }

    /// <summary>max(x, 0) in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Relu(float* values, int count)
    {
        var zero = TSimd.Zero;
        for (var i = 0; i < count; i += TSimd.Lanes) TSimd.Store(TSimd.Max(TSimd.Load(values + i), zero), values + i);
    }

    /// <summary>d = h > 0 ? d : 0 with h the output of a rectifier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReluGradient(float* h, float* d, int count)
    {
        var zero = TSimd.Zero;
        for (var i = 0; i < count; i += TSimd.Lanes) TSimd.Store(TSimd.WhereGreater(TSimd.Load(h + i), zero, TSimd.Load(d + i)), d + i);
    }

    /// <summary>sums += values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* values, float* sums, int count)
    {
        for (var i = 0; i < count; i += TSimd.Lanes) TSimd.Store(TSimd.Add(TSimd.Load(sums + i), TSimd.Load(values + i)), sums + i);
    }

    /// <summary>The Gaussian error linear unit in its tanh form, in place; what it was made from is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gelu(float* values, float* before, int count)
    {
        var half = TSimd.Broadcast(0.5f);
        for (var i = 0; i < count; i += TSimd.Lanes)
        {
            var x = TSimd.Load(values + i);
            TSimd.Store(x, before + i);
            var inner = TSimd.Multiply(x, TSimd.FusedMultiplyAdd(TSimd.Multiply(x, x), TSimd.Broadcast(Learning.Gelu.Root * Learning.Gelu.Cubic), TSimd.Broadcast(Learning.Gelu.Root)));
            var share = TSimd.Multiply(half, x);
            TSimd.Store(TSimd.FusedMultiplyAdd(share, TanhOf(inner), share), values + i);
        }
    }

    /// <summary>The gradient before a <see cref="Gelu"/> from the one behind it, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GeluGradient(float* before, float* d, int count)
    {
        var (half, one) = (TSimd.Broadcast(0.5f), TSimd.Broadcast(1f));
        var root = TSimd.Broadcast(Learning.Gelu.Root);
        for (var i = 0; i < count; i += TSimd.Lanes)
        {
            var x = TSimd.Load(before + i);
            var square = TSimd.Multiply(x, x);
            var t = TanhOf(TSimd.Multiply(x, TSimd.FusedMultiplyAdd(square, TSimd.Broadcast(Learning.Gelu.Root * Learning.Gelu.Cubic), root)));
            var slope = TSimd.FusedMultiplyAdd(square, TSimd.Broadcast(3f * Learning.Gelu.Root * Learning.Gelu.Cubic), root);
            var bend = TSimd.Multiply(TSimd.Multiply(x, TSimd.Subtract(one, TSimd.Multiply(t, t))), slope);
            var whole = TSimd.Multiply(half, TSimd.Add(TSimd.Add(one, t), bend));
            TSimd.Store(TSimd.Multiply(TSimd.Load(d + i), whole), d + i);
        }
    }

    /// <summary>e^x in place for x in [-87, 88]; smaller x give e^-87 or less, never a negative or not-a-number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exp(float* values, int count)
    {
        for (var i = 0; i < count; i += TSimd.Lanes) TSimd.Store(ExpOf(TSimd.Load(values + i)), values + i);
    }

    /// <summary>e^x of each element, as <see cref="Exp"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpOf(TVector x)
    {
        ReduceExp(TSimd.Max(TSimd.Min(x, TSimd.Broadcast(88f)), TSimd.Broadcast(-87f)), out var n, out var expm1);
        return TSimd.Multiply(TSimd.Add(expm1, TSimd.Broadcast(1f)), TSimd.PowerOfTwo(n));
    }

    /// <summary>One step of Adam (Kingma and Ba 2015, in PyTorch's arrangement).</summary>
    /// <param name="gradient">[count].</param>
    /// <param name="from">What is read.</param>
    /// <param name="to">What is written; may be the same memory.</param>
    /// <param name="count">A multiple of the padding width, or the tail is left to the caller.</param>
    /// <param name="stepSize">Learning rate / (1 - beta1^t).</param>
    /// <param name="secondCorrection">sqrt(1 - beta2^t).</param>
    /// <param name="epsilon">Added to the denominator.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Adam(
        float* gradient, in AdamPointers from, in AdamPointers to, int count, float stepSize, float secondCorrection, float epsilon)
    {
        float* parameters = from.Parameters, first = from.First, second = from.Second;
        float* newParameters = to.Parameters, newFirst = to.First, newSecond = to.Second;
        var beta1 = TSimd.Broadcast(AdamBetas.First);
        var rest1 = TSimd.Broadcast(1f - AdamBetas.First);
        var beta2 = TSimd.Broadcast(AdamBetas.Second);
        var rest2 = TSimd.Broadcast(1f - AdamBetas.Second);
        var step = TSimd.Broadcast(-stepSize);
        var correction = TSimd.Broadcast(secondCorrection);
        var eps = TSimd.Broadcast(epsilon);
        for (var i = 0; i < count; i += TSimd.Lanes)
        {
            var g = TSimd.Load(gradient + i);
            var m = TSimd.FusedMultiplyAdd(beta1, TSimd.Load(first + i), TSimd.Multiply(rest1, g));
            var v = TSimd.FusedMultiplyAdd(beta2, TSimd.Load(second + i), TSimd.Multiply(TSimd.Multiply(rest2, g), g));
            TSimd.Store(m, newFirst + i);
            TSimd.Store(v, newSecond + i);
            var denominator = TSimd.Add(TSimd.Divide(TSimd.SquareRoot(v), correction), eps);
            TSimd.Store(TSimd.FusedMultiplyAdd(step, TSimd.Divide(m, denominator), TSimd.Load(parameters + i)), newParameters + i);
        }
    }

    /// <summary>x = n ln 2 + r with |r| at most ln(2)/2; gives n and e^r - 1 by its Taylor series, whose first left-out term is below 6e-9 of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReduceExp(TVector x, out TVector n, out TVector expm1)
    {
        var magic = TSimd.Broadcast(RoundingMagic);
        n = TSimd.Subtract(TSimd.FusedMultiplyAdd(x, TSimd.Broadcast(Log2E), magic), magic);
        var r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Ln2High), x);
        r = TSimd.FusedMultiplyAdd(n, TSimd.Broadcast(-Ln2Low), r);
        var q = TSimd.FusedMultiplyAdd(TSimd.Broadcast(1f / 40320f), r, TSimd.Broadcast(1f / 5040f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(1f / 720f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(1f / 120f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(1f / 24f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(1f / 6f));
        q = TSimd.FusedMultiplyAdd(q, r, TSimd.Broadcast(0.5f));
        expm1 = TSimd.FusedMultiplyAdd(TSimd.Multiply(r, r), q, r);
    }
}

/// <summary>Where the numbers that Adam changes are.</summary>
/// <param name="parameters">[n].</param>
/// <param name="first">[n] first moment.</param>
/// <param name="second">[n] second moment.</param>
internal readonly unsafe struct AdamPointers(float* parameters, float* first, float* second)
{
    public float* Parameters { get; } = parameters;

    public float* First { get; } = first;

    public float* Second { get; } = second;

    /// <summary>The same from an element on.</summary>
    public AdamPointers From(int element) => new(Parameters + element, First + element, Second + element);
}

/// <summary>Adam's decay rates: the defaults of its paper and of every library.</summary>
internal static class AdamBetas
{
    public const float First = 0.9f;
    public const float Second = 0.999f;
}
