namespace Srpo.Core.Statistics;

/// <summary>
/// The finite cells of a block, ascending, with their rows and columns. Sorted once, a trimmed mean of any weighting is one
/// pass: no sorting within the bootstrap loop.
/// </summary>
internal sealed class SortedCells
{
    private readonly double[] _values;
    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly long[] _weights;

    public SortedCells(ReadOnlySpan<double> block, int rows, int columns, bool skipDiagonal)
    {
        var cells = new List<(double Value, int Row, int Column)>(block.Length);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var value = block[row * columns + column];
                if (double.IsFinite(value) && !(skipDiagonal && row == column)) cells.Add((value, row, column));
            }
        }

        cells.Sort();
        _values = [.. cells.Select(cell => cell.Value)];
        _rows = [.. cells.Select(cell => cell.Row)];
        _columns = [.. cells.Select(cell => cell.Column)];
        _weights = new long[_values.Length];
    }

    /// <summary>Number of finite cells.</summary>
    public int Count => _values.Length;

    /// <summary>Gives each cell the product of its row's and its column's count; returns the sum of all weights.</summary>
    public long Weigh(ReadOnlySpan<int> rowCounts, ReadOnlySpan<int> columnCounts)
    {
        var total = 0L;
        for (var cell = 0; cell < _weights.Length; cell++)
        {
            var weight = (long)rowCounts[_rows[cell]] * columnCounts[_columns[cell]];
            _weights[cell] = weight;
            total += weight;
        }

        return total;
    }

    /// <summary>
    /// The mean of the list in which each cell occurs as often as it weighs, without the <paramref name="cut"/> smallest and the
    /// <paramref name="cut"/> largest entries.
    /// </summary>
    public double TrimmedMean(long total, long cut)
    {
        var sum = 0.0;
        var position = 0L;
        for (var cell = 0; cell < _weights.Length; cell++)
        {
            var next = position + _weights[cell];
            var kept = Math.Min(next, total - cut) - Math.Max(position, cut);
            if (kept > 0) sum += kept * _values[cell];
            position = next;
        }

        return sum / (total - 2 * cut);
    }
}
