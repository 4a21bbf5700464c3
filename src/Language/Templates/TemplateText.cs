using System.Globalization;
using System.Text;

namespace Srpo.Language.Templates;

/// <summary>Texts as Python sees them: of code points, with its own idea of white space and of how a text is quoted.</summary>
internal static class TemplateText
{
    /// <summary>Whether a character is white space to Python, which counts the separators U+001C to U+001F.</summary>
    public static bool IsSpace(char value) => char.IsWhiteSpace(value) || value is >= '\u001C' and <= '\u001F';

    /// <summary>Without white space at its end.</summary>
    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && IsSpace(text[^1])) text = text[..^1];
        return text;
    }

    /// <summary>Without white space at its beginning.</summary>
    public static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && IsSpace(text[0])) text = text[1..];
        return text;
    }

    /// <summary>Without white space, or other characters, at its ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="characters">Characters to take away; null for white space.</param>
    /// <param name="atStart">Whether at the beginning.</param>
    /// <param name="atEnd">Whether at the end.</param>
    public static string Strip(string text, string? characters, bool atStart, bool atEnd)
    {
        if (characters is null)
        {
            var rest = atStart ? TrimStart(text) : text;
            return (atEnd ? TrimEnd(rest) : rest).ToString();
        }

        var points = Points(text);
        var (start, end) = (0, points.Count);
        var wanted = Points(characters);
        while (atStart && start < end && wanted.Contains(points[start])) start++;
        while (atEnd && end > start && wanted.Contains(points[end - 1])) end--;
        return string.Concat(points.Skip(start).Take(end - start));
    }

    /// <summary>The code points of a text, each as a text.</summary>
    public static IReadOnlyList<string> Points(string text)
    {
        var points = new List<string>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) points.Add(text.Substring(i++, 2));
            else points.Add(text[i].ToString());
        }

        return points;
    }

    /// <summary>How many code points a text has.</summary>
    public static int Length(string text)
    {
        var length = text.Length;
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && char.IsLowSurrogate(text[i + 1])) length--;
        }

        return length;
    }

    /// <summary>The parts between separators, or between runs of white space.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">What lies between parts; null for white space.</param>
    /// <param name="most">Most cuts; negative for any number.</param>
    /// <param name="fromEnd">Whether cuts are counted from the end.</param>
    public static List<object?> Split(string text, string? separator, long most, bool fromEnd)
    {
        if (separator is { Length: 0 }) throw new TemplateProblem("the separator is empty");
        var parts = new List<object?>();
        if (most < 0) most = long.MaxValue;
        if (fromEnd)
        {
            var rest = separator is null ? TrimEnd(text).ToString() : text;
            while (parts.Count < most && LastCut(rest, separator) is { Start: >= 0 } cut)
            {
                parts.Add(rest[cut.End..]);
                rest = separator is null ? TrimEnd(rest.AsSpan(0, cut.Start)).ToString() : rest[..cut.Start];
            }

            if (separator is not null || rest.Length > 0) parts.Add(separator is null && parts.Count < most ? TrimStart(rest).ToString() : rest);
            parts.Reverse();
        }
        else
        {
            var rest = separator is null ? TrimStart(text).ToString() : text;
            while (parts.Count < most && FirstCut(rest, separator) is { Start: >= 0 } cut)
            {
                parts.Add(rest[..cut.Start]);
                rest = separator is null ? TrimStart(rest.AsSpan(cut.End)).ToString() : rest[cut.End..];
            }

            if (separator is not null || rest.Length > 0) parts.Add(rest);
        }

        return parts;
    }

    /// <summary>Lines, without what ends them.</summary>
    public static List<object?> Lines(string text, bool keepEnds)
    {
        var (lines, start) = (new List<object?>(), 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\u001C' or '\u001D' or '\u001E' or '\u0085' or '\u2028' or '\u2029')) continue;
            var end = text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? i + 2 : i + 1;
            lines.Add(text[start..(keepEnds ? end : i)]);
            start = end;
            i = end - 1;
        }

        if (start < text.Length) lines.Add(text[start..]);
        return lines;
    }

    /// <summary>A text with each word's first letter large and the others small.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var value in text)
        {
            result.Append(inWord ? char.ToLowerInvariant(value) : char.ToUpperInvariant(value));
            inWord = char.IsLetter(value);
        }

        return result.ToString();
    }

    /// <summary>A text with its first letter large and the others small.</summary>
    public static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>Writes a text in quotes, as it stands in a list that prints.</summary>
    public static void Quote(string text, StringBuilder into)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        into.Append(quote);
        foreach (var point in Points(text))
        {
            switch (point[0])
            {
                case '\n':
                    into.Append("\\n");
                    break;
                case '\r':
                    into.Append("\\r");
                    break;
                case '\t':
                    into.Append("\\t");
                    break;
                case '\\':
                    into.Append("\\\\");
                    break;
                case var value when value == quote:
                    into.Append('\\').Append(value);
                    break;
                case ' ':
                    into.Append(' ');
                    break;
                default:
                    QuotePoint(point, into);
                    break;
            }
        }

        into.Append(quote);
    }

    private static void QuotePoint(string point, StringBuilder into)
    {
        var number = point.Length == 2 ? char.ConvertToUtf32(point, 0) : point[0];
        // What cannot be seen is written by its number.
        var hidden = CharUnicodeInfo.GetUnicodeCategory(number) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
        if (!hidden) into.Append(point);
        else if (number < 0x100) into.Append("\\x").Append(number.ToString("x2", CultureInfo.InvariantCulture));
        else if (number < 0x10000) into.Append("\\u").Append(number.ToString("x4", CultureInfo.InvariantCulture));
        else into.Append("\\U").Append(number.ToString("x8", CultureInfo.InvariantCulture));
    }

    private static (int Start, int End) FirstCut(string text, string? separator)
    {
        if (separator is not null) return text.IndexOf(separator, StringComparison.Ordinal) is var at and >= 0 ? (at, at + separator.Length) : (-1, -1);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsSpace(text[i])) return (i, i + 1);
        }

        return (-1, -1);
    }

    private static (int Start, int End) LastCut(string text, string? separator)
    {
        if (separator is not null) return text.LastIndexOf(separator, StringComparison.Ordinal) is var at and >= 0 ? (at, at + separator.Length) : (-1, -1);
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (IsSpace(text[i])) return (i, i + 1);
        }

        return (-1, -1);
    }
}
