using Srpo.Reporting.Html;

namespace Srpo.Reporting.Figures;

/// <summary>Makes a file of its own of a figure.</summary>
public static class SvgDocument
{
    /// <summary>
    /// The SVG document of a figure, with the colours of the theme inside; it follows the reader's preference for light or
    /// dark.
    /// </summary>
    /// <param name="figure">What one of the Draw methods gave.</param>
    public static string Standalone(string figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        const string start = "<svg ";
        if (!figure.StartsWith(start, StringComparison.Ordinal)) throw new ArgumentException("This is no SVG element.", nameof(figure));
        var afterTag = figure.IndexOf('>', StringComparison.Ordinal) + 1;
        return string.Concat(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" ",
            figure.AsSpan(start.Length, afterTag - start.Length),
            $"<style>{Theme.Css}</style><rect width=\"100%\" height=\"100%\" class=\"paper\"/>",
            figure.AsSpan(afterTag)) + "\n";
    }
}
