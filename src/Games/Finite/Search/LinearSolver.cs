namespace Srpo.Games.Finite.Search;

/// <summary>
/// LU decomposition with partial pivoting in buffers that are used again: the equations have 4 to some hundred unknowns
/// and are solved tens of thousands of times, where a library's allocations would dominate.
/// </summary>
internal sealed class LinearSolver(int size)
{
    private readonly double[] _lu = new double[size * size];
    private readonly int[] _pivots = new int[size];
    private readonly double[] _column = new double[size];

    /// <summary>Number of unknowns.</summary>
    public int Size => size;

    /// <summary>Sign of the determinant: -1, 0 or 1.</summary>
    public int DeterminantSign { get; private set; }

    /// <summary>Logarithm of the determinant's absolute value.</summary>
    public double LogDeterminant { get; private set; }

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">[size x size] row by row; left as it is.</param>
    /// <returns>Whether it is regular; if not, nothing can be solved.</returns>
    public bool Factor(ReadOnlySpan<double> matrix)
    {
        matrix.CopyTo(_lu);
        DeterminantSign = 1;
        LogDeterminant = 0;
        for (var k = 0; k < size; k++)
        {
            var pivot = k;
            var largest = Math.Abs(_lu[(k * size) + k]);
            for (var i = k + 1; i < size; i++)
            {
                var value = Math.Abs(_lu[(i * size) + k]);
                if (value > largest) (largest, pivot) = (value, i);
            }

            if (!(largest > 0 && double.IsFinite(largest)))
            {
                DeterminantSign = 0;
                LogDeterminant = double.NegativeInfinity;
                return false;
            }

            _pivots[k] = pivot;
            if (pivot != k)
            {
                SwapRows(k, pivot);
                DeterminantSign = -DeterminantSign;
            }

            var diagonal = _lu[(k * size) + k];
            if (diagonal < 0) DeterminantSign = -DeterminantSign;
            LogDeterminant += Math.Log(largest);
            var source = _lu.AsSpan((k * size) + k + 1, size - k - 1);
            for (var i = k + 1; i < size; i++)
            {
                var factor = _lu[(i * size) + k] / diagonal;
                if (factor == 0) continue;
                _lu[(i * size) + k] = factor;
                Vectors.AddScaled(_lu.AsSpan((i * size) + k + 1, size - k - 1), -factor, source);
            }
        }

        return true;
    }

    /// <summary>Solves matrix * x = right in place.</summary>
    /// <param name="right">[size]; holds the solution afterwards.</param>
    public void Solve(Span<double> right)
    {
        for (var k = 0; k < size; k++)
        {
            var pivot = _pivots[k];
            if (pivot != k) (right[k], right[pivot]) = (right[pivot], right[k]);
        }

        for (var i = 1; i < size; i++) right[i] -= Vectors.Dot(_lu.AsSpan(i * size, i), right);
        for (var i = size - 1; i >= 0; i--)
            right[i] = (right[i] - Vectors.Dot(_lu.AsSpan((i * size) + i + 1, size - i - 1), right[(i + 1)..])) / _lu[(i * size) + i];
    }

    /// <summary>Solves transposed matrix * x = right in place.</summary>
    /// <param name="right">[size]; holds the solution afterwards.</param>
    public void SolveTransposed(Span<double> right)
    {
        right.CopyTo(_column);
        for (var i = 0; i < size; i++)
        {
            _column[i] /= _lu[(i * size) + i];
            Vectors.AddScaled(_column.AsSpan(i + 1), -_column[i], _lu.AsSpan((i * size) + i + 1, size - i - 1));
        }

        for (var i = size - 1; i > 0; i--) Vectors.AddScaled(_column.AsSpan(0, i), -_column[i], _lu.AsSpan(i * size, i));
        for (var k = size - 1; k >= 0; k--)
        {
            var pivot = _pivots[k];
            if (pivot != k) (_column[k], _column[pivot]) = (_column[pivot], _column[k]);
        }

        _column.CopyTo(right);
    }

    private void SwapRows(int first, int second)
    {
        var top = _lu.AsSpan(first * size, size);
        var bottom = _lu.AsSpan(second * size, size);
        for (var j = 0; j < size; j++) (top[j], bottom[j]) = (bottom[j], top[j]);
    }
}
