using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Srpo.Environments.Hanabi;

/// <summary>
/// Writes bits one behind the other into words, lowest bit first, and turns words into a byte or a float per bit. Making
/// an observation this way and widening it at the end is several times faster than writing its numbers one by one.
/// </summary>
internal ref struct BitRow
{
    private readonly Span<ulong> _words;
    private int _next;
    private ulong _word;
    private int _used;

    /// <summary>Starts a row.</summary>
    /// <param name="words">Receives the bits; as many words as they fill.</param>
    internal BitRow(Span<ulong> words) => _words = words;

    /// <summary>Appends bits.</summary>
    /// <param name="bits">The bits; none at or above the count may be set.</param>
    /// <param name="count">How many, 0 to 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Append(ulong bits, int count)
    {
        _word |= bits << _used;
        _used += count;
        if (_used >= 64) Carry(bits, count);
    }

    /// <summary>Appends a thermometer: the first bits set, the others not.</summary>
    /// <param name="value">How many are set.</param>
    /// <param name="length">How many there are.</param>
    internal void AppendThermometer(int value, int length)
    {
        for (; length > 64; length -= 64, value -= 64) Append(value >= 64 ? ulong.MaxValue : Ones(Math.Max(value, 0)), 64);
        Append(value >= 64 ? ulong.MaxValue : Ones(Math.Max(value, 0)), length);
    }

    /// <summary>Appends bits that are not set.</summary>
    /// <param name="length">How many.</param>
    internal void AppendZeros(int length)
    {
        for (; length > 64; length -= 64) Append(0, 64);
        Append(0, length);
    }

    /// <summary>Writes the last word.</summary>
    internal readonly void Finish()
    {
        if (_used > 0) _words[_next] = _word;
    }

    /// <summary>Writes 0 or 1 for every bit.</summary>
    internal static void ToBytes(ReadOnlySpan<ulong> words, Span<byte> bytes)
    {
        var done = 0;
        for (; done <= bytes.Length - 8; done += 8)
        {
            // Eight copies of the byte, in the i-th of which only bit i stays; adding 127 carries any bit into the highest.
            var copies = (((words[done >> 6] >> (done & 63)) & 0xFF) * 0x0101010101010101) & 0x8040201008040201;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[done..], ((copies + 0x7F7F7F7F7F7F7F7F) >> 7) & 0x0101010101010101);
        }

        for (; done < bytes.Length; done++) bytes[done] = (byte)((words[done >> 6] >> done) & 1);
    }

    /// <summary>Writes 0 or 1 for every bit.</summary>
    internal static void ToFloats(ReadOnlySpan<ulong> words, Span<float> floats)
    {
        var bitOf = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);
        var one = Vector256.Create(1f);
        ref var target = ref MemoryMarshal.GetReference(floats);
        var done = 0;
        for (; done <= floats.Length - 8; done += 8)
        {
            var bits = Vector256.Create((uint)(words[done >> 6] >> (done & 63))) & bitOf;
            (Vector256.Equals(bits, bitOf).AsSingle() & one).StoreUnsafe(ref target, (nuint)done);
        }

        for (; done < floats.Length; done++) floats[done] = (words[done >> 6] >> done) & 1;
    }

    private static ulong Ones(int count) => (1UL << count) - 1;

    private void Carry(ulong bits, int count)
    {
        _words[_next++] = _word;
        _used -= 64;

        // What did not fit. A shift by 64, where everything fitted, would be one by 0.
        _word = _used == 0 ? 0 : bits >> (count - _used);
    }
}
