using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Srpo.Client.Tests.Fuzz;

/// <summary>A valid input and what is done to it. The same value always gives the same bytes, and fewer edits are a simpler case.</summary>
/// <param name="Origin">Which of the valid inputs; any number.</param>
/// <param name="Edits">One after the other.</param>
internal sealed record Mutation(int Origin, Edit[] Edits)
{
    /// <summary>Mutations of up to eight edits, few more often than many.</summary>
    public static Arbitrary<Mutation> Any { get; } = Arb.From(
        from origin in Gen.Choose(0, 1_000_000)
        from count in Gen.Elements(0, 1, 1, 1, 1, 2, 2, 2, 3, 4, 8)
        from edits in Gen.ArrayOf(Edit.Any, count)
        select new Mutation(origin, edits),
        Simpler);

    /// <summary>The bytes.</summary>
    /// <param name="origins">The valid inputs.</param>
    public byte[] Apply(IReadOnlyList<byte[]> origins) => Edits.Aggregate(origins[Origin % origins.Count], (bytes, edit) => edit.Apply(bytes));

    public override string ToString() => $"origin {Origin}: {string.Join(", ", Edits.Select(edit => edit.ToString()))}";

    private static IEnumerable<Mutation> Simpler(Mutation mutation)
    {
        for (var i = 0; i < mutation.Edits.Length; i++) yield return mutation with { Edits = [.. mutation.Edits.Where((_, at) => at != i)] };
    }
}

/// <summary>What can be done to bytes. Those of the first rows work on parts: words, numbers, texts in quotes, single signs, and what is between brackets.</summary>
internal enum EditKind
{
    Delete,
    Duplicate,
    Swap,
    Copy,
    Replace,
    Insert,
    Nest,
    Negate,
    Repeat,
    FlipBit,
    SetByte,
    CutEnd,
    CutStart,
    DropBytes,
}

/// <summary>One change.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Where">Where; any number.</param>
/// <param name="Other">The other place, the length or the value, as the kind needs; any number.</param>
internal sealed record Edit(EditKind Kind, int Where, int Other)
{
    private const int Longest = 1 << 18;

    public static Gen<Edit> Any { get; } =
        from kind in Gen.Elements(Enum.GetValues<EditKind>())
        from place in Gen.Choose(0, 1_000_000_000)
        from other in Gen.Choose(0, 1_000_000_000)
        select new Edit(kind, place, other);

