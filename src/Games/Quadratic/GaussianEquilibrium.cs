using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>A Gaussian RQE of a quadratic game (theory.md section 3; Qu et al., arXiv 2602.21515, section 4.1) with what it means for the players.</summary>
/// <param name="Means">[players] mean of pi_i, [own dimension].</param>
/// <param name="Covariances">[players] covariance of pi_i: eps_i (-A_i)^-1, [own dimension x own dimension].</param>
/// <param name="Utilities">[players] expected utility E[u_i] of the profile (reward minus private cost, nobody deviating).</param>
/// <param name="RiskAdjusted">[players] f_i of equation (1): -(1/tau_i) log E[exp(-tau_i X)].</param>
/// <param name="Objectives">[players] f_i + eps_i times the differential entropy of pi_i in nats, what every player maximises.</param>
/// <param name="SharedReward">Expected shared reward; null if the u_i + c_i are not one function.</param>
/// <param name="PrivateCosts">[players] expected private cost E[c_i]; 0 without private costs.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs.</param>
/// <param name="Residual">Largest difference, in units of actions, of an entry of a mean from the best response to the other players.</param>
public sealed record GaussianEquilibrium(
    ImmutableArray<Vector<double>> Means,
    ImmutableArray<Matrix<double>> Covariances,
    ImmutableArray<double> Utilities,
    ImmutableArray<double> RiskAdjusted,
    ImmutableArray<double> Objectives,
    double? SharedReward,
    ImmutableArray<double> PrivateCosts,
    double FreeRiding,
    double Residual)
{
    /// <summary>[players] the mixed strategies pi_i.</summary>
    public ImmutableArray<GaussianStrategy> Strategies => [.. Means.Zip(Covariances, (mean, covariance) => new GaussianStrategy(mean, covariance))];
}
