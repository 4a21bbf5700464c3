using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Srpo.Core.Results;

namespace Srpo.Reporting.Files;

/// <summary>Cross-play matrices as CSV: one layout as a square of returns, or all numbers of all layouts, a line per cell.</summary>
public static class CrossPlayCsv
{
    private static readonly string[] CellColumns =
    [
        "layout", "seat0", "seat1", "episodes", "return", "returnStd",
        "seat0Return", "seat1Return", "seat0Cost", "seat1Cost", "baseLayout", "opponents", "unseenOpponents", "seating",
    ];

    /// <summary>Columns that files of earlier versions have.</summary>
    private static readonly string[] FirstColumns = CellColumns[..10];

    /// <summary>The returns of one layout: the first line holds the columns' labels, the first field of a line the row's.</summary>
    public static string WriteMatrix(CrossPlayMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var text = new StringBuilder();
        Csv.AppendRecord(text, [matrix.IsOrdered ? "seat 0 \\ seat 1" : "run \\ run", .. matrix.Columns.Select(label => label.ToString())]);
        for (var row = 0; row < matrix.Rows.Length; row++)
        {
            var cells = Enumerable.Range(0, matrix.Columns.Length).Select(column => Csv.Field(matrix[row, column].Return));
            Csv.AppendRecord(text, [matrix.Rows[row].ToString(), .. cells]);
        }

        return text.ToString();
    }

    /// <summary>All numbers of all layouts, a line per cell, row-major.</summary>
    public static string WriteCells(IEnumerable<CrossPlayMatrix> matrices)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        var text = new StringBuilder();
        Csv.AppendRecord(text, CellColumns);
        foreach (var matrix in matrices)
        {
            for (var row = 0; row < matrix.Rows.Length; row++)
            {
                for (var column = 0; column < matrix.Columns.Length; column++)
                {
                    var cell = matrix[row, column];
                    Csv.AppendRecord(text,
                    [
                        matrix.Layout, matrix.Rows[row].ToString(), matrix.Columns[column].ToString(), Csv.Field(cell.Episodes),
                        Csv.Field(cell.Return), Csv.Field(cell.ReturnStd),
                        Csv.Field(cell.SeatReturns.Seat0), Csv.Field(cell.SeatReturns.Seat1),
                        Csv.Field(cell.SeatCosts.Seat0), Csv.Field(cell.SeatCosts.Seat1),
                        matrix.BaseLayout, matrix.Opponents ?? "", matrix.UnseenOpponents ? "true" : "", matrix.Seating,
                    ]);
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="WriteCells"/> wrote.</summary>
    /// <exception cref="FormatException">The text has other columns or a field that is no number; the line is named.</exception>
    public static ImmutableArray<CrossPlayMatrix> ReadCells(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var columns = text.StartsWith(string.Join(',', CellColumns), StringComparison.Ordinal) ? CellColumns : FirstColumns;
        var cells = CsvTable.Read(text, columns, fields => (
            Layout: fields[0], Row: AgentLabel.Parse(fields[1]), Column: AgentLabel.Parse(fields[2]),
            Cell: new CrossPlayCell(
                Csv.Number(fields[4]), Csv.Number(fields[5]),
                new(Csv.Number(fields[6]), Csv.Number(fields[7])),
                new(Csv.Number(fields[8]), Csv.Number(fields[9])),
                int.Parse(fields[3], CultureInfo.InvariantCulture)),
            Setting: columns.Length == FirstColumns.Length
                ? (Base: fields[0], Opponents: "", IsUnseen: false, Seating: CrossPlayMatrix.OrderedSeating)
                : (Base: fields[10], Opponents: fields[11], IsUnseen: fields[12].Length > 0, Seating: fields[13])));
        return [.. cells.GroupBy(cell => cell.Layout).Select(layout =>
        {
            var setting = layout.First().Setting;
            var builder = new CrossPlayMatrixBuilder(
                layout.Key, layout.Select(cell => cell.Row).Distinct(), layout.Select(cell => cell.Column).Distinct())
            {
                BaseLayout = setting.Base,
                Opponents = setting.Opponents.Length == 0 ? null : setting.Opponents,
                UnseenOpponents = setting.IsUnseen,
                Seating = setting.Seating,
            };
            foreach (var cell in layout)
                builder[builder.Rows.IndexOf(cell.Row), builder.Columns.IndexOf(cell.Column)] = cell.Cell;
            return builder.Build();
        })];
    }
}
