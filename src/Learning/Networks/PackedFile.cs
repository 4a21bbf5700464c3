using System.Globalization;

namespace Srpo.Learning;

/// <summary>
/// The bytes of a file as flat parameters: two numbers for its length, then one for every three bytes, first byte lowest. All are whole numbers below
/// 2^24, which a single holds exactly, and finite, as parameters must be wherever they are checked.
/// </summary>
public static class PackedFile
{
    private const int BytesOfNumber = 3;
    private const int Head = 2;
    private const int Limit = 1 << (8 * BytesOfNumber);

    /// <summary>Numbers for a file.</summary>
    /// <param name="bytes">Its length.</param>
    public static int Length(int bytes) => Head + ((bytes + BytesOfNumber - 1) / BytesOfNumber);

    /// <summary>Packs a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="most">Length of the longest of those that it lies beside: all become equally many numbers, the rest zeros.</param>
    /// <returns>[Length(most)].</returns>
    /// <exception cref="ArgumentException">The file is longer than that.</exception>
    public static float[] Pack(ReadOnlySpan<byte> file, int most)
    {
        if (file.Length > most) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{file.Length} bytes are more than {most}"), nameof(file));
        var numbers = new float[Length(most)];
        (numbers[0], numbers[1]) = (file.Length / Limit, file.Length % Limit);
        for (var (i, place) = (0, Head); i < file.Length; i += BytesOfNumber, place++)
        {
            var number = (int)file[i];
            if (i + 1 < file.Length) number |= file[i + 1] << 8;
            if (i + 2 < file.Length) number |= file[i + 2] << 16;
            numbers[place] = number;
        }

        return numbers;
    }

    /// <summary>The file.</summary>
    /// <param name="numbers">What <see cref="Pack"/> made of it; more may follow.</param>
    /// <exception cref="FormatException">They are no file.</exception>
    public static byte[] Unpack(ReadOnlySpan<float> numbers)
    {
        if (numbers.Length < Head || !IsWhole(numbers[0]) || !IsWhole(numbers[1])) throw new FormatException("the parameters do not hold a file");
        var length = ((long)numbers[0] * Limit) + (long)numbers[1];
        if (length > (long)(numbers.Length - Head) * BytesOfNumber)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{numbers.Length} parameters do not hold a file of {length} bytes"));
        var file = new byte[length];
        for (var (i, place) = (0, Head); i < file.Length; i += BytesOfNumber, place++)
        {
            if (!IsWhole(numbers[place])) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"parameter {place} is {numbers[place]}, which is no part of a file"));
            var number = (int)numbers[place];
            file[i] = (byte)number;
            if (i + 1 < file.Length) file[i + 1] = (byte)(number >> 8);
            if (i + 2 < file.Length) file[i + 2] = (byte)(number >> 16);
        }

        return file;
    }

    private static bool IsWhole(float number) => number is >= 0 and < Limit && number == MathF.Floor(number);
}
