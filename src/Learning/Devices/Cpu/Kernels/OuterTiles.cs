using System.Runtime.CompilerServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// The register tiles behind the matrix products: rows x vectors of accumulators, unrolled by hand because the JIT keeps
/// locals in registers but not arrays. A tile's name says how many rows and vectors it holds.
/// </summary>
internal static unsafe class OuterTiles<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile6x4(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a01 = TSimd.Load(g + TSimd.Lanes);
        var a02 = TSimd.Load(g + (2 * TSimd.Lanes));
        var a03 = TSimd.Load(g + (3 * TSimd.Lanes));
        var a10 = TSimd.Load(g + columns);
        var a11 = TSimd.Load(g + columns + TSimd.Lanes);
        var a12 = TSimd.Load(g + columns + (2 * TSimd.Lanes));
        var a13 = TSimd.Load(g + columns + (3 * TSimd.Lanes));
        var a20 = TSimd.Load(g + (2 * columns));
        var a21 = TSimd.Load(g + (2 * columns) + TSimd.Lanes);
        var a22 = TSimd.Load(g + (2 * columns) + (2 * TSimd.Lanes));
        var a23 = TSimd.Load(g + (2 * columns) + (3 * TSimd.Lanes));
        var a30 = TSimd.Load(g + (3 * columns));
        var a31 = TSimd.Load(g + (3 * columns) + TSimd.Lanes);
        var a32 = TSimd.Load(g + (3 * columns) + (2 * TSimd.Lanes));
        var a33 = TSimd.Load(g + (3 * columns) + (3 * TSimd.Lanes));
        var a40 = TSimd.Load(g + (4 * columns));
        var a41 = TSimd.Load(g + (4 * columns) + TSimd.Lanes);
        var a42 = TSimd.Load(g + (4 * columns) + (2 * TSimd.Lanes));
        var a43 = TSimd.Load(g + (4 * columns) + (3 * TSimd.Lanes));
        var a50 = TSimd.Load(g + (5 * columns));
        var a51 = TSimd.Load(g + (5 * columns) + TSimd.Lanes);
        var a52 = TSimd.Load(g + (5 * columns) + (2 * TSimd.Lanes));
        var a53 = TSimd.Load(g + (5 * columns) + (3 * TSimd.Lanes));
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var d1 = TSimd.Load(d + TSimd.Lanes);
            var d2 = TSimd.Load(d + (2 * TSimd.Lanes));
            var d3 = TSimd.Load(d + (3 * TSimd.Lanes));
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, d1, a01);
            a02 = TSimd.FusedMultiplyAdd(s0, d2, a02);
            a03 = TSimd.FusedMultiplyAdd(s0, d3, a03);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, d1, a11);
            a12 = TSimd.FusedMultiplyAdd(s1, d2, a12);
            a13 = TSimd.FusedMultiplyAdd(s1, d3, a13);
            var s2 = TSimd.Broadcast(x[2]);
            a20 = TSimd.FusedMultiplyAdd(s2, d0, a20);
            a21 = TSimd.FusedMultiplyAdd(s2, d1, a21);
            a22 = TSimd.FusedMultiplyAdd(s2, d2, a22);
            a23 = TSimd.FusedMultiplyAdd(s2, d3, a23);
            var s3 = TSimd.Broadcast(x[3]);
            a30 = TSimd.FusedMultiplyAdd(s3, d0, a30);
            a31 = TSimd.FusedMultiplyAdd(s3, d1, a31);
            a32 = TSimd.FusedMultiplyAdd(s3, d2, a32);
            a33 = TSimd.FusedMultiplyAdd(s3, d3, a33);
            var s4 = TSimd.Broadcast(x[4]);
            a40 = TSimd.FusedMultiplyAdd(s4, d0, a40);
            a41 = TSimd.FusedMultiplyAdd(s4, d1, a41);
            a42 = TSimd.FusedMultiplyAdd(s4, d2, a42);
            a43 = TSimd.FusedMultiplyAdd(s4, d3, a43);
            var s5 = TSimd.Broadcast(x[5]);
            a50 = TSimd.FusedMultiplyAdd(s5, d0, a50);
            a51 = TSimd.FusedMultiplyAdd(s5, d1, a51);
            a52 = TSimd.FusedMultiplyAdd(s5, d2, a52);
            a53 = TSimd.FusedMultiplyAdd(s5, d3, a53);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a01, g + TSimd.Lanes);
        TSimd.Store(a02, g + (2 * TSimd.Lanes));
        TSimd.Store(a03, g + (3 * TSimd.Lanes));
        TSimd.Store(a10, g + columns);
        TSimd.Store(a11, g + columns + TSimd.Lanes);
        TSimd.Store(a12, g + columns + (2 * TSimd.Lanes));
        TSimd.Store(a13, g + columns + (3 * TSimd.Lanes));
        TSimd.Store(a20, g + (2 * columns));
        TSimd.Store(a21, g + (2 * columns) + TSimd.Lanes);
        TSimd.Store(a22, g + (2 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a23, g + (2 * columns) + (3 * TSimd.Lanes));
        TSimd.Store(a30, g + (3 * columns));
        TSimd.Store(a31, g + (3 * columns) + TSimd.Lanes);
        TSimd.Store(a32, g + (3 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a33, g + (3 * columns) + (3 * TSimd.Lanes));
        TSimd.Store(a40, g + (4 * columns));
        TSimd.Store(a41, g + (4 * columns) + TSimd.Lanes);
        TSimd.Store(a42, g + (4 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a43, g + (4 * columns) + (3 * TSimd.Lanes));
        TSimd.Store(a50, g + (5 * columns));
        TSimd.Store(a51, g + (5 * columns) + TSimd.Lanes);
        TSimd.Store(a52, g + (5 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a53, g + (5 * columns) + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile6x2(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a01 = TSimd.Load(g + TSimd.Lanes);
        var a10 = TSimd.Load(g + columns);
        var a11 = TSimd.Load(g + columns + TSimd.Lanes);
        var a20 = TSimd.Load(g + (2 * columns));
        var a21 = TSimd.Load(g + (2 * columns) + TSimd.Lanes);
        var a30 = TSimd.Load(g + (3 * columns));
        var a31 = TSimd.Load(g + (3 * columns) + TSimd.Lanes);
        var a40 = TSimd.Load(g + (4 * columns));
        var a41 = TSimd.Load(g + (4 * columns) + TSimd.Lanes);
        var a50 = TSimd.Load(g + (5 * columns));
        var a51 = TSimd.Load(g + (5 * columns) + TSimd.Lanes);
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var d1 = TSimd.Load(d + TSimd.Lanes);
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, d1, a01);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, d1, a11);
            var s2 = TSimd.Broadcast(x[2]);
            a20 = TSimd.FusedMultiplyAdd(s2, d0, a20);
            a21 = TSimd.FusedMultiplyAdd(s2, d1, a21);
            var s3 = TSimd.Broadcast(x[3]);
            a30 = TSimd.FusedMultiplyAdd(s3, d0, a30);
            a31 = TSimd.FusedMultiplyAdd(s3, d1, a31);
            var s4 = TSimd.Broadcast(x[4]);
            a40 = TSimd.FusedMultiplyAdd(s4, d0, a40);
            a41 = TSimd.FusedMultiplyAdd(s4, d1, a41);
            var s5 = TSimd.Broadcast(x[5]);
            a50 = TSimd.FusedMultiplyAdd(s5, d0, a50);
            a51 = TSimd.FusedMultiplyAdd(s5, d1, a51);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a01, g + TSimd.Lanes);
        TSimd.Store(a10, g + columns);
        TSimd.Store(a11, g + columns + TSimd.Lanes);
        TSimd.Store(a20, g + (2 * columns));
        TSimd.Store(a21, g + (2 * columns) + TSimd.Lanes);
        TSimd.Store(a30, g + (3 * columns));
        TSimd.Store(a31, g + (3 * columns) + TSimd.Lanes);
        TSimd.Store(a40, g + (4 * columns));
        TSimd.Store(a41, g + (4 * columns) + TSimd.Lanes);
        TSimd.Store(a50, g + (5 * columns));
        TSimd.Store(a51, g + (5 * columns) + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile8x1(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a10 = TSimd.Load(g + columns);
        var a20 = TSimd.Load(g + (2 * columns));
        var a30 = TSimd.Load(g + (3 * columns));
        var a40 = TSimd.Load(g + (4 * columns));
        var a50 = TSimd.Load(g + (5 * columns));
        var a60 = TSimd.Load(g + (6 * columns));
        var a70 = TSimd.Load(g + (7 * columns));
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
            var s2 = TSimd.Broadcast(x[2]);
            a20 = TSimd.FusedMultiplyAdd(s2, d0, a20);
            var s3 = TSimd.Broadcast(x[3]);
            a30 = TSimd.FusedMultiplyAdd(s3, d0, a30);
            var s4 = TSimd.Broadcast(x[4]);
            a40 = TSimd.FusedMultiplyAdd(s4, d0, a40);
            var s5 = TSimd.Broadcast(x[5]);
            a50 = TSimd.FusedMultiplyAdd(s5, d0, a50);
            var s6 = TSimd.Broadcast(x[6]);
            a60 = TSimd.FusedMultiplyAdd(s6, d0, a60);
            var s7 = TSimd.Broadcast(x[7]);
            a70 = TSimd.FusedMultiplyAdd(s7, d0, a70);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a10, g + columns);
        TSimd.Store(a20, g + (2 * columns));
        TSimd.Store(a30, g + (3 * columns));
        TSimd.Store(a40, g + (4 * columns));
        TSimd.Store(a50, g + (5 * columns));
        TSimd.Store(a60, g + (6 * columns));
        TSimd.Store(a70, g + (7 * columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile2x2(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a01 = TSimd.Load(g + TSimd.Lanes);
        var a10 = TSimd.Load(g + columns);
        var a11 = TSimd.Load(g + columns + TSimd.Lanes);
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var d1 = TSimd.Load(d + TSimd.Lanes);
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, d1, a01);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, d1, a11);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a01, g + TSimd.Lanes);
        TSimd.Store(a10, g + columns);
        TSimd.Store(a11, g + columns + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile1x1(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
        }

        TSimd.Store(a00, g);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile4x4(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a01 = TSimd.Load(g + TSimd.Lanes);
        var a02 = TSimd.Load(g + (2 * TSimd.Lanes));
        var a03 = TSimd.Load(g + (3 * TSimd.Lanes));
        var a10 = TSimd.Load(g + columns);
        var a11 = TSimd.Load(g + columns + TSimd.Lanes);
        var a12 = TSimd.Load(g + columns + (2 * TSimd.Lanes));
        var a13 = TSimd.Load(g + columns + (3 * TSimd.Lanes));
        var a20 = TSimd.Load(g + (2 * columns));
        var a21 = TSimd.Load(g + (2 * columns) + TSimd.Lanes);
        var a22 = TSimd.Load(g + (2 * columns) + (2 * TSimd.Lanes));
        var a23 = TSimd.Load(g + (2 * columns) + (3 * TSimd.Lanes));
        var a30 = TSimd.Load(g + (3 * columns));
        var a31 = TSimd.Load(g + (3 * columns) + TSimd.Lanes);
        var a32 = TSimd.Load(g + (3 * columns) + (2 * TSimd.Lanes));
        var a33 = TSimd.Load(g + (3 * columns) + (3 * TSimd.Lanes));
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var d1 = TSimd.Load(d + TSimd.Lanes);
            var d2 = TSimd.Load(d + (2 * TSimd.Lanes));
            var d3 = TSimd.Load(d + (3 * TSimd.Lanes));
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, d1, a01);
            a02 = TSimd.FusedMultiplyAdd(s0, d2, a02);
            a03 = TSimd.FusedMultiplyAdd(s0, d3, a03);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, d1, a11);
            a12 = TSimd.FusedMultiplyAdd(s1, d2, a12);
            a13 = TSimd.FusedMultiplyAdd(s1, d3, a13);
            var s2 = TSimd.Broadcast(x[2]);
            a20 = TSimd.FusedMultiplyAdd(s2, d0, a20);
            a21 = TSimd.FusedMultiplyAdd(s2, d1, a21);
            a22 = TSimd.FusedMultiplyAdd(s2, d2, a22);
            a23 = TSimd.FusedMultiplyAdd(s2, d3, a23);
            var s3 = TSimd.Broadcast(x[3]);
            a30 = TSimd.FusedMultiplyAdd(s3, d0, a30);
            a31 = TSimd.FusedMultiplyAdd(s3, d1, a31);
            a32 = TSimd.FusedMultiplyAdd(s3, d2, a32);
            a33 = TSimd.FusedMultiplyAdd(s3, d3, a33);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a01, g + TSimd.Lanes);
        TSimd.Store(a02, g + (2 * TSimd.Lanes));
        TSimd.Store(a03, g + (3 * TSimd.Lanes));
        TSimd.Store(a10, g + columns);
        TSimd.Store(a11, g + columns + TSimd.Lanes);
        TSimd.Store(a12, g + columns + (2 * TSimd.Lanes));
        TSimd.Store(a13, g + columns + (3 * TSimd.Lanes));
        TSimd.Store(a20, g + (2 * columns));
        TSimd.Store(a21, g + (2 * columns) + TSimd.Lanes);
        TSimd.Store(a22, g + (2 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a23, g + (2 * columns) + (3 * TSimd.Lanes));
        TSimd.Store(a30, g + (3 * columns));
        TSimd.Store(a31, g + (3 * columns) + TSimd.Lanes);
        TSimd.Store(a32, g + (3 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a33, g + (3 * columns) + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile2x4(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a01 = TSimd.Load(g + TSimd.Lanes);
        var a02 = TSimd.Load(g + (2 * TSimd.Lanes));
        var a03 = TSimd.Load(g + (3 * TSimd.Lanes));
        var a10 = TSimd.Load(g + columns);
        var a11 = TSimd.Load(g + columns + TSimd.Lanes);
        var a12 = TSimd.Load(g + columns + (2 * TSimd.Lanes));
        var a13 = TSimd.Load(g + columns + (3 * TSimd.Lanes));
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var d1 = TSimd.Load(d + TSimd.Lanes);
            var d2 = TSimd.Load(d + (2 * TSimd.Lanes));
            var d3 = TSimd.Load(d + (3 * TSimd.Lanes));
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, d1, a01);
            a02 = TSimd.FusedMultiplyAdd(s0, d2, a02);
            a03 = TSimd.FusedMultiplyAdd(s0, d3, a03);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, d1, a11);
            a12 = TSimd.FusedMultiplyAdd(s1, d2, a12);
            a13 = TSimd.FusedMultiplyAdd(s1, d3, a13);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a01, g + TSimd.Lanes);
        TSimd.Store(a02, g + (2 * TSimd.Lanes));
        TSimd.Store(a03, g + (3 * TSimd.Lanes));
        TSimd.Store(a10, g + columns);
        TSimd.Store(a11, g + columns + TSimd.Lanes);
        TSimd.Store(a12, g + columns + (2 * TSimd.Lanes));
        TSimd.Store(a13, g + columns + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile1x4(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a01 = TSimd.Load(g + TSimd.Lanes);
        var a02 = TSimd.Load(g + (2 * TSimd.Lanes));
        var a03 = TSimd.Load(g + (3 * TSimd.Lanes));
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var d1 = TSimd.Load(d + TSimd.Lanes);
            var d2 = TSimd.Load(d + (2 * TSimd.Lanes));
            var d3 = TSimd.Load(d + (3 * TSimd.Lanes));
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, d1, a01);
            a02 = TSimd.FusedMultiplyAdd(s0, d2, a02);
            a03 = TSimd.FusedMultiplyAdd(s0, d3, a03);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a01, g + TSimd.Lanes);
        TSimd.Store(a02, g + (2 * TSimd.Lanes));
        TSimd.Store(a03, g + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile4x2(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a01 = TSimd.Load(g + TSimd.Lanes);
        var a10 = TSimd.Load(g + columns);
        var a11 = TSimd.Load(g + columns + TSimd.Lanes);
        var a20 = TSimd.Load(g + (2 * columns));
        var a21 = TSimd.Load(g + (2 * columns) + TSimd.Lanes);
        var a30 = TSimd.Load(g + (3 * columns));
        var a31 = TSimd.Load(g + (3 * columns) + TSimd.Lanes);
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var d1 = TSimd.Load(d + TSimd.Lanes);
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, d1, a01);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, d1, a11);
            var s2 = TSimd.Broadcast(x[2]);
            a20 = TSimd.FusedMultiplyAdd(s2, d0, a20);
            a21 = TSimd.FusedMultiplyAdd(s2, d1, a21);
            var s3 = TSimd.Broadcast(x[3]);
            a30 = TSimd.FusedMultiplyAdd(s3, d0, a30);
            a31 = TSimd.FusedMultiplyAdd(s3, d1, a31);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a01, g + TSimd.Lanes);
        TSimd.Store(a10, g + columns);
        TSimd.Store(a11, g + columns + TSimd.Lanes);
        TSimd.Store(a20, g + (2 * columns));
        TSimd.Store(a21, g + (2 * columns) + TSimd.Lanes);
        TSimd.Store(a30, g + (3 * columns));
        TSimd.Store(a31, g + (3 * columns) + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile1x2(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a01 = TSimd.Load(g + TSimd.Lanes);
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var d1 = TSimd.Load(d + TSimd.Lanes);
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, d1, a01);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a01, g + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile4x1(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a10 = TSimd.Load(g + columns);
        var a20 = TSimd.Load(g + (2 * columns));
        var a30 = TSimd.Load(g + (3 * columns));
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
            var s2 = TSimd.Broadcast(x[2]);
            a20 = TSimd.FusedMultiplyAdd(s2, d0, a20);
            var s3 = TSimd.Broadcast(x[3]);
            a30 = TSimd.FusedMultiplyAdd(s3, d0, a30);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a10, g + columns);
        TSimd.Store(a20, g + (2 * columns));
        TSimd.Store(a30, g + (3 * columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile2x1(float* x, int xStride, float* d, float* g, int rows, int columns)
    {
        var a00 = TSimd.Load(g);
        var a10 = TSimd.Load(g + columns);
        for (var r = 0; r < rows; r++, x += xStride, d += columns)
        {
            var d0 = TSimd.Load(d);
            var s0 = TSimd.Broadcast(x[0]);
            a00 = TSimd.FusedMultiplyAdd(s0, d0, a00);
            var s1 = TSimd.Broadcast(x[1]);
            a10 = TSimd.FusedMultiplyAdd(s1, d0, a10);
        }

        TSimd.Store(a00, g);
        TSimd.Store(a10, g + columns);
    }
}
