namespace Srpo.Games.Finite;

/// <summary>Small dense linear systems without allocation.</summary>
internal static class DenseSolve
{
    /// <summary>Solves A x = b by elimination with partial pivoting; overwrites A (row by row) and puts x into b.</summary>
    /// <returns>Whether no pivot was zero or not a number; without that, b is meaningless.</returns>
    public static bool InPlace(Span<double> a, Span<double> b, int n)
    {
        for (var k = 0; k < n; k++)
        {
            var pivot = k;
            for (var i = k + 1; i < n; i++) pivot = Math.Abs(a[(i * n) + k]) > Math.Abs(a[(pivot * n) + k]) ? i : pivot;
            if (!(Math.Abs(a[(pivot * n) + k]) > 0)) return false;
            if (pivot != k)
            {
                for (var j = k; j < n; j++) (a[(k * n) + j], a[(pivot * n) + j]) = (a[(pivot * n) + j], a[(k * n) + j]);
                (b[k], b[pivot]) = (b[pivot], b[k]);
            }

            for (var i = k + 1; i < n; i++)
            {
                var factor = a[(i * n) + k] / a[(k * n) + k];
                for (var j = k + 1; j < n; j++) a[(i * n) + j] -= factor * a[(k * n) + j];
                b[i] -= factor * b[k];
            }
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < n; j++) b[i] -= a[(i * n) + j] * b[j];
            b[i] /= a[(i * n) + i];
        }

        return true;
    }
}
