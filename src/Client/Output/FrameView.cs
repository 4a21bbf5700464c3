using Srpo.Client.Cli;
using Srpo.Environments;

namespace Srpo.Client.Output;

/// <summary>What stands on a terminal at one step of an episode: the drawing, and words below or beside it.</summary>
/// <param name="Head">A line above the drawing.</param>
/// <param name="Drawing">The drawing.</param>
/// <param name="WordsBelow">Lines of words below the picture that the drawing begins with, see <see cref="EnvironmentRegistration.WordsBelowPicture"/>.</param>
internal sealed record FrameView(string Head, string Drawing, int? WordsBelow)
{
    private const string Gutter = "  ";

    /// <summary>Words in lines narrower than this are not put beside a drawing, unless they are the fewest.</summary>
    private const int NarrowestWords = 26;

    private const int NarrowestFewest = 12;

    /// <summary>The words that belong to it, in lines of a width (null for any length): all of them first, then with ever less of what can be missed.</summary>
    public IReadOnlyList<Func<int?, IReadOnlyList<string>>> Words { get; init; } = [_ => []];

    /// <summary>Lines for who reads them one frame below the other.</summary>
    /// <param name="width">Characters of a line; null for lines of any length.</param>
    public IReadOnlyList<string> Lines(int? width) => [.. Broken(Head, width), .. Picture(width), .. Said(width), .. Words[0](width)];

    /// <summary>
    /// Lines that fit a terminal. Words stand below the drawing where there is the height, else beside it where there is the width; else what can be missed is left out, and
    /// at last the end of the drawing.
    /// </summary>
    /// <param name="size">The terminal's size; its last line is left to the cursor.</param>
    /// <param name="shown">Which of <see cref="Words"/> were shown; their number where even the fewest did not fit.</param>
    public IReadOnlyList<string> Fit(TerminalSize size, out int shown)
    {
        var (width, rows) = (Math.Max(1, size.Columns - 1), Math.Max(2, size.Rows - 1));
        IReadOnlyList<string> head = Broken(Head, width), picture = Picture(width);
        foreach (var (level, lines) in Ways())
        {
            shown = level;
            if (lines.Count > 0 && lines.Count <= rows) return lines;
        }

        shown = Words.Count;
        var fewest = Words[^1](width);
        var room = Math.Max(0, rows - head.Count - fewest.Count - 1);
        return [.. head.Concat(picture.Take(room)).Append(Prose.Cut($"({picture.Count - room} lines more: the terminal has {size.Rows} rows)", width)).Concat(fewest).TakeLast(rows)];

        IEnumerable<(int Level, IReadOnlyList<string> Lines)> Ways()
        {
            yield return (0, Lines(width));
            yield return (0, Beside(most => [.. Said(most), .. Words[0](most)], NarrowestWords));
            for (var level = 0; level < Words.Count; level++)
            {
                yield return (level, [.. head, .. picture, .. Words[level](width)]);
                yield return (level, Beside(Words[level], level == Words.Count - 1 ? NarrowestFewest : NarrowestWords));
            }
        }

        // None where there is not the width.
        IReadOnlyList<string> Beside(Func<int?, IReadOnlyList<string>> set, int narrowest)
        {
            var drawn = picture.Select(LiveWriter.Cells).DefaultIfEmpty(0).Max();
            var most = width - drawn - Gutter.Length;
            if (most < narrowest) return [];
            var words = set(most);
            return
            [
                .. head,
                .. Enumerable.Range(0, Math.Max(picture.Count, words.Count)).Select(line =>
                    (Padded(line < picture.Count ? picture[line] : "", drawn) + Gutter + (line < words.Count ? words[line] : "")).TrimEnd()),
            ];
        }
    }

    /// <summary>What is drawn: a picture, whose lines are never broken, or lines of words.</summary>
    private IReadOnlyList<string> Picture(int? width)
    {
        string[] lines = Drawing.TrimEnd('\n').Split('\n');
        return WordsBelow is { } below ? [.. lines.SkipLast(below).Select(line => width is { } most ? Prose.Cut(line, most) : line)] : Broken(string.Join('\n', lines), width);
    }

    /// <summary>What the drawing says in words below its picture.</summary>
    private IReadOnlyList<string> Said(int? width) => WordsBelow is { } below and > 0 ? Broken(string.Join('\n', Drawing.TrimEnd('\n').Split('\n').TakeLast(below)), width) : [];

    private static string Padded(string line, int width) => line + new string(' ', width - LiveWriter.Cells(line));

    private static string[] Broken(string text, int? width) => Prose.Break(text, width).Split('\n');
}
