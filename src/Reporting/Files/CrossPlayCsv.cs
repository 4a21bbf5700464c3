using System.Text;
using Srpo.Core.Results;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Files;

/// <summary>Cross-play matrices as CSV: one layout as a square of returns, or all layouts, a line per cell, and a line per cell and seat.</summary>
public static class CrossPlayCsv
{
    private static readonly string[] KeyColumns = ["layout", "seat0Method", "seat0Run", "seat1Method", "seat1Run"];

    private static readonly string[] CellColumns = [.. KeyColumns, "episodes", "return", "returnStd", "ordered", "baseLayout", "opponents", "unseenOpponents", "actions"];

    private static readonly string[] SeatColumns = [.. KeyColumns, "seat", "method", "run", "return", "cost", "weights"];

    /// <summary>Digits of a hash that a field has; the whole hashes are in summary.json.</summary>
    private const int HashDigits = 16;

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

    /// <summary>What the pairs earned together, on all layouts: a line per cell, row-major.</summary>
    public static string WriteCells(IEnumerable<CrossPlayMatrix> matrices)
    {
        var text = new StringBuilder();
        Csv.AppendRecord(text, CellColumns);
        foreach (var (matrix, row, column) in Cells(matrices))
        {
            var cell = matrix[row, column];
            Csv.AppendRecord(text,
            [
                .. Key(matrix, row, column), Csv.Field(cell.Episodes), Csv.Field(cell.Return), Csv.Field(cell.ReturnStd), Csv.Field(matrix.IsOrdered), matrix.BaseLayout, matrix.Opponents ?? "",
                Csv.Field(matrix.UnseenOpponents), DisplayNames.Word(matrix.Actions),
            ]);
        }

        return text.ToString();
    }

    /// <summary>What each of a pair earned and paid, on all layouts: two lines per cell, the row's run as seat 0 and the column's as seat 1.</summary>
    public static string WriteSeats(IEnumerable<CrossPlayMatrix> matrices)
    {
        var text = new StringBuilder();
        Csv.AppendRecord(text, SeatColumns);
        foreach (var (matrix, row, column) in Cells(matrices))
        {
            var cell = matrix[row, column];
            Append(seat: 0, row, matrix.Rows[row], cell.SeatReturns.Seat0, cell.SeatCosts.Seat0);
            Append(seat: 1, column, matrix.Columns[column], cell.SeatReturns.Seat1, cell.SeatCosts.Seat1);

            void Append(int seat, int index, AgentLabel run, double earned, double cost) => Csv.AppendRecord(
                text, [.. Key(matrix, row, column), Csv.Field(seat), run.Method, Csv.Field(run.Run), Csv.Field(earned), Csv.Field(cost), Weights(matrix, index, seat)]);
        }

        return text.ToString();
    }

    private static IEnumerable<(CrossPlayMatrix Matrix, int Row, int Column)> Cells(IEnumerable<CrossPlayMatrix> matrices)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        return from matrix in matrices from row in Enumerable.Range(0, matrix.Rows.Length) from column in Enumerable.Range(0, matrix.Columns.Length) select (matrix, row, column);
    }

    private static string[] Key(CrossPlayMatrix matrix, int row, int column) =>
        [matrix.Layout, matrix.Rows[row].Method, Csv.Field(matrix.Rows[row].Run), matrix.Columns[column].Method, Csv.Field(matrix.Columns[column].Run)];

    /// <summary>The weights of a run: of the policy that sits in its seat, or of those of all seats where a run plays in several.</summary>
    private static string Weights(CrossPlayMatrix matrix, int run, int seat)
    {
        if (run >= matrix.Weights.Length) return "";
        var hashes = matrix.Weights[run].Hashes;
        return matrix.IsOrdered && seat < hashes.Length ? Shown(hashes[seat]) : string.Join(' ', hashes.Distinct().Select(Shown));

        static string Shown(string hash) => hash[..Math.Min(HashDigits, hash.Length)];
    }
}
