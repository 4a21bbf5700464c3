using System.Globalization;
using System.Text;
using Srpo.Client.Cli;

namespace Srpo.Client.Output;

/// <summary>Sentences on a terminal: broken between words at its width. In a pipe lines stay whole.</summary>
internal static class Prose
{
    /// <summary>Prints a text on its lines.</summary>
    public static void Print(Shell shell, string text) => shell.Out.WriteLine(Break(text, shell.OutColumns));

    /// <summary>A text of several lines: those that are too long are broken between words, and go on where they began; control characters are shown as "?".</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">Most characters of a line; null breaks none.</param>
    /// <returns>The lines, joined; none at the end.</returns>
    public static string Break(string text, int? width)
    {
        var shown = new StringBuilder();
        foreach (var line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            var plain = string.Concat(line.Replace("\t", "    ", StringComparison.Ordinal).Select(character => char.IsControl(character) ? '?' : character));
            if (shown.Length > 0) shown.Append('\n');
            if (width is { } most) AppendBroken(shown, plain, most);
            else shown.Append(plain);
        }

        return shown.ToString();
    }

    /// <summary>Parts in lines, as many in each as fit; none is broken unless it is longer than a line.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="gap">What stands between two on a line.</param>
    /// <param name="width">Most characters of a line; null for one line.</param>
    /// <param name="indent">Blanks before every line.</param>
    /// <param name="hanging">More blanks before every line but the first.</param>
    public static IReadOnlyList<string> Flow(IEnumerable<string> parts, string gap, int? width, int indent = 0, int hanging = 0)
    {
        var lines = new List<string>();
        foreach (var part in parts)
        {
            if (lines.Count > 0 && (width is not { } most || LiveWriter.Cells(lines[^1]) + gap.Length + LiveWriter.Cells(part) <= most)) lines[^1] += gap + part;
            else lines.AddRange(Break(new string(' ', indent + (lines.Count > 0 ? hanging : 0)) + part, width).Split('\n'));
        }

        return lines;
    }

    /// <summary>A line cut to a width, with a mark where something is missing.</summary>
    public static string Cut(string line, int width)
    {
        if (LiveWriter.Cells(line) <= width) return line;
        var cut = new StringBuilder();
        var letters = StringInfo.GetTextElementEnumerator(line);
        for (var used = 1; letters.MoveNext();)
        {
            var letter = letters.GetTextElement();
            if ((used += LiveWriter.Cells(letter)) > width) break;
            cut.Append(letter);
        }

        return width < 1 ? "" : cut.Append('…').ToString();
    }

    private static void AppendBroken(StringBuilder shown, string line, int width)
    {
        var indent = line.Length - line.TrimStart(' ').Length;
        if (indent > width / 2) indent = 0;
        for (var rest = line.TrimEnd(' '); ;)
        {
            if (rest.Length <= width)
            {
                shown.Append(rest);
                return;
            }

            var end = rest.LastIndexOf(' ', width);
            if (end <= indent)
            {
                // A word longer than the line is broken between letters, never within one.
                for (end = indent; end < rest.Length && end + StringInfo.GetNextTextElementLength(rest, end) is var next && (next <= width || end == indent); end = next) { }
            }

            shown.Append(rest.AsSpan(0, end).TrimEnd(' ')).Append('\n');
            rest = new string(' ', indent) + rest[end..].TrimStart(' ');
            if (rest.Length == indent) return;
        }
    }
}
