using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Srpo.Core.Checkpoints;

/// <summary>What the numbers of a stored tensor are.</summary>
public enum TensorType
{
    /// <summary>IEEE 754 doubles.</summary>
    F64,

    /// <summary>IEEE 754 singles.</summary>
    F32,

    /// <summary>IEEE 754 half-precision numbers: 5 bits of exponent, 10 of fraction.</summary>
    F16,

    /// <summary>The upper half of a single: 8 bits of exponent, 7 of fraction.</summary>
    BF16,

    /// <summary>Eight-bit floats with 4 bits of exponent.</summary>
    F8_E4M3,

    /// <summary>Eight-bit floats with 5 bits of exponent.</summary>
    F8_E5M2,

    /// <summary>Signed 64-bit integers.</summary>
    I64,

    /// <summary>Signed 32-bit integers.</summary>
    I32,

    /// <summary>Signed 16-bit integers.</summary>
    I16,

    /// <summary>Signed bytes.</summary>
    I8,

    /// <summary>Unsigned 64-bit integers.</summary>
    U64,

    /// <summary>Unsigned 32-bit integers.</summary>
    U32,

    /// <summary>Unsigned 16-bit integers.</summary>
    U16,

    /// <summary>Bytes.</summary>
    U8,

    /// <summary>Bytes that are 0 or 1.</summary>
    BOOL,
}

/// <summary>Types of stored numbers, and what turns them into singles and back.</summary>
public static class TensorTypes
{
    private const uint QuietBit = 0x40;
    private const uint InfinityBits = 0x7F800000;
    private const uint MagnitudeBits = 0x7FFFFFFF;

    /// <summary>The types whose numbers are read as singles and written from them: F32, F16, BF16.</summary>
    public static IReadOnlyList<TensorType> Readable { get; } = [TensorType.F32, TensorType.F16, TensorType.BF16];

    /// <summary>Bytes of a number.</summary>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 or TensorType.U64 => 8,
        TensorType.F32 or TensorType.I32 or TensorType.U32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => 2,
        _ => 1,
    };

    /// <summary>Whether numbers of the type are read as singles: F32, F16, BF16.</summary>
    public static bool IsReadable(this TensorType type) => type is TensorType.F32 or TensorType.F16 or TensorType.BF16;

    /// <summary>
    /// Stored numbers as singles. All three types are widened exactly, subnormal numbers and infinities too; a NaN stays one, in F32 and BF16 with its bits.
    /// </summary>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="stored">[values.Length * size] the numbers, little-endian; they need not be aligned.</param>
    /// <param name="values">Receives them.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the type is none of the three.</exception>
    public static void ToSingles(this TensorType type, ReadOnlySpan<byte> stored, Span<float> values)
    {
        Require(type, stored.Length, values.Length);
        switch (type)
        {
            case TensorType.F32 when BitConverter.IsLittleEndian:
                stored.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case TensorType.F32:
                for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(stored[(4 * i)..]);
                break;
            case TensorType.F16:
                for (var i = 0; i < values.Length; i++) values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(stored[(2 * i)..]);
                break;
            default:
                FromBrain(stored, values);
                break;
        }
    }

    /// <summary>
    /// Singles as numbers to store. What lies between two numbers goes to the nearer one, to the even one in the middle; what is too large becomes infinite, and a
    /// NaN stays one.
    /// </summary>
    /// <param name="type">F32, F16 or BF16.</param>
    /// <param name="values">The numbers.</param>
    /// <param name="stored">[values.Length * size] receives them, little-endian.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the type is none of the three.</exception>
    public static void FromSingles(this TensorType type, ReadOnlySpan<float> values, Span<byte> stored)
    {
        Require(type, stored.Length, values.Length);
        switch (type)
        {
            case TensorType.F32 when BitConverter.IsLittleEndian:
                MemoryMarshal.AsBytes(values).CopyTo(stored);
                break;
            case TensorType.F32:
                for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(stored[(4 * i)..], values[i]);
                break;
            case TensorType.F16:
                for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteHalfLittleEndian(stored[(2 * i)..], (Half)values[i]);
                break;
            default:
                ToBrain(values, stored);
                break;
        }
    }

    private static void FromBrain(ReadOnlySpan<byte> stored, Span<float> values)
    {
        var i = 0;
        if (BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, ushort>(stored);
            var bits = MemoryMarshal.Cast<float, uint>(values);
            for (; i <= values.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
            {
                Vector.Widen(new Vector<ushort>(words[i..]), out var low, out var high);
                Vector.ShiftLeft(low, 16).CopyTo(bits[i..]);
                Vector.ShiftLeft(high, 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
            }
        }

        for (; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * i)..]) << 16);
    }

    private static void ToBrain(ReadOnlySpan<float> values, Span<byte> stored)
    {
        var i = 0;
        if (BitConverter.IsLittleEndian)
        {
            var bits = MemoryMarshal.Cast<float, uint>(values);
            var words = MemoryMarshal.Cast<byte, ushort>(stored);
            for (; i <= values.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
                Vector.Narrow(UpperHalf(new Vector<uint>(bits[i..])), UpperHalf(new Vector<uint>(bits[(i + Vector<uint>.Count)..]))).CopyTo(words[i..]);
        }

        for (; i < values.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(stored[(2 * i)..], (ushort)UpperHalf(new Vector<uint>(BitConverter.SingleToUInt32Bits(values[i])))[0]);
    }

    /// <summary>The upper half of singles, rounded. Adding a half less one, and one more where the last bit that stays is odd, carries into what stays as rounding to even does.</summary>
    private static Vector<uint> UpperHalf(Vector<uint> bits)
    {
        var upper = Vector.ShiftRightLogical(bits, 16);
        var rounded = Vector.ShiftRightLogical(bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One), 16);

        // Rounded, a NaN could become infinite, or its sign turn.
        var isNaN = Vector.GreaterThan(bits & new Vector<uint>(MagnitudeBits), new Vector<uint>(InfinityBits));
        return Vector.ConditionalSelect(isNaN, upper | new Vector<uint>(QuietBit), rounded);
    }

    private static void Require(TensorType type, int stored, int values)
    {
        if (!type.IsReadable()) throw new ArgumentException($"{type} is none of {string.Join(", ", Readable)}", nameof(type));
        if (stored != (long)values * type.Size()) throw new ArgumentException("the lengths do not fit each other", nameof(values));
    }
}
