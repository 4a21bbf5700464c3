using Spectre.Console;
using Srpo.Client.Cli;
using Srpo.Reporting;

namespace Srpo.Client.Output;

/// <summary>Tables on the terminal.</summary>
internal static class Tables
{
    /// <summary>Prints a table of texts; a header that ends with '#' is a number column, aligned right.</summary>
    public static void Print(Shell shell, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = NewTable();
        foreach (var header in headers)
        {
            var column = new Spectre.Console.TableColumn(Markup.Escape(header.TrimEnd('#'))) { NoWrap = true, Padding = new Padding(0, 0, 1, 0) };
            table.AddColumn(header.EndsWith('#') ? column.RightAligned() : column);
        }

        foreach (var row in rows) table.AddRow([.. row.Select(text => new Text(text))]);
        Write(shell, table);
    }

    /// <summary>Prints a table of a report.</summary>
    public static void Print(Shell shell, SummaryTable summary)
    {
        shell.Out.WriteLine(summary.Title);
        var width = summary.Columns.Select((column, index) => Widest(summary, index)).ToArray();
        var fits = summary.Columns.Select((column, index) => Math.Max(width[index], column.Header.Length) + 3).Sum() <= Width(shell);
        Print(
            shell, [.. summary.Columns.Select((column, index) => (fits ? column.Header : Broken(column.Header, width[index])) + (column.IsNumeric ? "#" : ""))],
            summary.Rows.Select(row => (IReadOnlyList<string>)row));
    }

    private static int Widest(SummaryTable summary, int column) => summary.Rows.Select(row => row[column].Length).DefaultIfEmpty(0).Max();

    /// <summary>A header in lines no longer than what stands below it, as far as its words allow.</summary>
    private static string Broken(string header, int width)
    {
        var (lines, words) = (new List<string>(), header.Split(' '));
        var most = Math.Max(width, words.Max(word => word.Length));
        foreach (var word in words)
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length <= most) lines[^1] += " " + word;
            else lines.Add(word);
        }

        return string.Join('\n', lines);
    }

    /// <summary>Prints names with values, one a line.</summary>
    public static void PrintPairs(Shell shell, IEnumerable<(string Name, string? Value)> pairs)
    {
        var shown = pairs.Where(pair => !string.IsNullOrEmpty(pair.Value)).ToArray();
        if (shown.Length == 0) return;
        var width = shown.Max(pair => pair.Name.Length) + 2;
        foreach (var (name, value) in shown) shell.Out.WriteLine(name.PadRight(width) + value!.Replace("\n", "\n" + new string(' ', width), StringComparison.Ordinal));
    }

    private static Table NewTable() => new Table { Border = TableBorder.Simple, ShowHeaders = true };

    private static void Write(Shell shell, Table table)
    {
        Consoles.Create(shell.Out, shell.OutIsTerminal, Width(shell)).Write(table);
    }

    /// <summary>A table that is piped must not be cut at some terminal's width.</summary>
    private static int Width(Shell shell) => shell.OutIsTerminal ? shell.Width : 240;
}
