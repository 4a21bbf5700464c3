using System.Text;
using System.Text.RegularExpressions;
using Srpo.Client.Cli;

namespace Srpo.Client.Output;

/// <summary>
/// A terminal with a block of lines at its end that is drawn again and again in its place: progress, or a step of an episode. What is written otherwise meanwhile
/// goes above the block. Where the window was resized, the terminal has broken the lines of the block anew; as many rows as they take now are drawn over.
/// </summary>
/// <param name="inner">The terminal's stream.</param>
/// <param name="size">The terminal's size as it is now.</param>
internal sealed partial class LiveWriter(TextWriter inner, Func<TerminalSize> size) : TextWriter
{
    private readonly Lock _lock = new();
    private IReadOnlyList<string> _block = [];
    private IReadOnlyList<string> _shown = [];
    private char _last = '\n';

    public override Encoding Encoding => inner.Encoding;

    /// <summary>The writer of a shell as one of these.</summary>
    public static LiveWriter Of(TextWriter writer, Shell shell) => writer as LiveWriter ?? new LiveWriter(writer, () => shell.Size);

    /// <summary>Characters that a text takes on a line: wide ones count twice, colours nothing.</summary>
    public static int Cells(string text) => new Spectre.Console.Rendering.Segment(text.Contains('\u001b', StringComparison.Ordinal) ? Colours().Replace(text, "") : text).CellCount();

    /// <summary>Replaces the block.</summary>
    /// <param name="lines">Its lines. Those that do not fit into the terminal's height are left out, and the end of those that are longer than it is wide.</param>
    public void Show(IReadOnlyList<string> lines)
    {
        lock (_lock)
        {
            _block = lines;
            Draw();
        }
    }

    /// <summary>Takes the block away, or leaves it where it is, as text like any other.</summary>
    public void End(bool leave = false)
    {
        lock (_lock)
        {
            if (!leave) inner.Write(Erasure());
            (_block, _shown) = ([], []);
            inner.Flush();
        }
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.IsEmpty) return;
        lock (_lock)
        {
            if (_shown.Count > 0)
            {
                inner.Write(Erasure());
                _shown = [];
            }

            inner.Write(buffer);
            _last = buffer[^1];
            if (_block.Count > 0 && _last == '\n') Draw();
        }
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine() => Write("\n");

    public override void Flush()
    {
        lock (_lock) inner.Flush();
    }

    private void Draw()
    {
        if (_last != '\n') return; // somebody is in the middle of a line
        var now = size();
        string[] lines = [.. _block.Take(Math.Max(1, now.Rows - 1)).Select(line => Cells(line) > now.Columns ? Prose.Cut(Colours().Replace(line, ""), now.Columns) : line)];
        inner.Write(Erasure() + string.Concat(lines.Select(line => line + "\n")));
        _shown = lines;
        inner.Flush();
    }

    /// <summary>What takes the cursor to where the block begins, and erases from there.</summary>
    private string Erasure()
    {
        if (_shown.Count == 0) return "";
        var now = size();
        var rows = _shown.Sum(line => Math.Max(1, (Cells(line) + now.Columns - 1) / now.Columns));
        return $"\r\u001b[{Math.Min(rows, now.Rows - 1)}A\u001b[J";
    }

    [GeneratedRegex(@"\u001b\[[0-9;]*m")]
    private static partial Regex Colours();
}
