using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>
/// A quadratic game among Gaussian strategies with fixed covariances: everything that does not depend on tau is computed once.
/// </summary>
/// <remarks>
/// With S = F F^T the covariance of the others and F^T (-D) F = V diag(omega) V^T, the matrix of condition (14) is
/// Lambda = F^-T V diag(1 - tau omega) V^T F^-1. So the condition reads tau max(omega) &lt; 1, and every tau only costs weights
/// 1 / (1 - tau omega) on fixed matrices.
/// </remarks>
internal abstract class GaussianModel(IReadOnlyList<Matrix<double>> covariances)
{
    private const double Rounding = 1e-13;

    /// <summary>[players] covariances of the strategies.</summary>
    public IReadOnlyList<Matrix<double>> Covariances { get; } = covariances;

    /// <summary>The model of a game: with its structure if it has one.</summary>
    public static GaussianModel For(QuadraticGame game, IReadOnlyList<Matrix<double>> covariances) => game.Aggregative is { } structure
        ? new AggregativeModel(structure, covariances)
        : new DenseModel(game, covariances);

    /// <summary>The model at the equilibrium covariances eps_i (-A_i)^-1, which do not depend on tau.</summary>
    public static GaussianModel For(QuadraticGame game, IReadOnlyList<double> epsilon) =>
        For(game, [.. Enumerable.Range(0, game.Players).Select(player => BestCovariance(game, player, epsilon[player]))]);

    /// <summary>eps_i (-A_i)^-1: maximises 1/2 tr(A Sigma) + eps times entropy.</summary>
    public static Matrix<double> BestCovariance(QuadraticGame game, int player, double epsilon)
    {
        var negated = game.Aggregative is { } structure ? structure.SharedQ + structure.SharedR(player) : -game.Blocks(player).A;
        return Matrices.Symmetric(negated.Cholesky().Solve(Matrix<double>.Build.DenseIdentity(negated.RowCount))) * epsilon;
    }

    /// <summary>Throws unless condition (14) holds for the player. A tau that meets the limit to rounding does not.</summary>
    public void RequireAdmissible(int player, double tau)
    {
        var largest = LargestTau(player);
        if (!(tau < largest * (1 - Rounding))) throw new RiskDomainException(player, tau, largest);
    }

    /// <summary>The tau from which condition (14) fails.</summary>
    public double LargestTau(int player)
    {
        var largest = Omega(player).Max();
        return largest > 0 ? 1 / largest : double.PositiveInfinity;
    }

    /// <summary>The stacked mean equations of all players.</summary>
    public abstract MeanSystem Equations(IReadOnlyList<double> tau);

    /// <summary>Mean of the best response to the other players' means.</summary>
    public abstract Vector<double> BestMean(int player, double tau, IReadOnlyList<Vector<double>> means);

    /// <summary>E[u_i].</summary>
    public abstract double Utility(int player, IReadOnlyList<Vector<double>> means);

    /// <summary>
    /// f_i of equation (1). X(m + z) = X(m) + p^T z + 1/2 z^T D z with z ~ N(0, S), so
    /// f = X(m) - tau/2 p^T Lambda^-1 p + 1/(2 tau) log det(I + tau S D).
    /// </summary>
    public abstract double RiskAdjusted(int player, double tau, IReadOnlyList<Vector<double>> means);

    /// <summary>Eigenvalues of F^T (-D) F that are not zero by structure; rounding below zero removed.</summary>
    protected abstract IReadOnlyList<double> Omega(int player);

    /// <summary>1 / (1 - tau omega).</summary>
    protected double[] Weights(int player, double tau) => [.. Omega(player).Select(omega => 1 / (1 - (tau * omega)))];

    /// <summary>1/(2 tau) log det(I + tau S D), at tau = 0 its limit 1/2 tr(S D).</summary>
    protected double HalfLogDeterminant(int player, double tau) =>
        Omega(player).Sum(omega => tau == 0 ? -0.5 * omega : Matrices.LogOnePlus(-tau * omega) / (2 * tau));
}

/// <summary>The mean equations of all players as one linear system M mu = b; with one player M would be her A.</summary>
internal abstract class MeanSystem
{
    /// <summary>[players] the means; not finite if the system is singular.</summary>
    public abstract Vector<double>[] Means();

    /// <summary>Smallest eigenvalue of the symmetric part of -M.</summary>
    public abstract double Margin();

    /// <summary>1-norm of M times 1-norm of its inverse; infinite or NaN if singular.</summary>
    public abstract double Condition();
}
