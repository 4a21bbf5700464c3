using System.Runtime.CompilerServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// Layer normalisation (Ba et al. 2016): y = (x - mean) / sqrt(variance + epsilon) scale + shift over the units of a row. Sums over units run in
/// <see cref="Padding.Width"/> partial sums, which are then added in index order, at every vector width. Padding holds zeros before and
/// after.
/// </summary>
internal static unsafe class NormKernels<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Normalises rows in place.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[rows x columns], changed in place.</param>
    /// <param name="rows">Number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(in NormBlock layer, float* x, int rows)
    {
        var normal = layer.Normal;
        var (width, columns) = (layer.Width, layer.Columns);
        for (var r = 0; r < rows; r++, x += columns, normal += columns)
        {
            var mean = TSimd.Broadcast(Sum(x, columns) / width);
            for (var j = 0; j < columns; j += TSimd.Lanes) TSimd.Store(TSimd.Subtract(TSimd.Load(x + j), mean), normal + j);
            for (var j = width; j < columns; j++) normal[j] = 0f;
            var inverse = 1f / MathF.Sqrt((SumOfProducts(normal, normal, columns) / width) + NormLayer.Epsilon);
            layer.InverseDeviation[r] = inverse;
            var factor = TSimd.Broadcast(inverse);
            for (var j = 0; j < columns; j += TSimd.Lanes)
            {
                var value = TSimd.Multiply(TSimd.Load(normal + j), factor);
                TSimd.Store(value, normal + j);
                TSimd.Store(TSimd.FusedMultiplyAdd(value, TSimd.Load(layer.Scale + j), TSimd.Load(layer.Shift + j)), x + j);
            }
        }
    }

    /// <summary>The gradient before the normalisation from the one behind it, in place; adds that of scale and shift, row after row.</summary>
    /// <param name="layer">The layer, as <see cref="Forward"/> left it.</param>
    /// <param name="d">[rows x columns], changed in place.</param>
    /// <param name="rows">Number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(in NormBlock layer, float* d, int rows)
    {
        var normal = layer.Normal;
        var (width, columns) = (layer.Width, layer.Columns);
        for (var r = 0; r < rows; r++, d += columns, normal += columns)
        {
            for (var j = 0; j < columns; j += TSimd.Lanes)
            {
                var slope = TSimd.Load(d + j);
                TSimd.Store(TSimd.FusedMultiplyAdd(slope, TSimd.Load(normal + j), TSimd.Load(layer.ScaleGradient + j)), layer.ScaleGradient + j);
                TSimd.Store(TSimd.Add(slope, TSimd.Load(layer.ShiftGradient + j)), layer.ShiftGradient + j);
                TSimd.Store(TSimd.Multiply(slope, TSimd.Load(layer.Scale + j)), d + j);
            }

            var mean = TSimd.Broadcast(Sum(d, columns) / width);
            var along = TSimd.Broadcast(SumOfProducts(d, normal, columns) / width);
            var inverse = TSimd.Broadcast(layer.InverseDeviation[r]);
            for (var j = 0; j < columns; j += TSimd.Lanes)
            {
                var rest = TSimd.Subtract(TSimd.Subtract(TSimd.Load(d + j), mean), TSimd.Multiply(TSimd.Load(normal + j), along));
                TSimd.Store(TSimd.Multiply(rest, inverse), d + j);
            }

            for (var j = width; j < columns; j++) d[j] = 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(float* a, int columns)
    {
        var partial = stackalloc float[Padding.Width];
        for (var lane = 0; lane < Padding.Width; lane += TSimd.Lanes)
        {
            var sum = TSimd.Zero;
            for (var j = lane; j < columns; j += Padding.Width) sum = TSimd.Add(sum, TSimd.Load(a + j));
            TSimd.Store(sum, partial + lane);
        }

        return Total(partial);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumOfProducts(float* a, float* b, int columns)
    {
        var partial = stackalloc float[Padding.Width];
        for (var lane = 0; lane < Padding.Width; lane += TSimd.Lanes)
        {
            var sum = TSimd.Zero;
            for (var j = lane; j < columns; j += Padding.Width) sum = TSimd.FusedMultiplyAdd(TSimd.Load(a + j), TSimd.Load(b + j), sum);
            TSimd.Store(sum, partial + lane);
        }

        return Total(partial);
    }

    private static float Total(float* partial)
    {
        var total = 0f;
        for (var lane = 0; lane < Padding.Width; lane++) total += partial[lane];
        return total;
    }
}

/// <summary>Where the numbers of a normalisation are.</summary>
internal readonly unsafe struct NormBlock
{
    /// <summary>Units of a row.</summary>
    public required int Width { get; init; }

    /// <summary>Floats from a row to the next: the units, padded.</summary>
    public required int Columns { get; init; }

    /// <summary>[Columns].</summary>
    public required float* Scale { get; init; }

    /// <summary>[Columns].</summary>
    public required float* Shift { get; init; }

    /// <summary>[Columns] is added to.</summary>
    public required float* ScaleGradient { get; init; }

    /// <summary>[Columns] is added to.</summary>
    public required float* ShiftGradient { get; init; }

    /// <summary>[rows x Columns] receives the normalised numbers, before scale and shift.</summary>
    public required float* Normal { get; init; }

    /// <summary>[rows] receives 1 / sqrt(variance + epsilon).</summary>
    public required float* InverseDeviation { get; init; }
}
