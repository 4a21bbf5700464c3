using System.Buffers.Binary;
using Srpo.Core.Checkpoints;

namespace Srpo.Core.Tests.Checkpoints;

public sealed class TensorTypeTests
{
    [Fact]
    public void Every_half_of_a_single_is_read_to_the_bit()
    {
        var stored = All();
        var values = new float[1 << 16];
        TensorType.BF16.ToSingles(stored, values);
        for (var bits = 0; bits < values.Length; bits++) Assert.Equal((uint)bits << 16, BitConverter.SingleToUInt32Bits(values[bits]));
    }

    [Fact]
    public void Every_half_precision_number_is_read_as_its_sign_exponent_and_fraction_say()
    {
        var values = new float[1 << 16];
        TensorType.F16.ToSingles(All(), values);
        for (var bits = 0; bits < values.Length; bits++)
        {
            var (negative, exponent, fraction) = ((bits & 0x8000) != 0, (bits >> 10) & 31, bits & 0x3FF);
            var magnitude = exponent switch
            {
                31 => fraction == 0 ? double.PositiveInfinity : double.NaN,
                0 => fraction * Math.ScaleB(1, -24),
                _ => (1024 + fraction) * Math.ScaleB(1, exponent - 25),
            };
            if (double.IsNaN(magnitude)) Assert.True(float.IsNaN(values[bits]));
            else Assert.Equal(BitConverter.DoubleToInt64Bits(negative ? -magnitude : magnitude), BitConverter.DoubleToInt64Bits(values[bits]));
        }
    }

    [Theory]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.F16)]
    public void Every_number_is_written_as_it_was_read(TensorType type)
    {
        var stored = All();
        var values = new float[1 << 16];
        type.ToSingles(stored, values);
        var again = new byte[stored.Length];
        type.FromSingles(values, again);
        for (var i = 0; i < values.Length; i++)
        {
            var (before, after) = (BinaryPrimitives.ReadUInt16LittleEndian(stored.AsSpan(2 * i)), BinaryPrimitives.ReadUInt16LittleEndian(again.AsSpan(2 * i)));
            if (!float.IsNaN(values[i])) Assert.Equal(before, after);
            else Assert.True(IsNaN(type, after) && (before & 0x8000) == (after & 0x8000), $"{before:x4} became {after:x4}");
        }
    }

    /// <summary>Between each number and the next: the lower one up to the middle, the even one there, the upper one beyond.</summary>
    [Theory]
    [InlineData(TensorType.BF16, 0x7F7F)]
    [InlineData(TensorType.F16, 0x7BFF)]
    public void What_lies_between_two_numbers_goes_to_the_nearer_and_in_the_middle_to_the_even_one(TensorType type, int largest)
    {
        var all = new float[1 << 16];
        type.ToSingles(All(), all);
        var numbers = new List<float>();
        var expected = new List<ushort>();
        for (var bits = 0; bits <= largest; bits++)
        {
            // Beyond the largest lies what would be the next one if exponents went on.
            double low = all[bits], high = bits < largest ? all[bits + 1] : low + (low - all[bits - 1]);
            var middle = (float)((low + high) / 2);
            Assert.Equal((low + high) / 2, middle);
            foreach (var (number, rounded) in new[] { (MathF.BitDecrement(middle), bits), (middle, bits + (bits & 1)), (MathF.BitIncrement(middle), bits + 1) })
            {
                // Halfway between the least subnormal single and zero there is none.
                if (number <= 0 && bits == 0) continue;
                numbers.Add(number);
                expected.Add((ushort)rounded);
                numbers.Add(-number);
                expected.Add((ushort)(rounded | 0x8000));
            }
        }

        var stored = new byte[2 * numbers.Count];
        type.FromSingles(numbers.ToArray(), stored);
        for (var i = 0; i < expected.Count; i++) Assert.Equal((numbers[i], expected[i]), (numbers[i], BinaryPrimitives.ReadUInt16LittleEndian(stored.AsSpan(2 * i))));
    }

    [Theory]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.F16)]
    public void No_NaN_becomes_a_number_or_infinite(TensorType type)
    {
        uint[] bits = [0x7F800001, 0x7FFFFFFF, 0xFF800001, 0xFFFFFFFF, 0x7FC00000, 0xFFC00000, 0x7F80FFFF, 0x7FFF8000];
        var stored = new byte[2 * bits.Length];
        type.FromSingles([.. bits.Select(BitConverter.UInt32BitsToSingle)], stored);
        for (var i = 0; i < bits.Length; i++)
        {
            var after = BinaryPrimitives.ReadUInt16LittleEndian(stored.AsSpan(2 * i));
            Assert.True(IsNaN(type, after) && after >> 15 == bits[i] >> 31, $"{bits[i]:x8} became {after:x4}");
        }
    }

    /// <summary>Lengths beside those of vectors, at addresses that are not aligned, against one number at a time.</summary>
    [Fact]
    public void Every_length_and_place_gives_the_same()
    {
        for (var length = 0; length < 70; length++)
        {
            foreach (var type in TensorTypes.Readable)
            {
                float[] values = [.. Enumerable.Range(0, length).Select(i => (float)Math.Sin(i + length) * 1000)];
                var whole = new byte[1 + (length * type.Size())];
                type.FromSingles(values, whole.AsSpan(1));
                var read = new float[length];
                type.ToSingles(whole.AsSpan(1), read);
                for (var i = 0; i < length; i++)
                {
                    var one = new byte[type.Size()];
                    type.FromSingles(values.AsSpan(i, 1), one);
                    Assert.Equal(one, whole.AsSpan(1 + (i * one.Length), one.Length).ToArray());
                    var value = new float[1];
                    type.ToSingles(one, value);
                    Assert.Equal(value[0], read[i]);
                    if (type == TensorType.F32) Assert.Equal(values[i], read[i]);
                }
            }
        }
    }

    [Fact]
    public void Other_types_and_other_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TensorType.I64.ToSingles(new byte[8], new float[1]));
        Assert.Throws<ArgumentException>(() => TensorType.F64.FromSingles(new float[1], new byte[8]));
        Assert.Throws<ArgumentException>(() => TensorType.BF16.ToSingles(new byte[3], new float[1]));
        Assert.Throws<ArgumentException>(() => TensorType.F32.FromSingles(new float[2], new byte[4]));
    }

    private static bool IsNaN(TensorType type, ushort bits) => type == TensorType.BF16 ? (bits & 0x7FFF) > 0x7F80 : (bits & 0x7FFF) > 0x7C00;

    private static byte[] All()
    {
        var stored = new byte[2 << 16];
        for (var i = 0; i < 1 << 16; i++) BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(2 * i), (ushort)i);
        return stored;
    }
}
