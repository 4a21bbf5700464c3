using System.Diagnostics.CodeAnalysis;

namespace Srpo.Language.Questions;

/// <summary>A decimal number of any length, compared exactly: 1234.50 is 1234.5, and 0.1 is not what a double makes of it.</summary>
public sealed record ExactNumber
{
    private ExactNumber(string text) => Text = text;

    /// <summary>The number without needless zeros, a minus sign first where it is negative, for example "-1234.5"; equal numbers have equal texts.</summary>
    public string Text { get; }

    /// <summary>A whole number.</summary>
    /// <param name="value">The number.</param>
    public static ExactNumber Of(long value) => new(value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>
    /// Reads a text that is one number and nothing else: an optional sign, which may be Unicode's minus; an optional currency sign before or after it; digits, with
    /// commas between them that count for nothing; an optional point with digits on at least one of its sides; an optional per cent sign, which counts for nothing.
    /// </summary>
    /// <param name="text">The text; white space around it counts for nothing.</param>
    /// <param name="number">The number.</param>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ExactNumber? number)
    {
        text = text.Trim();
        number = AnswerExtraction.NumberAt(text, 0, out var end);
        if (number is not null && end < text.Length && text[end] == '.') end++;
        if (number is not null && end < text.Length && (text[end] == '%' || AnswerExtraction.IsCurrency(text[end]))) end++;
        if (number is not null && end == text.Length) return true;
        number = null;
        return false;
    }

    /// <summary>The number of digits before and after a point.</summary>
    /// <param name="negative">Whether it is negative.</param>
    /// <param name="whole">Digits before the point; commas and LaTeX's marks between them are left out.</param>
    /// <param name="fraction">Digits after it.</param>
    internal static ExactNumber Of(bool negative, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction)
    {
        fraction = fraction.TrimEnd('0');
        var length = 0;
        Span<char> text = whole.Length + fraction.Length + 3 <= 256 ? stackalloc char[256] : new char[whole.Length + fraction.Length + 3];
        if (negative) text[length++] = '-';
        var started = false;
        foreach (var character in whole)
        {
            if (!char.IsAsciiDigit(character) || (!started && character == '0')) continue;
            started = true;
            text[length++] = character;
        }

        if (!started) text[length++] = '0';
        if (fraction.Length > 0)
        {
            text[length++] = '.';
            fraction.CopyTo(text[length..]);
            length += fraction.Length;
        }
        else if (!started)
        {
            return new("0");
        }

        return new(new string(text[..length]));
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
