using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Srpo.Games.Quadratic;

/// <summary>
/// An aggregative game with matrices of the goal's dimension only. With T the sum of the others' covariances, Q = L L^T and
/// L^T T L = V diag(omega) V^T, Woodbury's identity gives Lambda^-1 summed over all pairs of others = (T^-1 - tau Q)^-1, and with
/// K = (Q^-1 - tau T)^-1 = L V diag(1/(1 - tau omega)) V^T L^T the mean equation becomes R mu_i = K (g - sum_j mu_j): risk
/// aversion acts as if the reward weighed K instead of Q. Costs in the order of n d^3 for n players of dimension d.
/// </summary>
internal sealed class AggregativeModel : GaussianModel
{
    private readonly AggregativeStructure _structure;
    private readonly double[][] _omega;
    private readonly Matrix<double>[] _directions;
    private readonly Cholesky<double>[] _costs;
    private readonly double _spread;

    public AggregativeModel(AggregativeStructure structure, IReadOnlyList<Matrix<double>> covariances)
        : base(covariances)
    {
        _structure = structure;
        var factor = structure.SharedQ.Cholesky().Factor;
        var total = covariances.Aggregate((sum, covariance) => sum + covariance);
        _spread = Matrices.TraceOfProduct(structure.SharedQ, total);
        _omega = new double[structure.Players][];
        _directions = new Matrix<double>[structure.Players];
        _costs = new Cholesky<double>[structure.Players];
        for (var player = 0; player < structure.Players; player++)
        {
            var others = total - covariances[player];
            var decomposition = Matrices.Symmetric(factor.TransposeThisAndMultiply(others) * factor).Evd(Symmetricity.Symmetric);
            _omega[player] = [.. decomposition.EigenValues.Select(value => Math.Max(0, value.Real))];
            _directions[player] = factor * decomposition.EigenVectors;
            _costs[player] = structure.SharedR(player).Cholesky();
        }
    }

    public override MeanSystem Equations(IReadOnlyList<double> tau)
    {
        Matrix<double>[] weights = [.. Enumerable.Range(0, _structure.Players).Select(player => Weight(player, tau[player]))];
        return new AggregativeMeanSystem(_structure, weights, _costs);
    }

    public override Vector<double> BestMean(int player, double tau, IReadOnlyList<Vector<double>> means)
    {
        var weight = Weight(player, tau);
        return (weight + _structure.SharedR(player)).Cholesky().Solve(weight * (Gap(means) + means[player]));
    }

    public override double Utility(int player, IReadOnlyList<Vector<double>> means)
    {
        var gap = Gap(means);
        return (-0.5 * (gap * (_structure.SharedQ * gap))) - (0.5 * _spread) - Cost(player, means);
    }

    public override double RiskAdjusted(int player, double tau, IReadOnlyList<Vector<double>> means)
    {
        var gap = Gap(means);
        return (-0.5 * (gap * (Weight(player, tau) * gap)))
            - (0.5 * Matrices.TraceOfProduct(_structure.SharedQ, Covariances[player]))
            - Cost(player, means)
            + HalfLogDeterminant(player, tau);
    }

    protected override IReadOnlyList<double> Omega(int player) => _omega[player];

    /// <summary>K_i = (Q^-1 - tau T_i)^-1.</summary>
    private Matrix<double> Weight(int player, double tau) => Matrices.Sandwich(_directions[player], Weights(player, tau));

    private Vector<double> Gap(IReadOnlyList<Vector<double>> means) => means.Aggregate(_structure.Goal, (gap, mean) => gap - mean);

    private double Cost(int player, IReadOnlyList<Vector<double>> means) =>
        new QuadraticCost(_structure.SharedR(player)).Expected(means[player], Covariances[player]);
}

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

/// <summary>
/// Smallest eigenvalue of the symmetric matrix with blocks delta_ij R_i + (K_i + K_j)/2, of size n d, from matrices of size 2 d.
/// </summary>
/// <remarks>
/// The matrix is blockdiag(R_i) + U C U^T with U = [K, 1 kron I], C = 1/2 [[0, I], [I, 0]]. By Haynsworth's inertia additivity the
/// number of its eigenvalues below x is that of the R_i plus the number of positive eigenvalues of
/// C^-1 + U^T (blockdiag(R_i) - x)^-1 U minus d. Bisection on x.
/// </remarks>
internal sealed class BorderedSpectrum
{
    private readonly int _dimension;
    private readonly double[] _poles;
    private readonly Matrix<double> _border;
    private readonly double _low;
    private readonly double _high;

    public BorderedSpectrum(AggregativeStructure structure, IReadOnlyList<Matrix<double>> weights)
    {
        _dimension = structure.Dimension;
        _poles = new double[structure.Players * _dimension];
        _border = Matrix<double>.Build.Dense(_poles.Length, 2 * _dimension);
        var square = 0.0;
        _high = double.PositiveInfinity;
        for (var player = 0; player < structure.Players; player++)
        {
            var decomposition = structure.SharedR(player).Evd(Symmetricity.Symmetric);
            var at = player * _dimension;
            for (var axis = 0; axis < _dimension; axis++) _poles[at + axis] = decomposition.EigenValues[axis].Real;
            var axes = decomposition.EigenVectors.Transpose();
            _border.SetSubMatrix(at, 0, axes * weights[player]);
            _border.SetSubMatrix(at, _dimension, axes);
            square += Math.Pow(weights[player].FrobeniusNorm(), 2);

            // A diagonal block's smallest eigenvalue is not below the whole matrix's.
            _high = Math.Min(_high, Matrices.Eigenvalues(Matrices.Symmetric(structure.SharedR(player) + weights[player]))[0]);
        }

        // The second term's norm is at most |K| |1 kron I|.
        _low = Math.Min(_poles.Min(), _high) - Math.Sqrt(square * structure.Players);
    }

    public double Smallest()
    {
        var (low, high) = (_low, _high);
        var resolution = 1e-16 * Math.Max(Math.Abs(low), Math.Abs(high));
        while (high - low > Math.Max(resolution, 1e-13 * Math.Max(Math.Abs(low), Math.Abs(high))))
        {
            var middle = 0.5 * (low + high);
            if (CountBelow(middle) > 0) high = middle;
            else low = middle;
        }

        return 0.5 * (low + high);
    }

    private int CountBelow(double x)
    {
        var inverse = new double[_poles.Length];
        var below = 0;
        for (var pole = 0; pole < inverse.Length; pole++)
        {
            var distance = _poles[pole] - x;
            if (distance < 0) below++;
            // Exactly on a pole: a step aside by rounding, which bisection does not notice.
            inverse[pole] = 1 / (distance == 0 ? 1e-16 * _poles[pole] : distance);
        }

        var weighted = Matrix<double>.Build.Dense(_border.RowCount, _border.ColumnCount, (row, column) => _border[row, column] * inverse[row]);
        var inner = Matrices.Symmetric(_border.TransposeThisAndMultiply(weighted));
        for (var axis = 0; axis < _dimension; axis++)
        {
            inner[axis, _dimension + axis] += 2;
            inner[_dimension + axis, axis] += 2;
        }

        return below + Matrices.Eigenvalues(inner).Count(value => value > 0) - _dimension;
    }
}
