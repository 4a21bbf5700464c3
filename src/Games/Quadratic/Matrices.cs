using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>Small helpers around MathNet's matrices.</summary>
internal static class Matrices
{
    /// <summary>tr(X Y) without forming the product.</summary>
    public static double TraceOfProduct(Matrix<double> x, Matrix<double> y)
    {
        var sum = 0.0;
        for (var row = 0; row < x.RowCount; row++)
        {
            for (var column = 0; column < x.ColumnCount; column++) sum += x[row, column] * y[column, row];
        }

        return sum;
    }

    /// <summary>(X + X^T) / 2: removes the asymmetry that rounding leaves.</summary>
    public static Matrix<double> Symmetric(Matrix<double> x) => (x + x.Transpose()) * 0.5;

    /// <summary>Eigenvalues of a symmetric matrix, ascending.</summary>
    public static double[] Eigenvalues(Matrix<double> symmetric)
    {
        var values = symmetric.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).ToArray();
        Array.Sort(values);
        return values;
    }

    /// <summary>Largest absolute entry; 0 of an empty matrix.</summary>
    public static double Scale(Matrix<double> x) => x.Enumerate().Aggregate(0.0, (most, value) => Math.Max(most, Math.Abs(value)));

    /// <summary>Writes blocks on the diagonal, zeros elsewhere.</summary>
    public static Matrix<double> BlockDiagonal(IReadOnlyList<Matrix<double>> blocks)
    {
        var size = blocks.Sum(block => block.RowCount);
        var whole = Matrix<double>.Build.Dense(size, size);
        var at = 0;
        foreach (var block in blocks)
        {
            whole.SetSubMatrix(at, at, block);
            at += block.RowCount;
        }

        return whole;
    }

    /// <summary>One vector after the other, without the one of a player (-1: all).</summary>
    public static Vector<double> Stack(IReadOnlyList<Vector<double>> vectors, int leaveOut = -1) =>
        Vector<double>.Build.DenseOfEnumerable(vectors.Where((_, index) => index != leaveOut).SelectMany(vector => vector));

    /// <summary>X diag(weights) X^T.</summary>
    public static Matrix<double> Sandwich(Matrix<double> x, IReadOnlyList<double> weights) => ScaleColumns(x, weights).TransposeAndMultiply(x);

    /// <summary>X diag(weights).</summary>
    public static Matrix<double> ScaleColumns(Matrix<double> x, IReadOnlyList<double> weights) =>
        Matrix<double>.Build.Dense(x.RowCount, x.ColumnCount, (row, column) => x[row, column] * weights[column]);

    /// <summary>log(1 + x), accurate also near 0 (Kahan's correction).</summary>
    public static double LogOnePlus(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : Math.Log(u) * x / (u - 1);
    }

    /// <summary>Largest absolute column sum: the operator norm in the 1-norm.</summary>
    public static double OneNorm(Matrix<double> x) => x.ColumnNorms(1).Maximum();
}
