using System.Runtime.CompilerServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// The register tiles behind the matrix products: rows x vectors of accumulators, unrolled by hand because the JIT keeps
/// locals in registers but not arrays. A tile's name says how many rows and vectors it holds.
/// </summary>
internal static unsafe class MultiplyTiles<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile6x4(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a01 = bias == null ? TSimd.Zero : TSimd.Load(bias + TSimd.Lanes);
        TVector a02 = bias == null ? TSimd.Zero : TSimd.Load(bias + (2 * TSimd.Lanes));
        TVector a03 = bias == null ? TSimd.Zero : TSimd.Load(bias + (3 * TSimd.Lanes));
        TVector a10 = a00, a11 = a01, a12 = a02, a13 = a03;
        TVector a20 = a00, a21 = a01, a22 = a02, a23 = a03;
        TVector a30 = a00, a31 = a01, a32 = a02, a33 = a03;
        TVector a40 = a00, a41 = a01, a42 = a02, a43 = a03;
        TVector a50 = a00, a51 = a01, a52 = a02, a53 = a03;
        var x1 = x + xStride;
        var x2 = x + (2 * xStride);
        var x3 = x + (3 * xStride);
        var x4 = x + (4 * xStride);
        var x5 = x + (5 * xStride);
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var w1 = TSimd.Load(w + TSimd.Lanes);
            var w2 = TSimd.Load(w + (2 * TSimd.Lanes));
            var w3 = TSimd.Load(w + (3 * TSimd.Lanes));
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, w1, a01);
            a02 = TSimd.FusedMultiplyAdd(s0, w2, a02);
            a03 = TSimd.FusedMultiplyAdd(s0, w3, a03);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, w1, a11);
            a12 = TSimd.FusedMultiplyAdd(s1, w2, a12);
            a13 = TSimd.FusedMultiplyAdd(s1, w3, a13);
            var s2 = TSimd.Broadcast(x2[k]);
            a20 = TSimd.FusedMultiplyAdd(s2, w0, a20);
            a21 = TSimd.FusedMultiplyAdd(s2, w1, a21);
            a22 = TSimd.FusedMultiplyAdd(s2, w2, a22);
            a23 = TSimd.FusedMultiplyAdd(s2, w3, a23);
            var s3 = TSimd.Broadcast(x3[k]);
            a30 = TSimd.FusedMultiplyAdd(s3, w0, a30);
            a31 = TSimd.FusedMultiplyAdd(s3, w1, a31);
            a32 = TSimd.FusedMultiplyAdd(s3, w2, a32);
            a33 = TSimd.FusedMultiplyAdd(s3, w3, a33);
            var s4 = TSimd.Broadcast(x4[k]);
            a40 = TSimd.FusedMultiplyAdd(s4, w0, a40);
            a41 = TSimd.FusedMultiplyAdd(s4, w1, a41);
            a42 = TSimd.FusedMultiplyAdd(s4, w2, a42);
            a43 = TSimd.FusedMultiplyAdd(s4, w3, a43);
            var s5 = TSimd.Broadcast(x5[k]);
            a50 = TSimd.FusedMultiplyAdd(s5, w0, a50);
            a51 = TSimd.FusedMultiplyAdd(s5, w1, a51);
            a52 = TSimd.FusedMultiplyAdd(s5, w2, a52);
            a53 = TSimd.FusedMultiplyAdd(s5, w3, a53);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a01, y + TSimd.Lanes);
        TSimd.Store(a02, y + (2 * TSimd.Lanes));
        TSimd.Store(a03, y + (3 * TSimd.Lanes));
        TSimd.Store(a10, y + columns);
        TSimd.Store(a11, y + columns + TSimd.Lanes);
        TSimd.Store(a12, y + columns + (2 * TSimd.Lanes));
        TSimd.Store(a13, y + columns + (3 * TSimd.Lanes));
        TSimd.Store(a20, y + (2 * columns));
        TSimd.Store(a21, y + (2 * columns) + TSimd.Lanes);
        TSimd.Store(a22, y + (2 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a23, y + (2 * columns) + (3 * TSimd.Lanes));
        TSimd.Store(a30, y + (3 * columns));
        TSimd.Store(a31, y + (3 * columns) + TSimd.Lanes);
        TSimd.Store(a32, y + (3 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a33, y + (3 * columns) + (3 * TSimd.Lanes));
        TSimd.Store(a40, y + (4 * columns));
        TSimd.Store(a41, y + (4 * columns) + TSimd.Lanes);
        TSimd.Store(a42, y + (4 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a43, y + (4 * columns) + (3 * TSimd.Lanes));
        TSimd.Store(a50, y + (5 * columns));
        TSimd.Store(a51, y + (5 * columns) + TSimd.Lanes);
        TSimd.Store(a52, y + (5 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a53, y + (5 * columns) + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile6x2(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a01 = bias == null ? TSimd.Zero : TSimd.Load(bias + TSimd.Lanes);
        TVector a10 = a00, a11 = a01;
        TVector a20 = a00, a21 = a01;
        TVector a30 = a00, a31 = a01;
        TVector a40 = a00, a41 = a01;
        TVector a50 = a00, a51 = a01;
        var x1 = x + xStride;
        var x2 = x + (2 * xStride);
        var x3 = x + (3 * xStride);
        var x4 = x + (4 * xStride);
        var x5 = x + (5 * xStride);
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var w1 = TSimd.Load(w + TSimd.Lanes);
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, w1, a01);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, w1, a11);
            var s2 = TSimd.Broadcast(x2[k]);
            a20 = TSimd.FusedMultiplyAdd(s2, w0, a20);
            a21 = TSimd.FusedMultiplyAdd(s2, w1, a21);
            var s3 = TSimd.Broadcast(x3[k]);
            a30 = TSimd.FusedMultiplyAdd(s3, w0, a30);
            a31 = TSimd.FusedMultiplyAdd(s3, w1, a31);
            var s4 = TSimd.Broadcast(x4[k]);
            a40 = TSimd.FusedMultiplyAdd(s4, w0, a40);
            a41 = TSimd.FusedMultiplyAdd(s4, w1, a41);
            var s5 = TSimd.Broadcast(x5[k]);
            a50 = TSimd.FusedMultiplyAdd(s5, w0, a50);
            a51 = TSimd.FusedMultiplyAdd(s5, w1, a51);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a01, y + TSimd.Lanes);
        TSimd.Store(a10, y + columns);
        TSimd.Store(a11, y + columns + TSimd.Lanes);
        TSimd.Store(a20, y + (2 * columns));
        TSimd.Store(a21, y + (2 * columns) + TSimd.Lanes);
        TSimd.Store(a30, y + (3 * columns));
        TSimd.Store(a31, y + (3 * columns) + TSimd.Lanes);
        TSimd.Store(a40, y + (4 * columns));
        TSimd.Store(a41, y + (4 * columns) + TSimd.Lanes);
        TSimd.Store(a50, y + (5 * columns));
        TSimd.Store(a51, y + (5 * columns) + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile8x1(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a10 = a00;
        TVector a20 = a00;
        TVector a30 = a00;
        TVector a40 = a00;
        TVector a50 = a00;
        TVector a60 = a00;
        TVector a70 = a00;
        var x1 = x + xStride;
        var x2 = x + (2 * xStride);
        var x3 = x + (3 * xStride);
        var x4 = x + (4 * xStride);
        var x5 = x + (5 * xStride);
        var x6 = x + (6 * xStride);
        var x7 = x + (7 * xStride);
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
            var s2 = TSimd.Broadcast(x2[k]);
            a20 = TSimd.FusedMultiplyAdd(s2, w0, a20);
            var s3 = TSimd.Broadcast(x3[k]);
            a30 = TSimd.FusedMultiplyAdd(s3, w0, a30);
            var s4 = TSimd.Broadcast(x4[k]);
            a40 = TSimd.FusedMultiplyAdd(s4, w0, a40);
            var s5 = TSimd.Broadcast(x5[k]);
            a50 = TSimd.FusedMultiplyAdd(s5, w0, a50);
            var s6 = TSimd.Broadcast(x6[k]);
            a60 = TSimd.FusedMultiplyAdd(s6, w0, a60);
            var s7 = TSimd.Broadcast(x7[k]);
            a70 = TSimd.FusedMultiplyAdd(s7, w0, a70);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a10, y + columns);
        TSimd.Store(a20, y + (2 * columns));
        TSimd.Store(a30, y + (3 * columns));
        TSimd.Store(a40, y + (4 * columns));
        TSimd.Store(a50, y + (5 * columns));
        TSimd.Store(a60, y + (6 * columns));
        TSimd.Store(a70, y + (7 * columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile1x4(float* x, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a01 = bias == null ? TSimd.Zero : TSimd.Load(bias + TSimd.Lanes);
        TVector a02 = bias == null ? TSimd.Zero : TSimd.Load(bias + (2 * TSimd.Lanes));
        TVector a03 = bias == null ? TSimd.Zero : TSimd.Load(bias + (3 * TSimd.Lanes));
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var w1 = TSimd.Load(w + TSimd.Lanes);
            var w2 = TSimd.Load(w + (2 * TSimd.Lanes));
            var w3 = TSimd.Load(w + (3 * TSimd.Lanes));
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, w1, a01);
            a02 = TSimd.FusedMultiplyAdd(s0, w2, a02);
            a03 = TSimd.FusedMultiplyAdd(s0, w3, a03);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a01, y + TSimd.Lanes);
        TSimd.Store(a02, y + (2 * TSimd.Lanes));
        TSimd.Store(a03, y + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile1x2(float* x, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a01 = bias == null ? TSimd.Zero : TSimd.Load(bias + TSimd.Lanes);
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var w1 = TSimd.Load(w + TSimd.Lanes);
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, w1, a01);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a01, y + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile1x1(float* x, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
        }

        TSimd.Store(a00, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile3x4(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a01 = bias == null ? TSimd.Zero : TSimd.Load(bias + TSimd.Lanes);
        TVector a02 = bias == null ? TSimd.Zero : TSimd.Load(bias + (2 * TSimd.Lanes));
        TVector a03 = bias == null ? TSimd.Zero : TSimd.Load(bias + (3 * TSimd.Lanes));
        TVector a10 = a00, a11 = a01, a12 = a02, a13 = a03;
        TVector a20 = a00, a21 = a01, a22 = a02, a23 = a03;
        var x1 = x + xStride;
        var x2 = x + (2 * xStride);
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var w1 = TSimd.Load(w + TSimd.Lanes);
            var w2 = TSimd.Load(w + (2 * TSimd.Lanes));
            var w3 = TSimd.Load(w + (3 * TSimd.Lanes));
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, w1, a01);
            a02 = TSimd.FusedMultiplyAdd(s0, w2, a02);
            a03 = TSimd.FusedMultiplyAdd(s0, w3, a03);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, w1, a11);
            a12 = TSimd.FusedMultiplyAdd(s1, w2, a12);
            a13 = TSimd.FusedMultiplyAdd(s1, w3, a13);
            var s2 = TSimd.Broadcast(x2[k]);
            a20 = TSimd.FusedMultiplyAdd(s2, w0, a20);
            a21 = TSimd.FusedMultiplyAdd(s2, w1, a21);
            a22 = TSimd.FusedMultiplyAdd(s2, w2, a22);
            a23 = TSimd.FusedMultiplyAdd(s2, w3, a23);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a01, y + TSimd.Lanes);
        TSimd.Store(a02, y + (2 * TSimd.Lanes));
        TSimd.Store(a03, y + (3 * TSimd.Lanes));
        TSimd.Store(a10, y + columns);
        TSimd.Store(a11, y + columns + TSimd.Lanes);
        TSimd.Store(a12, y + columns + (2 * TSimd.Lanes));
        TSimd.Store(a13, y + columns + (3 * TSimd.Lanes));
        TSimd.Store(a20, y + (2 * columns));
        TSimd.Store(a21, y + (2 * columns) + TSimd.Lanes);
        TSimd.Store(a22, y + (2 * columns) + (2 * TSimd.Lanes));
        TSimd.Store(a23, y + (2 * columns) + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile2x4(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a01 = bias == null ? TSimd.Zero : TSimd.Load(bias + TSimd.Lanes);
        TVector a02 = bias == null ? TSimd.Zero : TSimd.Load(bias + (2 * TSimd.Lanes));
        TVector a03 = bias == null ? TSimd.Zero : TSimd.Load(bias + (3 * TSimd.Lanes));
        TVector a10 = a00, a11 = a01, a12 = a02, a13 = a03;
        var x1 = x + xStride;
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var w1 = TSimd.Load(w + TSimd.Lanes);
            var w2 = TSimd.Load(w + (2 * TSimd.Lanes));
            var w3 = TSimd.Load(w + (3 * TSimd.Lanes));
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, w1, a01);
            a02 = TSimd.FusedMultiplyAdd(s0, w2, a02);
            a03 = TSimd.FusedMultiplyAdd(s0, w3, a03);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, w1, a11);
            a12 = TSimd.FusedMultiplyAdd(s1, w2, a12);
            a13 = TSimd.FusedMultiplyAdd(s1, w3, a13);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a01, y + TSimd.Lanes);
        TSimd.Store(a02, y + (2 * TSimd.Lanes));
        TSimd.Store(a03, y + (3 * TSimd.Lanes));
        TSimd.Store(a10, y + columns);
        TSimd.Store(a11, y + columns + TSimd.Lanes);
        TSimd.Store(a12, y + columns + (2 * TSimd.Lanes));
        TSimd.Store(a13, y + columns + (3 * TSimd.Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile3x2(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a01 = bias == null ? TSimd.Zero : TSimd.Load(bias + TSimd.Lanes);
        TVector a10 = a00, a11 = a01;
        TVector a20 = a00, a21 = a01;
        var x1 = x + xStride;
        var x2 = x + (2 * xStride);
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var w1 = TSimd.Load(w + TSimd.Lanes);
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, w1, a01);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, w1, a11);
            var s2 = TSimd.Broadcast(x2[k]);
            a20 = TSimd.FusedMultiplyAdd(s2, w0, a20);
            a21 = TSimd.FusedMultiplyAdd(s2, w1, a21);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a01, y + TSimd.Lanes);
        TSimd.Store(a10, y + columns);
        TSimd.Store(a11, y + columns + TSimd.Lanes);
        TSimd.Store(a20, y + (2 * columns));
        TSimd.Store(a21, y + (2 * columns) + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile2x2(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a01 = bias == null ? TSimd.Zero : TSimd.Load(bias + TSimd.Lanes);
        TVector a10 = a00, a11 = a01;
        var x1 = x + xStride;
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var w1 = TSimd.Load(w + TSimd.Lanes);
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            a01 = TSimd.FusedMultiplyAdd(s0, w1, a01);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
            a11 = TSimd.FusedMultiplyAdd(s1, w1, a11);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a01, y + TSimd.Lanes);
        TSimd.Store(a10, y + columns);
        TSimd.Store(a11, y + columns + TSimd.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile4x1(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a10 = a00;
        TVector a20 = a00;
        TVector a30 = a00;
        var x1 = x + xStride;
        var x2 = x + (2 * xStride);
        var x3 = x + (3 * xStride);
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
            var s2 = TSimd.Broadcast(x2[k]);
            a20 = TSimd.FusedMultiplyAdd(s2, w0, a20);
            var s3 = TSimd.Broadcast(x3[k]);
            a30 = TSimd.FusedMultiplyAdd(s3, w0, a30);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a10, y + columns);
        TSimd.Store(a20, y + (2 * columns));
        TSimd.Store(a30, y + (3 * columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile2x1(float* x, int xStride, float* w, float* bias, float* y, int inner, int columns)
    {
        TVector a00 = bias == null ? TSimd.Zero : TSimd.Load(bias);
        TVector a10 = a00;
        var x1 = x + xStride;
        for (var k = 0; k < inner; k++, w += columns)
        {
            var w0 = TSimd.Load(w);
            var s0 = TSimd.Broadcast(x[k]);
            a00 = TSimd.FusedMultiplyAdd(s0, w0, a00);
            var s1 = TSimd.Broadcast(x1[k]);
            a10 = TSimd.FusedMultiplyAdd(s1, w0, a10);
        }

        TSimd.Store(a00, y);
        TSimd.Store(a10, y + columns);
    }
}
