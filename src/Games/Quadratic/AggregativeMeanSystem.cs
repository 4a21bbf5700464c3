using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Srpo.Games.Quadratic;

/// <summary>
/// Mean equations R_i mu_i + K_i sum_j mu_j = K_i g of an aggregative game: -M = blockdiag(R_i) + K [I..I] with K the column of the K_i.
/// Everything comes down to the matrix I + H, H = sum_i R_i^-1 K_i, of the goal's dimension.
/// </summary>
internal sealed class AggregativeMeanSystem : MeanSystem
{
    private readonly AggregativeStructure _structure;
    private readonly Matrix<double>[] _weights;
    private readonly Matrix<double>[] _responses;
    private readonly Cholesky<double>[] _costs;
    private readonly LU<double> _gap;

    public AggregativeMeanSystem(AggregativeStructure structure, Matrix<double>[] weights, Cholesky<double>[] costs)
    {
        _structure = structure;
        _weights = weights;
        _costs = costs;
        _responses = [.. weights.Zip(costs, (weight, cost) => cost.Solve(weight))];
        _gap = _responses.Aggregate(Matrix<double>.Build.DenseIdentity(structure.Dimension), (sum, response) => sum + response).LU();
    }

    public override Vector<double>[] Means()
    {
        // g - sum_j mu_j = (I + H)^-1 g.
        var gap = _gap.Solve(_structure.SharedGoal);
        return [.. _responses.Select(response => response * gap)];
    }

    public override double Margin() => new BorderedSpectrum(_structure, _weights).Smallest();

    public override double Condition()
    {
        // Woodbury: (-M)^-1 has the blocks delta_ij R_i^-1 - R_i^-1 K_i (I + H)^-1 R_j^-1.
        var size = _structure.Dimension;
        var stacked = Matrix<double>.Build.Dense(_structure.Players * size, size);
        for (var player = 0; player < _responses.Length; player++) stacked.SetSubMatrix(player * size, 0, _responses[player]);
        var spread = -stacked * _gap.Inverse();
        var weightSums = _weights.Aggregate(new double[size], (sums, weight) => [.. sums.Zip(weight.ColumnNorms(1), (a, b) => a + b)]);
        var (norm, inverseNorm) = (0.0, 0.0);
        for (var player = 0; player < _responses.Length; player++)
        {
            var own = _structure.SharedR(player);
            var correction = (own + _weights[player]).ColumnNorms(1) - _weights[player].ColumnNorms(1);
            norm = Math.Max(norm, weightSums.Zip(correction, (sum, change) => sum + change).Max());
            var inverse = _costs[player].Solve(Matrix<double>.Build.DenseIdentity(size));
            var column = spread * inverse;
            column.SetSubMatrix(player * size, 0, column.SubMatrix(player * size, size, 0, size) + inverse);
            inverseNorm = Math.Max(inverseNorm, Matrices.OneNorm(column));
        }

        return norm * inverseNorm;
    }
}
