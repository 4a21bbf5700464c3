using System.Buffers.Binary;
using Srpo.Reporting.Html;

namespace Srpo.Reporting.Figures;

/// <summary>
/// Widths of texts in the font of figures, Arimo, which has the metrics of Arial, Helvetica's stand-in, and Liberation Sans. Figures are laid out by them before anything draws
/// them, and every label says how wide it is meant to be, so that a picture looks the same whichever of these fonts a reader has.
/// </summary>
internal sealed class FontMetrics
{
    private readonly Dictionary<int, int> _advances = [];
    private readonly double _unitsPerEm;

    private FontMetrics(ReadOnlySpan<byte> font)
    {
        _unitsPerEm = UInt16(Table(font, "head"), 18);
        var metrics = Table(font, "hmtx");
        int known = UInt16(Table(font, "hhea"), 34);
        foreach (var (character, glyph) in Characters(font)) _advances[character] = UInt16(metrics, 4 * Math.Min(glyph, known - 1));
    }

    /// <summary>Of text as it is.</summary>
    public static FontMetrics Regular { get; } = new(FontFile("Arimo-Regular.ttf"));

    /// <summary>Of headings in figures.</summary>
    public static FontMetrics Bold { get; } = new(FontFile("Arimo-Bold.ttf"));

    /// <summary>The bytes of a font that is shipped: a TrueType file with Latin, Greek and Cyrillic letters and the signs that figures use.</summary>
    public static byte[] FontFile(string name) => Theme.Resource(name);

    /// <summary>The width of a text, in the unit of the size. Characters that the font lacks count as a square.</summary>
    public double Width(string text, double size)
    {
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes()) width += _advances.TryGetValue(rune.Value, out var advance) ? advance / _unitsPerEm : 1;
        return width * size;
    }

    private static ReadOnlySpan<byte> Table(ReadOnlySpan<byte> font, string tag)
    {
        var tables = UInt16(font, 4);
        for (var i = 0; i < tables; i++)
        {
            var entry = font[(12 + (16 * i))..];
            if (entry[..4].SequenceEqual(System.Text.Encoding.ASCII.GetBytes(tag)))
                return font.Slice((int)BinaryPrimitives.ReadUInt32BigEndian(entry[8..]), (int)BinaryPrimitives.ReadUInt32BigEndian(entry[12..]));
        }

        throw new InvalidOperationException($"The font has no table {tag}.");
    }

    /// <summary>Characters with their glyphs, from the table of the basic plane (format 4).</summary>
    private static List<(int Character, int Glyph)> Characters(ReadOnlySpan<byte> font)
    {
        var map = Table(font, "cmap");
        var pairs = new List<(int, int)>();
        for (var i = 0; i < UInt16(map, 2); i++)
        {
            var table = map[(int)BinaryPrimitives.ReadUInt32BigEndian(map[(8 + (8 * i))..])..];
            if (UInt16(table, 0) != 4) continue;
            int segments = UInt16(table, 6) / 2, ends = 14, starts = 16 + (2 * segments), deltas = starts + (2 * segments), offsets = deltas + (2 * segments);
            for (var segment = 0; segment < segments; segment++)
            {
                int first = UInt16(table, starts + (2 * segment)), last = UInt16(table, ends + (2 * segment)), delta = UInt16(table, deltas + (2 * segment)), place = offsets + (2 * segment);
                for (var character = first; character <= last && character < 0xffff; character++)
                {
                    var glyph = UInt16(table, place) is > 0 and var offset ? UInt16(table, place + offset + (2 * (character - first))) : character;
                    if (UInt16(table, place) == 0 || glyph != 0) glyph = (glyph + delta) & 0xffff;
                    if (glyph != 0) pairs.Add((character, glyph));
                }
            }

            return pairs;
        }

        throw new InvalidOperationException("The font has no table of characters in format 4.");
    }

    private static int UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
