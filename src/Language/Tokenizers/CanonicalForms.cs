using System.Globalization;
using System.Text;

namespace Srpo.Language.Tokenizers;

/// <summary>
/// Unicode's normal form C, in which Qwen's tokenizers read a text: letters with their marks as one character where there is one, marks in canonical
/// order. Own tables, since a runtime without ICU, or with <c>InvariantGlobalization</c>, leaves texts as they are, and since tokens must not depend on the
/// version of Unicode that a machine has: the tables are of the version by which these models were trained.
/// </summary>
internal sealed class CanonicalForms
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int HangulCount = LeadCount * VowelCount * TrailCount;
    private const char FirstUnstable = '\u0300';

    private static readonly Lazy<CanonicalForms> Shared = new(() => new CanonicalForms());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, (int First, int Second)> _parts = [];
    private readonly Dictionary<(int First, int Second), int> _wholes = [];

    /// <summary>Characters that may change, or change the one before them: marks, seconds of a composition, what only decomposes.</summary>
    private readonly HashSet<int> _unstable = [];

    private CanonicalForms()
    {
        using var stream = typeof(CanonicalForms).Assembly.GetManifestResourceStream("CanonicalForms.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#') continue;
            var fields = line.Split(' ');
            if (line[0] == '@') AddClass(byte.Parse(fields[0].AsSpan(1), CultureInfo.InvariantCulture), fields.AsSpan(1));
            else AddForm(fields);
        }

        for (var vowel = 0; vowel < VowelCount; vowel++) _unstable.Add(VowelBase + vowel);
        for (var trail = 1; trail < TrailCount; trail++) _unstable.Add(TrailBase + trail);
    }

    /// <summary>A text in normal form C. Its surrogates must be paired.</summary>
    public static string Compose(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange(FirstUnstable, char.MaxValue);
        return first < 0 || Shared.Value.IsStable(text.AsSpan(first)) ? text : Shared.Value.ComposeWhole(text);
    }

    private static int Hex(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private void AddClass(byte number, ReadOnlySpan<string> ranges)
    {
        foreach (var range in ranges)
        {
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var (low, high) = dash < 0 ? (Hex(range), Hex(range)) : (Hex(range.AsSpan(0, dash)), Hex(range.AsSpan(dash + 1)));
            for (var point = low; point <= high; point++)
            {
                _classes[point] = number;
                _unstable.Add(point);
            }
        }
    }

    private void AddForm(string[] fields)
    {
        var composes = fields[0][0] != '!';
        var whole = Hex(fields[0].AsSpan(composes ? 0 : 1));
        var parts = (First: Hex(fields[1]), Second: fields.Length > 2 ? Hex(fields[2]) : 0);
        _parts[whole] = parts;
        if (composes)
        {
            _wholes[parts] = whole;
            _unstable.Add(parts.Second);
        }
        else
        {
            _unstable.Add(whole);
        }
    }

    private bool IsStable(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value >= FirstUnstable && _unstable.Contains(rune.Value)) return false;
        }

        return true;
    }

    private string ComposeWhole(string text)
    {
        var points = new List<(int Point, byte Class)>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, points);
        Order(points);
        var result = new StringBuilder(text.Length);
        foreach (var point in Compose(points)) result.Append(new Rune(point).ToString());
        return result.ToString();
    }

    private void Decompose(int point, List<(int Point, byte Class)> into)
    {
        var syllable = point - HangulBase;
        if (syllable is >= 0 and < HangulCount)
        {
            into.Add((LeadBase + syllable / (VowelCount * TrailCount), 0));
            into.Add((VowelBase + syllable % (VowelCount * TrailCount) / TrailCount, 0));
            if (syllable % TrailCount > 0) into.Add((TrailBase + syllable % TrailCount, 0));
        }
        else if (_parts.TryGetValue(point, out var parts))
        {
            Decompose(parts.First, into);
            if (parts.Second > 0) Decompose(parts.Second, into);
        }
        else
        {
            into.Add((point, _classes.GetValueOrDefault(point)));
        }
    }

    /// <summary>Marks that follow each other go by class, those of one class stay in order.</summary>
    private static void Order(List<(int Point, byte Class)> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            if (points[start].Class == 0) continue;
            var end = start + 1;
            while (end < points.Count && points[end].Class != 0) end++;
            if (end - start > 1)
            {
                var marks = points.GetRange(start, end - start).OrderBy(mark => mark.Class).ToArray();
                for (var i = 0; i < marks.Length; i++) points[start + i] = marks[i];
            }

            start = end;
        }
    }

    private List<int> Compose(List<(int Point, byte Class)> points)
    {
        var result = new List<int>(points.Count);
        var (starter, last) = (-1, (byte)0);
        foreach (var (point, order) in points)
        {
            // A mark is blocked where one of its class, or of a higher one, stands between it and the letter.
            if (starter >= 0 && (last == 0 || last < order) && Whole(result[starter], point) is var whole and > 0)
            {
                result[starter] = whole;
                continue;
            }

            if (order == 0) starter = result.Count;
            last = order;
            result.Add(point);
        }

        return result;
    }

    /// <summary>What two characters make together; 0 for nothing.</summary>
    private int Whole(int first, int second)
    {
        if (first - LeadBase is >= 0 and < LeadCount and var lead && second - VowelBase is >= 0 and < VowelCount and var vowel)
            return HangulBase + (lead * VowelCount + vowel) * TrailCount;
        if (first - HangulBase is >= 0 and < HangulCount and var syllable && syllable % TrailCount == 0 && second - TrailBase is > 0 and < TrailCount and var trail)
            return first + trail;
        return _wholes.GetValueOrDefault((first, second));
    }
}
