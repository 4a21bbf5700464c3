using System.Buffers;
using System.Text;

namespace Srpo.Language.Tokenizers;

/// <summary>
/// The alphabet in which byte-level vocabularies are written: each of the 256 bytes is a character that can be seen. Printable bytes of Latin-1 stand for
/// themselves, the others follow from U+0100 on; a space is <c>Ġ</c>.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Chars = MakeChars();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The character of a byte.</summary>
    public static char Char(byte value) => Chars[value];

    /// <summary>Writes the bytes of a token. One with a character outside the alphabet, as added tokens may have, is its own UTF-8.</summary>
    public static void Write(string token, IBufferWriter<byte> into)
    {
        var bytes = into.GetSpan(token.Length);
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] >= Bytes.Length || Bytes[token[i]] < 0)
            {
                Encoding.UTF8.GetBytes(token, into);
                return;
            }

            bytes[i] = (byte)Bytes[token[i]];
        }

        into.Advance(token.Length);
    }

    private static char[] MakeChars()
    {
        var (chars, next) = (new char[256], 256);
        for (var value = 0; value < 256; value++)
        {
            chars[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : (char)next++;
        }

        return chars;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Chars.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < Chars.Length; value++) bytes[Chars[value]] = (short)value;
        return bytes;
    }
}
