using System.Runtime.CompilerServices;

namespace Srpo.Learning.Devices.Cpu;

/// <summary>
/// What a core can do at most, at one vector width: arithmetic that touches no memory, and memory that sees no arithmetic worth the name. The other
/// kernels are measured against these.
/// </summary>
internal static unsafe class RoofKernels<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>
    /// Fused multiply-adds of a round. Every chain waits for itself: as many must run side by side as a core can begin while one is under way,
    /// 8 to 10 on processors of today. With the two factors they fit into 16 registers.
    /// </summary>
    public static int PerRound => 12 * TSimd.Lanes;

    /// <summary>Twelve independent chains x += a * b in registers.</summary>
    /// <param name="rounds">Links of every chain; at most 2^20: sums of twelve times as many ones are exact.</param>
    /// <param name="a">First factor.</param>
    /// <param name="b">Second factor.</param>
    /// <returns>The sum over all chains and elements: with a = b = 1, the number of multiply-adds that were done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double FusedMultiplyAdds(int rounds, float a, float b)
    {
        var (first, second) = (TSimd.Broadcast(a), TSimd.Broadcast(b));
        var x0 = TSimd.Zero;
        var x1 = TSimd.Zero;
        var x2 = TSimd.Zero;
        var x3 = TSimd.Zero;
        var x4 = TSimd.Zero;
        var x5 = TSimd.Zero;
        var x6 = TSimd.Zero;
        var x7 = TSimd.Zero;
        var x8 = TSimd.Zero;
        var x9 = TSimd.Zero;
        var x10 = TSimd.Zero;
        var x11 = TSimd.Zero;
        for (var round = 0; round < rounds; round++)
        {
            x0 = TSimd.FusedMultiplyAdd(first, second, x0);
            x1 = TSimd.FusedMultiplyAdd(first, second, x1);
            x2 = TSimd.FusedMultiplyAdd(first, second, x2);
            x3 = TSimd.FusedMultiplyAdd(first, second, x3);
            x4 = TSimd.FusedMultiplyAdd(first, second, x4);
            x5 = TSimd.FusedMultiplyAdd(first, second, x5);
            x6 = TSimd.FusedMultiplyAdd(first, second, x6);
            x7 = TSimd.FusedMultiplyAdd(first, second, x7);
            x8 = TSimd.FusedMultiplyAdd(first, second, x8);
            x9 = TSimd.FusedMultiplyAdd(first, second, x9);
            x10 = TSimd.FusedMultiplyAdd(first, second, x10);
            x11 = TSimd.FusedMultiplyAdd(first, second, x11);
        }

        // One vector leaves: of those that are alive over a call the compiler would keep the chains in memory.
        var low = TSimd.Add(TSimd.Add(TSimd.Add(x0, x1), TSimd.Add(x2, x3)), TSimd.Add(x4, x5));
        var high = TSimd.Add(TSimd.Add(TSimd.Add(x6, x7), TSimd.Add(x8, x9)), TSimd.Add(x10, x11));
        return Sum(TSimd.Add(low, high));
    }

    /// <summary>x = 1 - x in place: every number is read once and written once, and stays what it is after two calls.</summary>
    /// <param name="values">[count].</param>
    /// <param name="count">A multiple of 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Complement(float* values, long count)
    {
        var one = TSimd.Broadcast(1f);
        for (long i = 0; i < count; i += 4 * TSimd.Lanes)
        {
            var at = values + i;
            TSimd.Store(TSimd.Subtract(one, TSimd.Load(at)), at);
            TSimd.Store(TSimd.Subtract(one, TSimd.Load(at + TSimd.Lanes)), at + TSimd.Lanes);
            TSimd.Store(TSimd.Subtract(one, TSimd.Load(at + (2 * TSimd.Lanes))), at + (2 * TSimd.Lanes));
            TSimd.Store(TSimd.Subtract(one, TSimd.Load(at + (3 * TSimd.Lanes))), at + (3 * TSimd.Lanes));
        }
    }

    private static double Sum(TVector vector)
    {
        var elements = stackalloc float[TSimd.Lanes];
        TSimd.Store(vector, elements);
        var sum = 0.0;
        for (var i = 0; i < TSimd.Lanes; i++) sum += elements[i];
        return sum;
    }
}
