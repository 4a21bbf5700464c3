using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>Turns matrices over, in blocks of 8 x 8 where the processor can.</summary>
internal static unsafe class Transposition
{
    private const int Block = 8;

    /// <summary>target[j, k] = source[k, j].</summary>
    /// <param name="source">[rows x columns], row stride <paramref name="sourceStride"/>.</param>
    /// <param name="sourceStride">Floats from a row of the source to the next.</param>
    /// <param name="target">[columns x rows], row stride <paramref name="targetStride"/>.</param>
    /// <param name="targetStride">Floats from a row of the target to the next.</param>
    /// <param name="rows">Any number.</param>
    /// <param name="columns">Any number.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* source, int sourceStride, float* target, int targetStride, int rows, int columns)
    {
        // Pairs of blocks in both directions, so that lines of 16 floats are read and written whole: a power of two as the stride leaves few of
        // them in the first cache.
        var k = 0;
        for (; Avx.IsSupported && k + (2 * Block) <= rows; k += 2 * Block)
        {
            var j = 0;
            for (; j + (2 * Block) <= columns; j += 2 * Block)
            {
                var from = source + (k * sourceStride) + j;
                var to = target + (j * targetStride) + k;
                Turn(from, sourceStride, to, targetStride);
                Turn(from + (Block * sourceStride), sourceStride, to + Block, targetStride);
                Turn(from + Block, sourceStride, to + (Block * targetStride), targetStride);
                Turn(from + (Block * sourceStride) + Block, sourceStride, to + (Block * targetStride) + Block, targetStride);
            }

            Rest(source, sourceStride, target, targetStride, k, k + (2 * Block), j, columns);
        }

        Rest(source, sourceStride, target, targetStride, k, rows, 0, columns);
    }

    /// <summary>What single blocks take, and the edges that fill none.</summary>
    private static void Rest(float* source, int sourceStride, float* target, int targetStride, int fromRow, int toRow, int fromColumn, int toColumn)
    {
        for (; Avx.IsSupported && fromRow + Block <= toRow; fromRow += Block)
        {
            var j = fromColumn;
            for (; j + Block <= toColumn; j += Block)
                Turn(source + (fromRow * sourceStride) + j, sourceStride, target + (j * targetStride) + fromRow, targetStride);
            Edge(source, sourceStride, target, targetStride, fromRow, fromRow + Block, j, toColumn);
        }

        Edge(source, sourceStride, target, targetStride, fromRow, toRow, fromColumn, toColumn);
    }

    private static void Edge(float* source, int sourceStride, float* target, int targetStride, int fromRow, int toRow, int fromColumn, int toColumn)
    {
        for (var j = fromColumn; j < toColumn; j++)
        {
            for (var k = fromRow; k < toRow; k++) target[(j * targetStride) + k] = source[(k * sourceStride) + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(float* source, int sourceStride, float* target, int targetStride)
    {
        // Pairs of rows, then quadruples, then halves of rows.
        var r0 = Vector256.Load(source);
        var r1 = Vector256.Load(source + sourceStride);
        var r2 = Vector256.Load(source + (2 * sourceStride));
        var r3 = Vector256.Load(source + (3 * sourceStride));
        var r4 = Vector256.Load(source + (4 * sourceStride));
        var r5 = Vector256.Load(source + (5 * sourceStride));
        var r6 = Vector256.Load(source + (6 * sourceStride));
        var r7 = Vector256.Load(source + (7 * sourceStride));
        var t0 = Avx.UnpackLow(r0, r1);
        var t1 = Avx.UnpackHigh(r0, r1);
        var t2 = Avx.UnpackLow(r2, r3);
        var t3 = Avx.UnpackHigh(r2, r3);
        var t4 = Avx.UnpackLow(r4, r5);
        var t5 = Avx.UnpackHigh(r4, r5);
        var t6 = Avx.UnpackLow(r6, r7);
        var t7 = Avx.UnpackHigh(r6, r7);
        r0 = Avx.Shuffle(t0, t2, 0x44);
        r1 = Avx.Shuffle(t0, t2, 0xEE);
        r2 = Avx.Shuffle(t1, t3, 0x44);
        r3 = Avx.Shuffle(t1, t3, 0xEE);
        r4 = Avx.Shuffle(t4, t6, 0x44);
        r5 = Avx.Shuffle(t4, t6, 0xEE);
        r6 = Avx.Shuffle(t5, t7, 0x44);
        r7 = Avx.Shuffle(t5, t7, 0xEE);
        Avx.Permute2x128(r0, r4, 0x20).Store(target);
        Avx.Permute2x128(r1, r5, 0x20).Store(target + targetStride);
        Avx.Permute2x128(r2, r6, 0x20).Store(target + (2 * targetStride));
        Avx.Permute2x128(r3, r7, 0x20).Store(target + (3 * targetStride));
        Avx.Permute2x128(r0, r4, 0x31).Store(target + (4 * targetStride));
        Avx.Permute2x128(r1, r5, 0x31).Store(target + (5 * targetStride));
        Avx.Permute2x128(r2, r6, 0x31).Store(target + (6 * targetStride));
        Avx.Permute2x128(r3, r7, 0x31).Store(target + (7 * targetStride));
    }
}
