using System.Runtime.CompilerServices;

namespace Srpo.Core.Random;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3" (SC 2011). A block of 128 random bits is a pure function of a 128-bit counter and a 64-bit key, so that any
/// draw can be made at any time, in any order, on any machine.
/// </summary>
public static class Philox
{
    /// <summary>Rounds of a block.</summary>
    public const int Rounds = 10;

    /// <summary>What the lowest word of the counter is multiplied by in every round.</summary>
    public const uint Multiplier0 = 0xD2511F53;

    /// <summary>What the third word of the counter is multiplied by in every round.</summary>
    public const uint Multiplier1 = 0xCD9E8D57;

    /// <summary>What the first key word grows by after every round.</summary>
    public const uint Weyl0 = 0x9E3779B9;

    /// <summary>What the second key word grows by after every round.</summary>
    public const uint Weyl1 = 0xBB67AE85;

    /// <summary>The block for a counter and a key.</summary>
    /// <param name="c0">Counter, lowest word.</param>
    /// <param name="c1">Counter, second word.</param>
    /// <param name="c2">Counter, third word.</param>
    /// <param name="c3">Counter, highest word.</param>
    /// <param name="key">The key; its low half is the first key word.</param>
    /// <returns>Four independent uniform 32-bit words.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RandomBlock Block(uint c0, uint c1, uint c2, uint c3, ulong key)
    {
        var k0 = (uint)key;
        var k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return new RandomBlock(c0, c1, c2, c3);
    }
}

/// <summary>128 random bits: four independent uniform 32-bit words.</summary>
/// <param name="Word0">First word.</param>
/// <param name="Word1">Second word.</param>
/// <param name="Word2">Third word.</param>
/// <param name="Word3">Fourth word.</param>
public readonly record struct RandomBlock(uint Word0, uint Word1, uint Word2, uint Word3)
{
    /// <summary>The word at an index 0 to 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not 0 to 3.</exception>
    public uint this[int index] => index switch
    {
        0 => Word0,
        1 => Word1,
        2 => Word2,
        3 => Word3,
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <summary>A float in [0, 1) with 24 random bits, made of one word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToUnitSingle(uint word) => (word >> 8) * (1f / (1 << 24));

    /// <summary>A double in [0, 1) with 53 random bits, made of two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToUnitDouble(uint high, uint low) => ((((ulong)high << 32) | low) >> 11) * (1.0 / (1L << 53));
}
