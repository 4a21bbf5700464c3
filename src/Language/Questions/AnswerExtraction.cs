using Srpo.Core.Results;

namespace Srpo.Language.Questions;

/// <summary>
/// Finds the number that a response gives as its answer. A number is a run of ASCII digits with commas between them, which count for nothing however they are placed
/// (also LaTeX's "{,}" and "\,"), and at most one point, with digits on at least one side. A sign before it counts, the ASCII or the Unicode minus, unless a digit, letter or
/// closing bracket is before that: then it is a subtraction or a range. A currency sign may stand between sign and digits or before both. Percent signs, units and points
/// behind it count for nothing; runs with several points, such as version numbers, are no numbers; exponents and fractions are not read.
/// </summary>
public static class AnswerExtraction
{
    private const string Mark = "####";

    private const string Box = @"\boxed";

    /// <summary>The answer of a response; null where it has none.</summary>
    /// <param name="response">All of the response: an answer counts wherever it stands.</param>
    /// <param name="rule">Which number counts.</param>
    public static ExactNumber? Extract(ReadOnlySpan<char> response, AnswerRule rule) => rule switch
    {
        AnswerRule.Strict => AfterMark(response),
        AnswerRule.Flexible => AfterMark(response) ?? InBox(response) ?? LastNumber(response),
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    /// <summary>Whether a character is a currency sign: Unicode's category Sc.</summary>
    internal static bool IsCurrency(char character) => char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.CurrencySymbol;

    /// <summary>The number that begins at a place, with its sign and currency sign; null where none does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    internal static ExactNumber? NumberAt(ReadOnlySpan<char> text, int start, out int end)
    {
        var (at, negative) = (start, false);
        for (var part = 0; part < 3 && at < text.Length; part++)
        {
            if (text[at] is '\\' && at + 1 < text.Length && text[at + 1] == '$') at++;
            if (IsCurrency(text[at]))
            {
                at++;
            }
            else if (IsSign(text[at]) && !negative)
            {
                negative = text[at] != '+';
                at++;
            }
        }

        return Digits(text, at, negative, out end);
    }

    private static bool IsSign(char character) => character is '-' or '+' or '\u2212';

    /// <summary>The number whose first digit, or point, is at a place.</summary>
    private static ExactNumber? Digits(ReadOnlySpan<char> text, int start, bool negative, out int end)
    {
        var at = start;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || (at > start && IsSeparator(text, at, out _))))
            at += IsSeparator(text, at, out var width) ? width : 1;
        var whole = text[start..at];
        end = at;
        var fraction = ReadOnlySpan<char>.Empty;
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            for (at++; at < text.Length && char.IsAsciiDigit(text[at]);) at++;
            fraction = text[(end + 1)..at];
            end = at;
            if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
            {
                while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
                return null;
            }
        }

        return whole.IsEmpty && fraction.IsEmpty ? null : ExactNumber.Of(negative, whole, fraction);
    }

    /// <summary>Whether a mark between two digits stands at a place, and how long it is.</summary>
    private static bool IsSeparator(ReadOnlySpan<char> text, int at, out int width)
    {
        var rest = text[at..];
        width = rest[0] == ',' ? 1 : rest.StartsWith("{,}", StringComparison.Ordinal) ? 3 : rest.StartsWith(@"\,", StringComparison.Ordinal) ? 2 : 0;
        return width > 0 && width < rest.Length && char.IsAsciiDigit(rest[width]);
    }

    private static ExactNumber? AfterMark(ReadOnlySpan<char> response)
    {
        while (response.LastIndexOf(Mark, StringComparison.Ordinal) is var mark and >= 0)
        {
            var start = mark + Mark.Length;
            while (start < response.Length && response[start] is ' ' or '\t' or '\u00a0') start++;
            if (NumberAt(response, start, out _) is { } number) return number;
            response = response[..(mark + Mark.Length - 1)];
        }

        return null;
    }

    private static ExactNumber? InBox(ReadOnlySpan<char> response)
    {
        while (response.LastIndexOf(Box, StringComparison.Ordinal) is var box and >= 0)
        {
            var content = response[(box + Box.Length)..].TrimStart();
            if (!content.IsEmpty && content[0] == '{' && LastNumber(Braced(content)) is { } number) return number;
            response = response[..box];
        }

        return null;
    }

    /// <summary>What is between an opening brace and the one that closes it, or the end.</summary>
    private static ReadOnlySpan<char> Braced(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0) return text[1..i];
        }

        return text[1..];
    }

    private static ExactNumber? LastNumber(ReadOnlySpan<char> text)
    {
        ExactNumber? last = null;
        for (var at = 0; at < text.Length;)
        {
            var begins = char.IsAsciiDigit(text[at]) || (text[at] == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]) && !(at > 0 && (char.IsLetter(text[at - 1]) || text[at - 1] == '.')));
            if (!begins)
            {
                at++;
                continue;
            }

            last = Digits(text, at, IsNegative(text[..at]), out var end) ?? last;
            at = end;
        }

        return last;
    }

    /// <summary>Whether what stands before a number makes it negative.</summary>
    private static bool IsNegative(ReadOnlySpan<char> before)
    {
        for (var part = 0; part < 2 && before.Length > 0; part++)
        {
            if (IsCurrency(before[^1])) before = before[..^(before.Length > 1 && before[^1] == '$' && before[^2] == '\\' ? 2 : 1)];
            if (before.Length > 0 && before[^1] is '-' or '\u2212')
                return before.Length == 1 || !(char.IsLetterOrDigit(before[^2]) || before[^2] is ')' or ']' or '}');
        }

        return false;
    }
}
