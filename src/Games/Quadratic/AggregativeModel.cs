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
