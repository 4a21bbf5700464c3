using System.Text;
using Srpo.Core.Results;

namespace Srpo.Reporting.Files;

/// <summary>Cross-play matrices as CSV: one layout as a square of returns, or all numbers of all layouts, a line per cell.</summary>
public static class CrossPlayCsv
{
    private static readonly string[] CellColumns =
    [
        "layout", "seat0", "seat1", "episodes", "return", "returnStd",
        "seat0Return", "seat1Return", "seat0Cost", "seat1Cost", "baseLayout", "opponents", "unseenOpponents", "seating", "seat0Weights", "seat1Weights",
    ];

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
                        Weights(matrix, row, seat: 0), Weights(matrix, column, seat: 1),
                    ]);
                }
            }
        }

        return text.ToString();
    }

    /// <summary>The weights of a run: of the policy that sits in its seat, or of those of all seats where a run plays in several.</summary>
    private static string Weights(CrossPlayMatrix matrix, int run, int seat)
    {
        if (run >= matrix.Weights.Length) return "";
        var hashes = matrix.Weights[run].Hashes;
        return matrix.IsOrdered && seat < hashes.Length ? Shown(hashes[seat]) : string.Join(' ', hashes.Distinct().Select(Shown));

        static string Shown(string hash) => hash[..Math.Min(HashDigits, hash.Length)];
    }
}
