using System.Globalization;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>Rules for the parts of a quadratic game. Errors begin with the field, as in "A[0]: must be symmetric; ...".</summary>
internal static class QuadraticChecks
{
    /// <summary>Symmetry and semidefiniteness hold if they hold up to this times the largest entry.</summary>
    private const double Rounding = 1e-10;

    /// <summary>A definite matrix has no eigenvalue within this times its largest one of zero.</summary>
    private const double Definite = 1e-13;

    public static void Require(bool holds, string field, FormattableString rule)
    {
        if (!holds) throw new ArgumentException($"{field}: {rule.ToString(CultureInfo.InvariantCulture)}", field);
    }

    public static void Sized(Matrix<double> matrix, string field, int rows, int columns, string meaning)
    {
        Require(matrix is not null, field, $"is missing");
        Require(
            matrix!.RowCount == rows && matrix.ColumnCount == columns,
            field,
            $"must be {rows} x {columns} ({meaning}), not {matrix.RowCount} x {matrix.ColumnCount}");
        Require(matrix.Enumerate().All(double.IsFinite), field, $"must have finite entries");
    }

    public static void Sized(Vector<double> vector, string field, int count, string meaning)
    {
        Require(vector is not null, field, $"is missing");
        Require(vector!.Count == count, field, $"must have {count} entries ({meaning}), not {vector.Count}");
        Require(vector.All(double.IsFinite), field, $"must have finite entries");
    }

    public static void Symmetric(Matrix<double> matrix, string field)
    {
        Require(matrix.RowCount == matrix.ColumnCount, field, $"must be square, not {matrix.RowCount} x {matrix.ColumnCount}");
        Require(matrix.Enumerate().All(double.IsFinite), field, $"must have finite entries");
        var difference = Matrices.Scale(matrix - matrix.Transpose());
        Require(
            difference <= Rounding * Matrices.Scale(matrix),
            field,
            $"must be symmetric; entries across the diagonal differ by up to {difference:g6}. The utility only sees (X + X^T)/2: pass that");
    }

    public static void NegativeDefinite(Matrix<double> matrix, string field)
    {
        var values = Matrices.Eigenvalues(matrix);
        Require(values[^1] < -Definite * Math.Abs(values[0]), field, $"must be negative definite; its largest eigenvalue is {values[^1]:g6}");
    }

    public static void PositiveDefinite(Matrix<double> matrix, string field)
    {
        var values = Matrices.Eigenvalues(matrix);
        Require(values[0] > Definite * Math.Abs(values[^1]), field, $"must be positive definite; its smallest eigenvalue is {values[0]:g6}");
    }

    public static void PositiveSemidefinite(Matrix<double> matrix, string field)
    {
        var values = Matrices.Eigenvalues(matrix);
        Require(
            values[0] >= -Rounding * Matrices.Scale(matrix),
            field,
            $"must be positive semidefinite; its smallest eigenvalue is {values[0]:g6}");
    }

    /// <summary>Whole Hessian [[A, B], [B^T, D]]. One Cholesky factorisation; eigenvalues only for the message.</summary>
    public static void Concave(QuadraticUtility utility, int player)
    {
        var hessian = Hessian(utility);
        var slack = Matrix<double>.Build.DenseIdentity(hessian.RowCount) * (Rounding * Matrices.Scale(hessian));
        try
        {
            _ = (slack - hessian).Cholesky();
        }
        catch (ArgumentException)
        {
            var largest = Matrices.Eigenvalues(hessian)[^1];
            Require(
                false,
                $"D[{player}]",
                $"the whole Hessian [[A, B], [B^T, D]] of player {player} must be negative semidefinite; its largest eigenvalue is {largest:g6}");
        }
    }

    public static Matrix<double> Hessian(QuadraticUtility utility) => Matrix<double>.Build.DenseOfMatrixArray(new[,]
    {
        { utility.A, utility.B },
        { utility.B.Transpose(), utility.D },
    });
}
