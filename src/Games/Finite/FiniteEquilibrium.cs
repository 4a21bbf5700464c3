using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>A risk-averse quantal response equilibrium of a finite game with what it means for the players.</summary>
/// <param name="Strategies">[players][actions] mixed strategies pi_i; every row sums to 1.</param>
/// <param name="Adversaries">[players][joint actions of the others] p*_i, the minimiser of equation (1).</param>
/// <param name="Utilities">[players] expected utility E[u_i] of the profile (payoff minus private cost, nobody deviating).</param>
/// <param name="RiskAdjusted">[players] f_i of equation (1).</param>
/// <param name="Objectives">[players] f_i^eps = f_i - eps_i nu(pi_i), what every player maximises.</param>
/// <param name="SharedReward">Expected shared reward; null if the payoffs are not shared.</param>
/// <param name="PrivateCosts">[players] expected private cost.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs: |c^T pi_1 - c^T pi_2| with two players.</param>
/// <param name="Residual">Largest |pi_i(a) - BR_i(pi_-i)(a)| over players and actions.</param>
/// <param name="IsStable">Whether damped best response dynamics return to it after a small disturbance.</param>
public sealed record FiniteEquilibrium(
    ImmutableArray<ImmutableArray<double>> Strategies,
    ImmutableArray<ImmutableArray<double>> Adversaries,
    ImmutableArray<double> Utilities,
    ImmutableArray<double> RiskAdjusted,
    ImmutableArray<double> Objectives,
    double? SharedReward,
    ImmutableArray<double> PrivateCosts,
    double FreeRiding,
    double Residual,
    bool IsStable);
