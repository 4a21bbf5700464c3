using System.Runtime.CompilerServices;

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
            if (TSimd.ManyRegisters) MultiplyFour(x, xStride, w + column, bias == null ? null : bias + column, y + column, rows, inner, columns);
            else MultiplyTwo(x, xStride, w + column, bias == null ? null : bias + column, y + column, rows, inner, columns);
        }

        if (TSimd.ManyRegisters && column + (2 * TSimd.Lanes) <= columns)
        {
            MultiplyTwo(x, xStride, w + column, bias == null ? null : bias + column, y + column, rows, inner, columns);
            column += 2 * TSimd.Lanes;
        }

        for (; column < columns; column += TSimd.Lanes)
            MultiplyOne(x, xStride, w + column, bias == null ? null : bias + column, y + column, rows, inner, columns);
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
            if (TSimd.ManyRegisters) AccumulateFour(x, xStride, d + column, g + column, rows, inner, columns);
            else AccumulateTwo(x, xStride, d + column, g + column, rows, inner, columns);
        }

        if (TSimd.ManyRegisters && column + (2 * TSimd.Lanes) <= columns)
        {
            AccumulateTwo(x, xStride, d + column, g + column, rows, inner, columns);
            column += 2 * TSimd.Lanes;
        }

        for (; column < columns; column += TSimd.Lanes) AccumulateOne(x, xStride, d + column, g + column, rows, inner, columns);
    }

    /// <summary>g[j] += sum_r d[r, j], the sum over r in index order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AccumulateRows(float* d, float* g, int rows, int columns)
    {
        // Four sums at a time: a single one would wait for every addition.
        var j = 0;
        for (; j + (4 * TSimd.Lanes) <= columns; j += 4 * TSimd.Lanes)
        {
            var a0 = TSimd.Load(g + j);
            var a1 = TSimd.Load(g + j + TSimd.Lanes);
            var a2 = TSimd.Load(g + j + (2 * TSimd.Lanes));
            var a3 = TSimd.Load(g + j + (3 * TSimd.Lanes));
            var row = d + j;
            for (var r = 0; r < rows; r++, row += columns)
            {
                a0 = TSimd.Add(a0, TSimd.Load(row));
                a1 = TSimd.Add(a1, TSimd.Load(row + TSimd.Lanes));
                a2 = TSimd.Add(a2, TSimd.Load(row + (2 * TSimd.Lanes)));
                a3 = TSimd.Add(a3, TSimd.Load(row + (3 * TSimd.Lanes)));
            }

            TSimd.Store(a0, g + j);
            TSimd.Store(a1, g + j + TSimd.Lanes);
            TSimd.Store(a2, g + j + (2 * TSimd.Lanes));
            TSimd.Store(a3, g + j + (3 * TSimd.Lanes));
        }

        for (; j < columns; j += TSimd.Lanes)
        {
            var sum = TSimd.Load(g + j);
            for (var r = 0; r < rows; r++) sum = TSimd.Add(sum, TSimd.Load(d + (r * columns) + j));
            TSimd.Store(sum, g + j);
        }
    }

    /// <summary>Four vectors of columns: as many rows at a time as the registers hold, then fewer.</summary>
    private static void MultiplyFour(float* x, int xStride, float* w, float* bias, float* y, int rows, int inner, int columns)
    {
        var r = 0;
        for (; r + 6 <= rows; r += 6) MultiplyTiles<TSimd, TVector>.Tile6x4(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        for (; r + 3 <= rows; r += 3) MultiplyTiles<TSimd, TVector>.Tile3x4(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        for (; r + 2 <= rows; r += 2) MultiplyTiles<TSimd, TVector>.Tile2x4(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        if (r < rows) MultiplyTiles<TSimd, TVector>.Tile1x4(x + (r * xStride), w, bias, y + (r * columns), inner, columns);
    }

    /// <summary>Two vectors of columns: as many rows at a time as the registers hold, then fewer.</summary>
    private static void MultiplyTwo(float* x, int xStride, float* w, float* bias, float* y, int rows, int inner, int columns)
    {
        var r = 0;
        for (; r + 6 <= rows; r += 6) MultiplyTiles<TSimd, TVector>.Tile6x2(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        for (; r + 3 <= rows; r += 3) MultiplyTiles<TSimd, TVector>.Tile3x2(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        for (; r + 2 <= rows; r += 2) MultiplyTiles<TSimd, TVector>.Tile2x2(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        if (r < rows) MultiplyTiles<TSimd, TVector>.Tile1x2(x + (r * xStride), w, bias, y + (r * columns), inner, columns);
    }

    /// <summary>One vector of columns: as many rows at a time as the registers hold, then fewer.</summary>
    private static void MultiplyOne(float* x, int xStride, float* w, float* bias, float* y, int rows, int inner, int columns)
    {
        var r = 0;
        for (; r + 8 <= rows; r += 8) MultiplyTiles<TSimd, TVector>.Tile8x1(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        for (; r + 4 <= rows; r += 4) MultiplyTiles<TSimd, TVector>.Tile4x1(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        for (; r + 2 <= rows; r += 2) MultiplyTiles<TSimd, TVector>.Tile2x1(x + (r * xStride), xStride, w, bias, y + (r * columns), inner, columns);
        if (r < rows) MultiplyTiles<TSimd, TVector>.Tile1x1(x + (r * xStride), w, bias, y + (r * columns), inner, columns);
    }

    /// <summary>Four vectors of columns: as many rows of g at a time as the registers hold, then fewer.</summary>
    private static void AccumulateFour(float* x, int xStride, float* d, float* g, int rows, int inner, int columns)
    {
        var k = 0;
        for (; k + 6 <= inner; k += 6) OuterTiles<TSimd, TVector>.Tile6x4(x + k, xStride, d, g + (k * columns), rows, columns);
        for (; k + 4 <= inner; k += 4) OuterTiles<TSimd, TVector>.Tile4x4(x + k, xStride, d, g + (k * columns), rows, columns);
        for (; k + 2 <= inner; k += 2) OuterTiles<TSimd, TVector>.Tile2x4(x + k, xStride, d, g + (k * columns), rows, columns);
        if (k < inner) OuterTiles<TSimd, TVector>.Tile1x4(x + k, xStride, d, g + (k * columns), rows, columns);
    }

    /// <summary>Two vectors of columns: as many rows of g at a time as the registers hold, then fewer.</summary>
    private static void AccumulateTwo(float* x, int xStride, float* d, float* g, int rows, int inner, int columns)
    {
        var k = 0;
        for (; k + 6 <= inner; k += 6) OuterTiles<TSimd, TVector>.Tile6x2(x + k, xStride, d, g + (k * columns), rows, columns);
        for (; k + 4 <= inner; k += 4) OuterTiles<TSimd, TVector>.Tile4x2(x + k, xStride, d, g + (k * columns), rows, columns);
        for (; k + 2 <= inner; k += 2) OuterTiles<TSimd, TVector>.Tile2x2(x + k, xStride, d, g + (k * columns), rows, columns);
        if (k < inner) OuterTiles<TSimd, TVector>.Tile1x2(x + k, xStride, d, g + (k * columns), rows, columns);
    }

    /// <summary>One vector of columns: as many rows of g at a time as the registers hold, then fewer.</summary>
    private static void AccumulateOne(float* x, int xStride, float* d, float* g, int rows, int inner, int columns)
    {
        var k = 0;
        for (; k + 8 <= inner; k += 8) OuterTiles<TSimd, TVector>.Tile8x1(x + k, xStride, d, g + (k * columns), rows, columns);
        for (; k + 4 <= inner; k += 4) OuterTiles<TSimd, TVector>.Tile4x1(x + k, xStride, d, g + (k * columns), rows, columns);
        for (; k + 2 <= inner; k += 2) OuterTiles<TSimd, TVector>.Tile2x1(x + k, xStride, d, g + (k * columns), rows, columns);
        if (k < inner) OuterTiles<TSimd, TVector>.Tile1x1(x + k, xStride, d, g + (k * columns), rows, columns);
    }
}
