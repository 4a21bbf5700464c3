using Srpo.Core.Results;

namespace Srpo.Reporting;

/// <summary>The cells of a matrix in which one method (or one ordered pair of methods) plays.</summary>
internal sealed class CrossPlayBlock
{
    private readonly CrossPlayMatrix _matrix;
    private readonly int[] _rows;
    private readonly int[] _columns;

    private CrossPlayBlock(CrossPlayMatrix matrix, int[] rows, int[] columns)
    {
        (_matrix, _rows, _columns) = (matrix, rows, columns);
        Returns = [.. AllCells().Select(cell => cell.IsPlayed ? cell.Return : double.NaN)];
    }

    /// <summary>Number of rows.</summary>
    public int Rows => _rows.Length;

    /// <summary>Number of columns.</summary>
    public int Columns => _columns.Length;

    /// <summary>The returns, row-major; NaN where a pair was not played.</summary>
    public double[] Returns { get; }

    /// <summary>The square block of a method: its runs that are both rows and columns, in the order of the rows.</summary>
    public static CrossPlayBlock Within(CrossPlayMatrix matrix, string method)
    {
        var shared = Indices(matrix.Rows, method)
            .Select(row => (Row: row, Column: matrix.Columns.IndexOf(matrix.Rows[row])))
            .Where(pair => pair.Column >= 0)
            .ToArray();
        return new(matrix, [.. shared.Select(pair => pair.Row)], [.. shared.Select(pair => pair.Column)]);
    }

    /// <summary>Seat 0 from one method, seat 1 from another.</summary>
    public static CrossPlayBlock Between(CrossPlayMatrix matrix, string method0, string method1) =>
        new(matrix, Indices(matrix.Rows, method0), Indices(matrix.Columns, method1));

    /// <summary>All cells, row-major.</summary>
    public IEnumerable<CrossPlayCell> AllCells() =>
        from row in _rows from column in _columns select _matrix[row, column];

    /// <summary>A run with itself, in the order of the runs.</summary>
    public CrossPlayCell[] Diagonal() => [.. _rows.Zip(_columns, (row, column) => _matrix[row, column])];

    /// <summary>A run with another run, row-major.</summary>
    public IEnumerable<CrossPlayCell> OffDiagonal()
    {
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                if (row != column) yield return _matrix[_rows[row], _columns[column]];
            }
        }
    }

    /// <summary>The pair with the least return, the first of equals; null where none was played.</summary>
    /// <param name="different">Whether a run with itself is left out.</param>
    public RunPair? Worst(bool different)
    {
        var worst = -1;
        for (var i = 0; i < Returns.Length; i++)
        {
            if (double.IsNaN(Returns[i]) || (different && i / Columns == i % Columns)) continue;
            if (worst < 0 || Returns[i] < Returns[worst]) worst = i;
        }

        return worst < 0 ? null : new RunPair(_matrix.Rows[_rows[worst / Columns]], _matrix.Columns[_columns[worst % Columns]]);
    }

    private static int[] Indices(IReadOnlyList<AgentLabel> labels, string method) =>
        [.. Enumerable.Range(0, labels.Count).Where(index => labels[index].Method == method)];
}
