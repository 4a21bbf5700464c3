using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Srpo.Games.Quadratic;

/// <summary>
/// Any quadratic game. With n players of dimension d: one symmetric eigendecomposition of size (n-1) d per player at once, then per
/// tau one linear system of size n d; a game of total dimension N costs in the order of n N^3.
/// </summary>
internal sealed class DenseModel(QuadraticGame game, IReadOnlyList<Matrix<double>> covariances) : GaussianModel(covariances)
{
    private readonly View?[] _views = new View?[game.Players];

    public override MeanSystem Equations(IReadOnlyList<double> tau)
    {
        var total = game.TotalDimension;
        var matrix = Matrix<double>.Build.Dense(total, total);
        var right = Vector<double>.Build.Dense(total);
        for (int player = 0, at = 0; player < game.Players; player++)
        {
            var (own, others, constant) = Equation(player, tau[player]);
            var size = own.RowCount;
            matrix.SetSubMatrix(at, at, own);
            if (at > 0) matrix.SetSubMatrix(at, 0, others.SubMatrix(0, size, 0, at));
            if (at + size < total) matrix.SetSubMatrix(at, at + size, others.SubMatrix(0, size, at, total - size - at));
            right.SetSubVector(at, size, constant);
            at += size;
        }

        return new DenseMeanSystem(matrix, right, game.Dimensions);
    }

    public override Vector<double> BestMean(int player, double tau, IReadOnlyList<Vector<double>> means)
    {
        var (own, others, constant) = Equation(player, tau);
        return (-own).Cholesky().Solve((others * Matrices.Stack(means, player)) - constant);
    }

    public override double Utility(int player, IReadOnlyList<Vector<double>> means) => AtMean(player, means) - (0.5 * Omega(player).Sum());

    public override double RiskAdjusted(int player, double tau, IReadOnlyList<Vector<double>> means)
    {
        var blocks = game.Blocks(player);
        var others = Matrices.Stack(means, player);
        var slope = blocks.B.TransposeThisAndMultiply(means[player]) + blocks.OthersLinear + (blocks.D * others);
        var p = ViewOf(player).Directions.TransposeThisAndMultiply(slope);
        var weights = Weights(player, tau);
        return AtMean(player, means) - (0.5 * tau * p.PointwisePower(2).Zip(weights, (square, weight) => square * weight).Sum())
            + HalfLogDeterminant(player, tau);
    }

    protected override IReadOnlyList<double> Omega(int player) => ViewOf(player).Omega;

    /// <summary>X(m): utility with the others at their means, averaged over the own action.</summary>
    private double AtMean(int player, IReadOnlyList<Vector<double>> means)
    {
        var blocks = game.Blocks(player);
        return blocks.Evaluate(means[player], Matrices.Stack(means, player)) + (0.5 * Matrices.TraceOfProduct(blocks.A, Covariances[player]));
    }

    /// <summary>
    /// own mu_i + others m = constant, the best response's mean equation (A - tau B Lambda^-1 B^T) mu = -e - B Lambda^-1 (S^-1 m - tau d) of
    /// theory.md section 3.
    /// </summary>
    private (Matrix<double> Own, Matrix<double> Others, Vector<double> Constant) Equation(int player, double tau)
    {
        var blocks = game.Blocks(player);
        var view = ViewOf(player);
        var weighted = Matrices.ScaleColumns(view.Coupling, Weights(player, tau));
        return (
            blocks.A - (tau * weighted.TransposeAndMultiply(view.Coupling)),
            weighted * view.Coordinates,
            (tau * (weighted * view.Directions.TransposeThisAndMultiply(blocks.OthersLinear))) - blocks.OwnLinear);
    }

    private View ViewOf(int player) => _views[player] ??= new View(game.Blocks(player), [.. Covariances.Where((_, other) => other != player)]);

    /// <summary>What one player sees of the others.</summary>
    private sealed class View
    {
        public View(QuadraticUtility blocks, IReadOnlyList<Matrix<double>> others)
        {
            Matrix<double>[] factors = [.. others.Select(covariance => covariance.Cholesky().Factor)];
            var f = Matrices.BlockDiagonal(factors);
            var decomposition = Matrices.Symmetric(-f.TransposeThisAndMultiply(blocks.D) * f).Evd(Symmetricity.Symmetric);
            Omega = [.. decomposition.EigenValues.Select(value => Math.Max(0, value.Real))];
            Directions = f * decomposition.EigenVectors;
            Coupling = blocks.B * Directions;
            Coordinates = decomposition.EigenVectors.TransposeThisAndMultiply(Matrices.BlockDiagonal([.. factors.Select(factor => factor.Inverse())]));
        }

        public double[] Omega { get; }

        /// <summary>F V: S = Directions Directions^T.</summary>
        public Matrix<double> Directions { get; }

        /// <summary>B F V.</summary>
        public Matrix<double> Coupling { get; }

        /// <summary>V^T F^-1, the inverse of <see cref="Directions"/>.</summary>
        public Matrix<double> Coordinates { get; }
    }
}

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
