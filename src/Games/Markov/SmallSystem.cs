namespace Srpo.Games.Markov;

/// <summary>Elimination with row exchanges in place, for systems of a few unknowns where a library would mostly allocate.</summary>
internal static class SmallSystem
{
    /// <summary>Solves A x = b.</summary>
    /// <param name="matrix">[n x n] A, row by row; destroyed. It must be regular.</param>
    /// <param name="right">[n] b, replaced by x.</param>
    internal static void Solve(Span<double> matrix, Span<double> right)
    {
        var n = right.Length;
        for (var column = 0; column < n; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < n; row++)
            {
                if (Math.Abs(matrix[(row * n) + column]) > Math.Abs(matrix[(pivot * n) + column])) pivot = row;
            }

            if (pivot != column)
            {
                for (var k = column; k < n; k++)
                    (matrix[(pivot * n) + k], matrix[(column * n) + k]) = (matrix[(column * n) + k], matrix[(pivot * n) + k]);
                (right[pivot], right[column]) = (right[column], right[pivot]);
            }

            for (var row = column + 1; row < n; row++)
            {
                var factor = matrix[(row * n) + column] / matrix[(column * n) + column];
                if (factor == 0) continue;
                for (var k = column + 1; k < n; k++) matrix[(row * n) + k] -= factor * matrix[(column * n) + k];
                right[row] -= factor * right[column];
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var k = row + 1; k < n; k++) right[row] -= matrix[(row * n) + k] * right[k];
            right[row] /= matrix[(row * n) + row];
        }
    }
}
