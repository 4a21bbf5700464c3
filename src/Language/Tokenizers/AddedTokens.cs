using System.Buffers;
using System.Globalization;
using System.Text;

namespace Srpo.Language.Tokenizers;

/// <summary>A token that is found in a text before it is cut into words: a special token, or one that a model was taught later.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether it is no text but a sign to the model, and left out of decoded text on request.</param>
/// <param name="IsNormalized">Whether it is looked for in the normalised text, else in the text as it is.</param>
/// <param name="IsSingleWord">Whether it counts only where no letter or digit touches it.</param>
/// <param name="TakesSpaceBefore">Whether it swallows white space before it.</param>
/// <param name="TakesSpaceAfter">Whether it swallows white space after it.</param>
public sealed record AddedToken(int Id, string Content, bool IsSpecial, bool IsNormalized = false, bool IsSingleWord = false, bool TakesSpaceBefore = false, bool TakesSpaceAfter = false);

/// <summary>Finds added tokens in a text: the first, of several at one place the longest.</summary>
internal sealed class AddedTokens
{
    private readonly SearchValues<string>? _contents;

    /// <summary>By first character; the longest first.</summary>
    private readonly Dictionary<char, (string Content, AddedToken Token)[]> _byFirst;

    /// <summary>Tokens to look for.</summary>
    /// <param name="tokens">The tokens, each with its text as it is looked for.</param>
    public AddedTokens(IEnumerable<(string Content, AddedToken Token)> tokens)
    {
        _byFirst = tokens.Where(item => item.Content.Length > 0).GroupBy(item => item.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(item => item.Content.Length).ToArray());
        if (_byFirst.Count > 0) _contents = SearchValues.Create([.. _byFirst.Values.SelectMany(items => items).Select(item => item.Content)], StringComparison.Ordinal);
    }

    /// <summary>The parts of a text in order: runs of plain text, with token null, and tokens. White space that a token swallows belongs to it.</summary>
    public IEnumerable<(int Start, int End, AddedToken? Token)> Parts(string text)
    {
        var (done, from) = (0, 0);
        while (Find(text, from) is { Token: { } token } match)
        {
            from = match.End;
            var (start, end) = (match.Start, match.End);
            if (token.IsSingleWord && (EndsWithWord(text.AsSpan(0, start)) || StartsWithWord(text.AsSpan(end)))) continue;
            if (token.TakesSpaceBefore) start = Math.Max(done, text.AsSpan(0, start).TrimEnd().Length);
            if (token.TakesSpaceAfter) end = text.Length - text.AsSpan(end).TrimStart().Length;
            if (done < start) yield return (done, start, null);
            yield return (start, end, token);
            done = end;
        }

        if (done < text.Length) yield return (done, text.Length, null);
    }

    private (int Start, int End, AddedToken? Token) Find(string text, int from)
    {
        if (_contents is null) return default;
        var offset = text.AsSpan(from).IndexOfAny(_contents);
        if (offset < 0) return default;
        var start = from + offset;
        var (content, token) = Array.Find(_byFirst[text[start]], item => text.AsSpan(start).StartsWith(item.Content, StringComparison.Ordinal));
        return (start, start + content.Length, token);
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsOfWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsOfWord(rune);

    /// <summary>Letters, marks, digits, numbers that are letters, and what joins words, as the underscore.</summary>
    private static bool IsOfWord(Rune rune) => Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
}