    /// <summary>What people, programs and enemies write where something else belongs.</summary>
    private static readonly byte[][] Strange =
    [
        .. new[]
        {
            "", "0", "-0", "-0.0", "1", "-1", "2", "0.5", "1e308", "-1e308", "1e309", "1e-320", "1e400", "NaN", "Infinity", "-Infinity", "2147483647", "2147483648", "-2147483648", "4294967296",
            "9223372036854775807", "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999", "0x10", "1,5", "01", "1.", ".5", "+1", "1e", "1_000", "true", "false", "null", "\"\"",
            "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\n\"", "[]", "{}", "[[]]", "[{}]", "{\"a\":1}", "{\"a\":{\"a\":{}}}", "[1,2,3]", "[null]", "\"", "'", "\\", "/*", "//", "*/", ",", ":", ";", "=", "[", "]", "{",
            "}", "(", ")", "#", "--", "-", "--help", "--json", "-x", "..", ".", "/", "../..", "/dev/null", "/dev/zero", "/proc/self/mem", "~", "*", "?", "%s", "{0}", "$(x)", "`x`", "\0", "\u0001", "\u001b[31m", "\u007f", "\t",
            "\r", "\n", "\r\n", "\u0085", "\u2028", "\ufeff", "\u202e", "é", "e\u0301", "ß", "İ", "漢字", "😀", "\u0660\u0661", "１", " ", "  ", "srpo", "ippo", "overcooked", "overcooked-quick", "hanabi", "tag", "matrix", "official", "kind",
            "seed", "name", "populations", "sweep", "preset", "markov", "quadratic", "aggregative", "__metadata__", "F32", "F64", "shape", "0:4:400", "1:0:5", "0:1:1000000000", "CON", "a b",
        }.Select(Encoding.UTF8.GetBytes),
        [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0xFF], [0xFE, 0xFF], [0xC0, 0x80], [0x1F, 0x8B], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0],
        [.. Enumerable.Repeat((byte)'[', 2000)], [.. Enumerable.Repeat((byte)'9', 500)], [.. Enumerable.Repeat((byte)'a', 5000)], [.. Enumerable.Repeat((byte)0, 64)],
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 300))), Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[1],", 3000))),
    ];

    public override string ToString() => $"{Kind} {Where} {Other}";

    /// <summary>The bytes after the change.</summary>
    public byte[] Apply(byte[] bytes)
    {
        if (bytes.Length == 0) return Strange[Other % Strange.Length];
        var (start, end) = Part(bytes, Where);
        var at = Where % bytes.Length;
        byte[] result = Kind switch
        {
            EditKind.Delete => [.. bytes[..start], .. bytes[(end < bytes.Length && bytes[end] == ',' ? end + 1 : end)..]],
            EditKind.Duplicate => [.. bytes[..end], .. bytes.Contains((byte)'{') ? ","u8 : " "u8, .. bytes[start..]],
            EditKind.Swap => Swapped(bytes, (start, end), Part(bytes, Other)),
            EditKind.Copy when Part(bytes, Other) is var (from, to) => [.. bytes[..start], .. bytes[from..to], .. bytes[end..]],
            EditKind.Replace => [.. bytes[..start], .. Strange[Other % Strange.Length], .. bytes[end..]],
            EditKind.Insert => [.. bytes[..at], .. Strange[Other % Strange.Length], .. bytes[at..]],
            EditKind.Nest => [.. bytes[..start], .. Enumerable.Repeat((byte)'[', 1 + (Other % 200)), .. bytes[start..end], .. Enumerable.Repeat((byte)']', 1 + (Other % 200)), .. bytes[end..]],
            EditKind.Negate => [.. bytes[..start], (byte)'-', .. bytes[start..]],
            EditKind.Repeat => [.. bytes[..end], .. Enumerable.Repeat(bytes[start..end], Other % 500).SelectMany(part => part), .. bytes[end..]],
            EditKind.FlipBit => [.. bytes[..at], (byte)(bytes[at] ^ (1 << (Other % 8))), .. bytes[(at + 1)..]],
            EditKind.SetByte => [.. bytes[..at], (byte)Other, .. bytes[(at + 1)..]],
            EditKind.CutEnd => bytes[..at],
            EditKind.CutStart => bytes[at..],
            EditKind.DropBytes => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + 1 + (Other % 16))..]],
            _ => bytes,
        };
        return result.Length <= Longest ? result : result[..Longest];
    }

    private static byte[] Swapped(byte[] bytes, (int Start, int End) one, (int Start, int End) other)
    {
        if (one.Start > other.Start) (one, other) = (other, one);
        return one.End > other.Start ? bytes
            : [.. bytes[..one.Start], .. bytes[other.Start..other.End], .. bytes[one.End..other.Start], .. bytes[one.Start..one.End], .. bytes[other.End..]];
    }

    /// <summary>The part that a place lies in.</summary>
    private static (int Start, int End) Part(byte[] bytes, int where)
    {
        var start = where % bytes.Length;
        while (start < bytes.Length - 1 && bytes[start] is (byte)' ' or (byte)'\n') start++;
        var first = bytes[start];
        if (first is (byte)'[' or (byte)'{') return (start, Closing(bytes, start));
        var end = start + 1;
        if (first == (byte)'"')
        {
            while (end < bytes.Length && bytes[end] != (byte)'"') end++;
            return (start, Math.Min(end + 1, bytes.Length));
        }

        if (!IsOfWord(first)) return (start, end);
        while (start > 0 && IsOfWord(bytes[start - 1])) start--;
        while (end < bytes.Length && IsOfWord(bytes[end])) end++;
        return (start, end);
    }

    private static int Closing(byte[] bytes, int start)
    {
        var depth = 0;
        for (var i = start; i < bytes.Length; i++)
        {
            if (bytes[i] is (byte)'[' or (byte)'{') depth++;
            if (bytes[i] is (byte)']' or (byte)'}' && --depth == 0) return i + 1;
        }

        return bytes.Length;
    }

    private static bool IsOfWord(byte sign) => sign is >= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or (byte)'.' or (byte)'-' or (byte)'+' or (byte)'_';
}
