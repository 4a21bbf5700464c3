using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games;

/// <summary>Stability of continuous damped best response dynamics d pi / dt = BR(pi) - pi at an equilibrium.</summary>
public static class Stability
{
    // Closer to 1 than this an eigenvalue (or a product of slopes) is on one side of it by rounding only.
    private const double Undecided = 1e-9;
    private const int BalancingSweeps = 20;

    /// <summary>Whether every eigenvalue of the derivative of the best responses has a real part below 1.</summary>
    /// <param name="jacobian">[n x n] d BR / d pi in any coordinates; zeros of directions that change nothing do no harm.</param>
    /// <returns>Null where that is not decided: an eigenvalue lies next to 1, as on a bifurcation, or they do not converge.</returns>
    public static bool? Of(Matrix<double> jacobian)
    {
        ArgumentNullException.ThrowIfNull(jacobian);
        var balanced = jacobian.Clone();
        Balance(balanced);
        var norm = balanced.Enumerate().Select(Math.Abs).DefaultIfEmpty(0).Max();
        if (!double.IsFinite(norm)) return null;
        try
        {
            var largest = norm == 0 ? 0 : balanced.Evd().EigenValues.Max(value => value.Real);
            // Eigenvalues are exact for a matrix that differs in its last digits.
            var margin = Undecided + (1e-13 * norm);
            return largest > 1 + margin ? false : largest < 1 - margin ? true : null;
        }
        catch (NonConvergenceException)
        {
            return null;
        }
    }

    /// <summary>The same for two players with two actions each, by the product of the slopes of their best responses.</summary>
    internal static bool? Of(double gain) => Math.Abs(1 - gain) <= Undecided ? null : gain < 1;

    /// <summary>Makes rows and columns alike by powers of two (Osborne), which changes no eigenvalue and makes them easier to find.</summary>
    private static void Balance(Matrix<double> matrix)
    {
        var size = matrix.RowCount;
        for (var (sweep, changed) = (0, true); sweep < BalancingSweeps && changed; sweep++)
        {
            changed = false;
            for (var i = 0; i < size; i++)
            {
                var (row, column) = (0.0, 0.0);
                for (var j = 0; j < size; j++)
                {
                    if (j == i) continue;
                    row += Math.Abs(matrix[i, j]);
                    column += Math.Abs(matrix[j, i]);
                }

                if (!(row > 0 && column > 0) || !double.IsFinite(row / column)) continue;
                var power = Math.Clamp((int)Math.Round(0.5 * Math.Log2(row / column)), -500, 500);
                if (power == 0) continue;
                var factor = Math.ScaleB(1, power);
                for (var j = 0; j < size; j++)
                {
                    matrix[i, j] /= factor;
                    matrix[j, i] *= factor;
                }

                changed = true;
            }
        }
    }
}
