using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>A Gaussian mixed strategy of a player with continuous actions.</summary>
/// <param name="Mean">[own dimension], in units of actions.</param>
/// <param name="Covariance">[own dimension x own dimension] symmetric, positive definite, in squared units of actions.</param>
public sealed record GaussianStrategy(Vector<double> Mean, Matrix<double> Covariance)
{
    /// <summary>Differential entropy in nats: 1/2 log det(2 pi e Covariance).</summary>
    public double Entropy => (0.5 * Mean.Count * Math.Log(2 * Math.PI * Math.E)) + (0.5 * Covariance.Cholesky().DeterminantLn);
}
