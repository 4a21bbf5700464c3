using System.Globalization;

namespace Srpo.Games.Quadratic;

/// <summary>
/// A player is so risk averse that condition (14) of Qu et al. (arXiv 2602.21515) fails: S^-1 + tau D is not positive definite, and
/// the risk is minus infinity whatever she does.
/// </summary>
public sealed class RiskDomainException : ArgumentException
{
    /// <summary>Makes the exception; the message names tau, the player, the condition and the largest admissible tau.</summary>
    /// <param name="player">From 0.</param>
    /// <param name="tau">Her risk aversion.</param>
    /// <param name="largestAdmissibleTau">The tau it must stay below.</param>
    public RiskDomainException(int player, double tau, double largestAdmissibleTau)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"tau of player {player}: {tau} violates condition (14), the risk is minus infinity; must be below {largestAdmissibleTau:g10} (smaller epsilons of the other players allow more)"))
    {
        Player = player;
        Tau = tau;
        LargestAdmissibleTau = largestAdmissibleTau;
    }

    /// <summary>The player, from 0.</summary>
    public int Player { get; }

    /// <summary>Her risk aversion.</summary>
    public double Tau { get; }

    /// <summary>The tau it must stay below.</summary>
    public double LargestAdmissibleTau { get; }
}
