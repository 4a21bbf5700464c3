namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// The two matrix products of a perceptron. All matrices are row-major; widths that are vectorised over are multiples of
/// <see cref="Padding.Width"/>. Every output element is accumulated over the inner dimension in index order with fused
/// multiply-adds, so that tiling, vector width and batch composition do not change a bit of it.
/// </summary>
internal static unsafe class DenseKernels<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>y[r, j] = b[j] + sum_k x[r, k] w[k, j], the sum over k in index order.</summary>
    /// <param name="x">[rows x inner], row stride <paramref name="xStride"/>.</param>
    /// <param name="xStride">Floats from a row of x to the next.</param>
    /// <param name="w">[inner x columns], row stride columns.</param>
    /// <param name="bias">[columns], or null for zero.</param>
    /// <param name="y">[rows x columns], row stride columns; not overlapping x or w.</param>
    /// <param name="rows">Any number.</param>
    /// <param name="inner">Any number.</param>
    /// <param name="columns">A multiple of <see cref="Padding.Width"/>.</param>
    public static void Multiply(float* x, int xStride, float* w, float* bias, float* y, int rows, int inner, int columns)
    {
        var wide = (TSimd.ManyRegisters ? 4 : 2) * TSimd.Lanes;
        var column = 0;
        for (; column + wide <= columns; column += wide)
        {
            var r = 0;
            for (; r + 6 <= rows; r += 6)
            {
                if (TSimd.ManyRegisters)
                    MultiplyTiles<TSimd, TVector>.Tile6x4(x + (r * xStride), xStride, w + column, bias == null ? null : bias + column, y + (r * columns) + column, inner, columns);
                else
                    MultiplyTiles<TSimd, TVector>.Tile6x2(x + (r * xStride), xStride, w + column, bias == null ? null : bias + column, y + (r * columns) + column, inner, columns);
            }

            for (; r < rows; r++)
            {
                if (TSimd.ManyRegisters)
                    MultiplyTiles<TSimd, TVector>.Tile1x4(x + (r * xStride), w + column, bias == null ? null : bias + column, y + (r * columns) + column, inner, columns);
                else
                    MultiplyTiles<TSimd, TVector>.Tile1x2(x + (r * xStride), w + column, bias == null ? null : bias + column, y + (r * columns) + column, inner, columns);
            }
        }

        for (; column < columns; column += TSimd.Lanes)
        {
            var r = 0;
            for (; r + 8 <= rows; r += 8)
                MultiplyTiles<TSimd, TVector>.Tile8x1(x + (r * xStride), xStride, w + column, bias == null ? null : bias + column, y + (r * columns) + column, inner, columns);
            for (; r < rows; r++)
                MultiplyTiles<TSimd, TVector>.Tile1x1(x + (r * xStride), w + column, bias == null ? null : bias + column, y + (r * columns) + column, inner, columns);
        }
    }

    /// <summary>g[k, j] += sum_r x[r, k] d[r, j], the sum over r in index order, continued from what g holds.</summary>
    /// <param name="x">[rows x inner], row stride <paramref name="xStride"/>.</param>
    /// <param name="xStride">Floats from a row of x to the next.</param>
    /// <param name="d">[rows x columns], row stride columns.</param>
    /// <param name="g">[inner x columns], row stride columns.</param>
    /// <param name="rows">Any number.</param>
    /// <param name="inner">Any number.</param>
    /// <param name="columns">A multiple of <see cref="Padding.Width"/>.</param>
    public static void AccumulateOuter(float* x, int xStride, float* d, float* g, int rows, int inner, int columns)
    {
        var wide = (TSimd.ManyRegisters ? 4 : 2) * TSimd.Lanes;
        var column = 0;
        for (; column + wide <= columns; column += wide)
        {
            var k = 0;
            for (; k + 6 <= inner; k += 6)
            {
                if (TSimd.ManyRegisters)
                    OuterTiles<TSimd, TVector>.Tile6x4(x + k, xStride, d + column, g + (k * columns) + column, rows, columns);
                else
                    OuterTiles<TSimd, TVector>.Tile6x2(x + k, xStride, d + column, g + (k * columns) + column, rows, columns);
            }

            for (; k + 2 <= inner; k += 2)
            {
                for (var part = 0; part < wide; part += 2 * TSimd.Lanes)
                    OuterTiles<TSimd, TVector>.Tile2x2(x + k, xStride, d + column + part, g + (k * columns) + column + part, rows, columns);
            }

            for (; k < inner; k++)
            {
                for (var part = 0; part < wide; part += TSimd.Lanes)
                    OuterTiles<TSimd, TVector>.Tile1x1(x + k, xStride, d + column + part, g + (k * columns) + column + part, rows, columns);
            }
        }

        for (; column < columns; column += TSimd.Lanes)
        {
            var k = 0;
            for (; k + 8 <= inner; k += 8) OuterTiles<TSimd, TVector>.Tile8x1(x + k, xStride, d + column, g + (k * columns) + column, rows, columns);
            for (; k < inner; k++) OuterTiles<TSimd, TVector>.Tile1x1(x + k, xStride, d + column, g + (k * columns) + column, rows, columns);
        }
    }

    /// <summary>g[j] += sum_r d[r, j], the sum over r in index order.</summary>
    public static void AccumulateRows(float* d, float* g, int rows, int columns)
    {
        for (var j = 0; j < columns; j += TSimd.Lanes)
        {
            var sum = TSimd.Load(g + j);
            for (var r = 0; r < rows; r++) sum = TSimd.Add(sum, TSimd.Load(d + (r * columns) + j));
            TSimd.Store(sum, g + j);
        }
    }
}
