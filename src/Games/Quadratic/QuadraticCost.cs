using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>Private cost of a player in a quadratic game: c_i(a) = 1/2 a^T R a + r^T a (Qu et al., arXiv 2602.21515, section 4.1, without r).</summary>
/// <param name="R">[own dimension x own dimension] symmetric, positive semidefinite, in units of utility per squared unit of action.</param>
/// <param name="Linear">[own dimension] r, in units of utility per unit of action; null for none.</param>
public sealed record QuadraticCost(Matrix<double> R, Vector<double>? Linear = null)
{
    internal QuadraticCost Copy() => new(R.Clone(), Linear?.Clone());

    /// <summary>E[c_i] if a is Gaussian.</summary>
    internal double Expected(Vector<double> mean, Matrix<double> covariance) =>
        (0.5 * (mean * (R * mean))) + (0.5 * Matrices.TraceOfProduct(R, covariance)) + (Linear is null ? 0 : Linear * mean);
}
