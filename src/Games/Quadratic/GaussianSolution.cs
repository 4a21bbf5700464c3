using System.Collections.Immutable;

namespace Srpo.Games.Quadratic;

/// <summary>The Gaussian RQE of a quadratic game, the taus for which there is one, and how certain it is that there is only this one.</summary>
/// <remarks>
/// X is quadratic in the player's own action, so among strategies of one mean the best is Gaussian with covariance
/// eps_i (-A_i)^-1 whatever the others play: every RQE is Gaussian, and uniqueness here is uniqueness among all strategies.
/// </remarks>
/// <param name="Equilibrium">The equilibrium.</param>
/// <param name="LargestAdmissibleTau">
/// [players] the tau_i that condition (14) excludes, and all above it, at this epsilon; infinite if the others' actions cannot hurt in
/// second order (D = 0).
/// </param>
/// <param name="Margin">
/// Smallest eigenvalue of the symmetric part of the negated matrix of the stacked mean equations (theory.md section 3), in units of
/// utility per squared unit of action. Above 0 the matrix is definite, which is enough for uniqueness, not necessary.
/// </param>
/// <param name="Condition">Condition number of that matrix in the 1-norm, at least 1.</param>
public sealed record GaussianSolution(
    GaussianEquilibrium Equilibrium,
    ImmutableArray<double> LargestAdmissibleTau,
    double Margin,
    double Condition)
{
    /// <summary>The <see cref="Condition"/> from which a matrix counts as singular: a handful of digits above the rounding of doubles.</summary>
    public const double SingularCondition = 1e13;

    /// <summary>The tau from which condition (14) fails for some player when all players share tau.</summary>
    public double LargestCommonTau => LargestAdmissibleTau.Min();

    /// <summary>Whether the equilibrium is the only one: the matrix of the mean equations is not singular to rounding.</summary>
    public bool IsUnique => Condition < SingularCondition;
}
