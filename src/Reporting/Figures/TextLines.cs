namespace Srpo.Reporting.Figures;

/// <summary>Breaks texts into lines that fit.</summary>
internal static class TextLines
{
    /// <summary>The text in as few lines as its width needs: broken between words, after hyphens and slashes, and where even that leaves too much, anywhere.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cssClass">Class of the label.</param>
    /// <param name="width">Room in drawing units.</param>
    public static IReadOnlyList<string> Wrap(string text, string cssClass, double width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var part in Parts(text, cssClass, width))
        {
            if (line.Length > 0 && FigureStyles.Width((line + part).TrimEnd(), cssClass) > width)
            {
                lines.Add(line.TrimEnd());
                line = "";
            }

            line += part;
        }

        if (line.Trim().Length > 0) lines.Add(line.TrimEnd());
        return lines;
    }

    /// <summary>The pieces between which a line may end, each with what ends it.</summary>
    private static IEnumerable<string> Parts(string text, string cssClass, double width)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var isEnd = i == text.Length - 1 || text[i] is ' ' or '-' or '/' or '_';
            var isFull = !isEnd && i > start && FigureStyles.Width(text[start..(i + 2)], cssClass) > width && !char.IsLowSurrogate(text[i + 1]);
            if (!isEnd && !isFull) continue;
            yield return text[start..(i + 1)];
            start = i + 1;
        }
    }

    /// <summary>Height of a number of lines of a class.</summary>
    public static double Height(int lines, string cssClass) => lines * LineHeight(cssClass);

    /// <summary>Distance of the base lines of neighbours.</summary>
    public static double LineHeight(string cssClass) => 1.25 * FigureStyles.Size(cssClass);
}
