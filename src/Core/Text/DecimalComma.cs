using System.Text.RegularExpressions;

namespace Srpo.Core.Text;

/// <summary>Recognises numbers that are written with a comma, as in most of Europe, for error messages. They are never read: "1,5" may as well be a list.</summary>
public static partial class DecimalComma
{
    /// <summary>The number as this program reads it, for example 0.5 for "0,5"; null where the text is no number with a comma.</summary>
    /// <param name="text">What was written.</param>
    public static string? Corrected(string text) => Number().IsMatch(text) ? text.Trim().Replace(',', '.') : null;

    /// <summary>The remedy for a text that should be a number: to write a point, or what else is given.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="otherwise">The remedy where it is no number with a comma.</param>
    public static string Remedy(string text, string otherwise) => Corrected(text) is { } number ? $"numbers have a decimal point: write {number}" : otherwise;

    [GeneratedRegex(@"^\s*[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?\s*$")]
    private static partial Regex Number();
}
