using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Srpo.Games.Quadratic;

/// <summary>Mean equations as one full matrix.</summary>
internal sealed class DenseMeanSystem(Matrix<double> matrix, Vector<double> right, IReadOnlyList<int> dimensions) : MeanSystem
{
    private readonly LU<double> _factors = matrix.LU();

    public override Vector<double>[] Means()
    {
        var stacked = _factors.Solve(right);
        var means = new Vector<double>[dimensions.Count];
        for (int player = 0, at = 0; player < means.Length; at += dimensions[player++]) means[player] = stacked.SubVector(at, dimensions[player]);
        return means;
    }

    public override double Margin() => Matrices.Eigenvalues(-Matrices.Symmetric(matrix))[0];

    public override double Condition() => Matrices.OneNorm(matrix) * Matrices.OneNorm(_factors.Inverse());
}
