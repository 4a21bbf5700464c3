using System.Text;
using Spectre.Console;
using Srpo.Client.Cli;
using Srpo.Reporting;

namespace Srpo.Client.Output;

/// <summary>Tables on the terminal, as wide as it is; in a pipe as wide as they are.</summary>
internal static class Tables
{
    /// <summary>A value is not broken into lines shorter than this: it stands below its name instead.</summary>
    private const int ShortestValue = 24;

    /// <summary>Prints a table of texts; a header that ends with '#' is a number column, aligned right.</summary>
    public static void Print(Shell shell, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        string[] names = [.. headers.Select(header => header.TrimEnd('#'))];
        bool[] numeric = [.. headers.Select(header => header.EndsWith('#'))];
        IReadOnlyList<string>[] cells = [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(cell => Prose.Break(cell, null))])];
        var layout = TableLayout.Fit(names, numeric, cells, shell.OutColumns);
        if (layout.Bands.Count == 0) PrintRecords(shell, layout.Keys, names, cells);
        foreach (var band in layout.Bands) PrintBand(shell, layout, band, names, numeric, cells);
    }

    /// <summary>Prints a table of a report.</summary>
    public static void Print(Shell shell, SummaryTable summary)
    {
        Prose.Print(shell, summary.Title);
        Print(shell, [.. summary.Columns.Select(column => column.Header + (column.IsNumeric ? "#" : ""))], summary.Rows.Select(row => (IReadOnlyList<string>)row));
    }

    /// <summary>Prints names with values, one a line; a long value goes on below where it began.</summary>
    public static void PrintPairs(Shell shell, IEnumerable<(string Name, string? Value)> pairs, int indent = 0)
    {
        var shown = pairs.Where(pair => !string.IsNullOrEmpty(pair.Value)).ToArray();
        if (shown.Length == 0) return;
        var blanks = new string(' ', indent);
        var width = shown.Max(pair => pair.Name.Length) + 2;
        var room = shell.OutColumns - width - indent;
        foreach (var (name, value) in shown)
        {
            if (room < ShortestValue && shell.OutColumns is { } columns && value!.Split('\n').Max(LiveWriter.Cells) > room)
            {
                shell.Out.WriteLine(blanks + name);
                shell.Out.WriteLine(Below(Prose.Break(value, Math.Max(1, columns - indent - 2)), indent + 2, first: true));
                continue;
            }

            shell.Out.WriteLine(blanks + name.PadRight(width) + Below(Prose.Break(value!, room is { } most ? Math.Max(1, most) : null), indent + width, first: false));
        }
    }

    private static string Below(string lines, int indent, bool first) => (first ? new string(' ', indent) : "") + lines.Replace("\n", "\n" + new string(' ', indent), StringComparison.Ordinal);

    private static void PrintRecords(Shell shell, int keys, string[] names, IReadOnlyList<string>[] rows)
    {
        foreach (var row in rows)
        {
            shell.Out.WriteLine();
            Prose.Print(shell, string.Join(", ", names.Zip(row).Take(keys).Select(key => $"{key.First} {key.Second}".Trim())));
            PrintPairs(shell, names.Zip(row, (name, value) => (name, (string?)value)).Skip(keys), indent: 2);
        }

        shell.Out.WriteLine();
    }

    private static void PrintBand(Shell shell, TableLayout layout, IReadOnlyList<TableLayout.Column> band, string[] names, bool[] numeric, IReadOnlyList<string>[] rows)
    {
        var table = new Table { Border = TableBorder.Simple, ShowHeaders = true };
        foreach (var (index, width) in band)
        {
            var header = layout.PlainHeaders ? names[index] : Prose.Break(names[index], width);
            var column = new Spectre.Console.TableColumn(Markup.Escape(header)) { NoWrap = true, Width = width, Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(numeric[index] ? column.RightAligned() : column);
        }

        foreach (var row in rows) table.AddRow([.. band.Select(column => new Text(Prose.Break(row[column.Index], column.Width)))]);

        // The lines end where their text does: a terminal that is made narrower breaks no blanks.
        var drawn = new StringWriter { NewLine = "\n" };
        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new Page(drawn) }).Write(table);
        foreach (var line in drawn.ToString().TrimEnd('\n').Split('\n')) shell.Out.WriteLine(line.TrimEnd(' '));
    }

    /// <summary>Where a table of known widths is drawn: as wide as it may be.</summary>
    private sealed class Page(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer { get; } = writer;

        public bool IsTerminal => false;

        public int Width => 100_000;

        public int Height => TerminalSize.Default.Rows;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
