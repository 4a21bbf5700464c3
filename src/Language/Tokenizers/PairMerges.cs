using System.Text;

namespace Srpo.Language.Tokenizers;

/// <summary>
/// Byte-pair encoding of one word: its bytes are tokens, and of all neighbours that a rule joins, those of the lowest rank are joined first, the leftmost of
/// equals, until no rule applies. Words met before come from a table. For any number of threads.
/// </summary>
internal sealed class PairMerges
{
    private const int TableSize = 1 << 15;
    private const int LongestInTable = 64;

    private readonly Dictionary<ulong, (int Rank, int Id)> _rules;
    private readonly int[] _byteIds;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? _wholeWords;

    /// <summary>Each place holds the word that came to it last; entries are immutable, so that threads need no lock.</summary>
    private readonly Entry?[] _table = new Entry?[TableSize];

    /// <summary>The rules of a vocabulary.</summary>
    /// <param name="rules">By <see cref="Key"/> of two tokens: the rank of the rule and what they become.</param>
    /// <param name="byteIds">The token of each byte; -1 where there is none.</param>
    /// <param name="wholeWords">Where a word that is a token is that token whatever the rules say: the vocabulary, in the alphabet of bytes. Else null.</param>
    public PairMerges(Dictionary<ulong, (int Rank, int Id)> rules, int[] byteIds, Dictionary<string, int>? wholeWords) =>
        (_rules, _byteIds, _wholeWords) = (rules, byteIds, wholeWords?.GetAlternateLookup<ReadOnlySpan<char>>());

    /// <summary>
    /// Two tokens as a key. The hash of a number is one half of it over the other: without the factor all pairs of a token with itself had the same, and a table was a list to them. An odd factor
    /// leaves different pairs different.
    /// </summary>
    public static ulong Key(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) * 0x9E37_79B9_7F4A_7C15;

    /// <summary>Appends the tokens of a word.</summary>
    /// <param name="word">The word; surrogates are paired.</param>
    /// <param name="ids">Where the tokens go.</param>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > LongestInTable)
        {
            ids.AddRange(Merge(word));
            return;
        }

        ref var place = ref _table[(uint)string.GetHashCode(word) % TableSize];
        var known = Volatile.Read(ref place);
        if (known is null || !word.SequenceEqual(known.Word))
        {
            known = new Entry(word.ToString(), Merge(word));
            Volatile.Write(ref place, known);
        }

        ids.AddRange(known.Ids);
    }

    private int[] Merge(ReadOnlySpan<char> word)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        if (_wholeWords is { } words)
        {
            var written = new char[bytes.Length];
            for (var i = 0; i < bytes.Length; i++) written[i] = ByteAlphabet.Char(bytes[i]);
            if (words.TryGetValue(written, out var whole)) return [whole];
        }

        return Merge(_rules, Array.ConvertAll(bytes, value => _byteIds[value]));
    }

    /// <summary>Joins the tokens of a word, each at the place of its first byte and linked to its neighbours, in n log n steps for n bytes.</summary>
    /// <param name="rules">By <see cref="Key"/> of two tokens: the rank of the rule, which no other has, and what they become.</param>
    /// <param name="ids">Tokens of its bytes; they are changed.</param>
    /// <returns>Its tokens.</returns>
    internal static int[] Merge(Dictionary<ulong, (int Rank, int Id)> rules, int[] ids)
    {
        var count = ids.Length;
        var (next, previous) = (new int[count], new int[count]);
        var queue = new PriorityQueue<(int Place, int Left, int Right, int Id), long>();
        for (var i = 0; i < count; i++) (previous[i], next[i]) = (i - 1, i + 1);
        for (var i = 0; i + 1 < count; i++) Propose(i);
        while (queue.TryDequeue(out var rule, out _))
        {
            // A neighbour may have been joined to something else meanwhile; what was joined to its left has id -1.
            var right = next[rule.Place];
            if (ids[rule.Place] != rule.Left || right >= ids.Length || ids[right] != rule.Right) continue;
            ids[rule.Place] = rule.Id;
            ids[right] = -1;
            next[rule.Place] = next[right];
            if (next[right] < ids.Length) previous[next[right]] = rule.Place;
            count--;
            if (previous[rule.Place] >= 0) Propose(previous[rule.Place]);
            Propose(rule.Place);
        }

        var result = new int[count];
        for (int place = 0, i = 0; place < ids.Length; place = next[place]) result[i++] = ids[place];
        return result;

        void Propose(int place)
        {
            var right = next[place];
            if (right < ids.Length && rules.TryGetValue(Key(ids[place], ids[right]), out var rule))
                queue.Enqueue((place, ids[place], ids[right], rule.Id), ((long)rule.Rank << 32) | (uint)place);
        }
    }

    private sealed record Entry(string Word, int[] Ids);
}
