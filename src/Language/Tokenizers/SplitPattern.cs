using System.Globalization;
using System.Text.RegularExpressions;
using Srpo.Core.Errors;

namespace Srpo.Language.Tokenizers;

/// <summary>
/// A pattern that cuts a text into words before they are encoded, written for an engine that sees characters where .NET's sees halves of them beyond U+FFFF.
/// A text with such characters is matched by a copy in which each is replaced by a single one of the same category, which is all that patterns ask of them.
/// </summary>
internal sealed partial class SplitPattern
{
    /// <summary>How long one word may take where a pattern repeats a group, for which some texts have more ways than can be tried. Others are not slowed down by looking at the clock.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The pattern of GPT-2, which a ByteLevel pre-tokenizer with use_regex cuts by.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>A character of each category that no pattern names, in the order of <see cref="UnicodeCategory"/>.</summary>
    private const string StandIns = "\uA640\uA641\u1F88\uA67F\uA66E\uA66F\uA823\u20DD\u0966\u3007\u2460\u2003\u2028\u2029\u0080\u206A\uFFFD\uE000\u203F\u2E3A\u27E6\u27E7\u2E02\u2E03\u2E0E\u2A00\u20A0\uA700\u2800\u0378";

    private readonly Regex _regex;
    private readonly bool _keepsMatches;
    private readonly bool _keepsRest;

    private SplitPattern(Regex regex, bool keepsMatches, bool keepsRest) => (_regex, _keepsMatches, _keepsRest) = (regex, keepsMatches, keepsRest);

    /// <summary>What is done with a piece of a text.</summary>
    public delegate void PieceAction(ReadOnlySpan<char> piece);

    /// <summary>A pattern.</summary>
    /// <param name="pattern">In the syntax of tokenizer.json's engine, Oniguruma's, as far as .NET's agrees with it.</param>
    /// <param name="keepsMatches">Whether what matches is a piece; else it is dropped.</param>
    /// <param name="keepsRest">Whether what lies between matches is a piece; else it is dropped.</param>
    /// <exception cref="FormatException">It has something that is not known, or that means something else here; the message says what.</exception>
    public static SplitPattern Create(string pattern, bool keepsMatches = true, bool keepsRest = true)
    {
        RefuseOtherMeanings(pattern);
        try
        {
            var patience = RepeatedGroup().IsMatch(pattern) ? Patience : Regex.InfiniteMatchTimeout;
            return new SplitPattern(new Regex(pattern, RegexOptions.Compiled | RegexOptions.CultureInvariant, patience), keepsMatches, keepsRest);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"the pattern cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>Hands over the pieces of a text, in order.</summary>
    /// <exception cref="SrpoException">The pattern takes too long.</exception>
    public void Split(ReadOnlySpan<char> text, PieceAction onPiece)
    {
        try
        {
            SplitAll(text, onPiece);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new SrpoException(ErrorKind.Usage, $"the tokenizer's pattern {_regex} takes longer than {Patience.TotalSeconds:0} s for one word of a text of {text.Length} characters; take tokenizer.json from where the weights are from", error);
        }
    }

    private void SplitAll(ReadOnlySpan<char> text, PieceAction onPiece)
    {
        var hasPairs = text.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;
        var view = hasPairs ? SingleChars(text) : text;
        // Places in the view and, of the same characters, in the text.
        var (viewEnd, textEnd) = (0, 0);
        foreach (var match in _regex.EnumerateMatches(view))
        {
            var start = Advance(text, textEnd, match.Index - viewEnd, hasPairs);
            if (_keepsRest && start > textEnd) onPiece(text[textEnd..start]);
            var end = Advance(text, start, match.Length, hasPairs);
            if (_keepsMatches && end > start) onPiece(text[start..end]);
            (viewEnd, textEnd) = (match.Index + match.Length, end);
        }

        if (_keepsRest && textEnd < text.Length) onPiece(text[textEnd..]);
    }

    private static int Advance(ReadOnlySpan<char> text, int from, int characters, bool hasPairs)
    {
        if (!hasPairs) return from + characters;
        for (; characters > 0; characters--) from += char.IsHighSurrogate(text[from]) ? 2 : 1;
        return from;
    }

    private static char[] SingleChars(ReadOnlySpan<char> text)
    {
        var (chars, count) = (new char[text.Length], 0);
        foreach (var rune in text.EnumerateRunes())
        {
            chars[count++] = rune.IsBmp ? (char)rune.Value : StandIns[(int)CharUnicodeInfo.GetUnicodeCategory(rune.Value)];
        }

        return chars[..count];
    }

    [GeneratedRegex(@"\)[*+{]")]
    private static partial Regex RepeatedGroup();

    /// <summary>Refuses what both engines can read and mean something different by.</summary>
    private static void RefuseOtherMeanings(string pattern)
    {
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var next = i + 1 < pattern.Length ? pattern[i + 1] : '\0';
            switch (pattern[i])
            {
                case '\\' when next is 'w' or 'W' or 'b' or 'B' or 'h' or 'H' or 'R' or 'X' or 'K' or 'G' or 'Z':
                    throw new FormatException($"the pattern has \\{next} (character {i + 1}), which is not known here; known are \\p{{..}}, \\s, \\d and their opposites");
                case '\\':
                    i++;
                    break;
                case '^' or '$' when !inClass:
                    throw new FormatException($"the pattern has {pattern[i]} (character {i + 1}), which is not known here");
                case '[' when inClass:
                    throw new FormatException($"the pattern has a class of characters within another (character {i + 1}), which is not known here");
                case '[':
                    inClass = true;
                    // A bracket that comes first, or behind ^, is a character of the class.
                    if (next == '^') i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == ']') i++;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '&' when inClass && next == '&':
                    throw new FormatException($"the pattern has && in a class of characters (character {i + 1}), which is not known here");
                case var half when char.IsSurrogate(half):
                    throw new FormatException($"the pattern names a character beyond U+FFFF (character {i + 1}), which is not known here");
            }
        }
    }
}
