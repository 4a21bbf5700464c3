using System.Collections.Immutable;

namespace Srpo.Core.Results;

/// <summary>
/// The mixed strategies that a team learned in a game with one state, beside the nearest risk-averse quantal response equilibrium that
/// the solver names.
/// </summary>
/// <param name="Method">The population's key.</param>
/// <param name="Team">The training run.</param>
/// <param name="Tau">Risk aversion it trained with; 0 for training without adversaries.</param>
/// <param name="Epsilon">Bounded rationality it trained with: the weight of the entropy bonus.</param>
/// <param name="Strategies">[seats][actions] learned probabilities.</param>
/// <param name="PrivateCosts">[seats] expected private cost of the learned strategies.</param>
/// <param name="Nearest">[seats][actions] the nearest equilibrium.</param>
/// <param name="NearestCosts">[seats] expected private cost there.</param>
/// <param name="NearestIsStable">Whether best response dynamics return to that equilibrium; null where that is not decided, as on a bifurcation.</param>
/// <param name="Distance">Largest difference of a learned probability from the nearest equilibrium's.</param>
public sealed record LearnedStrategies(
    string Method,
    int Team,
    double Tau,
    double Epsilon,
    ImmutableArray<ImmutableArray<double>> Strategies,
    ImmutableArray<double> PrivateCosts,
    ImmutableArray<ImmutableArray<double>> Nearest,
    ImmutableArray<double> NearestCosts,
    bool? NearestIsStable,
    double Distance)
{
    /// <summary>Free-riding degree of the learned strategies: largest difference of two seats' expected private costs.</summary>
    public double FreeRiding => PrivateCosts.Max() - PrivateCosts.Min();

    /// <summary>Free-riding degree of the nearest equilibrium.</summary>
    public double NearestFreeRiding => NearestCosts.Max() - NearestCosts.Min();
}

/// <summary>The learned strategies of a population held against the equilibria, in key numbers.</summary>
/// <param name="Method">The population's key.</param>
/// <param name="Tau">Risk aversion it trained with.</param>
/// <param name="Epsilon">Bounded rationality it trained with.</param>
/// <param name="Runs">Number of teams.</param>
/// <param name="MeanDistance">Mean over teams of the distance to the nearest equilibrium.</param>
/// <param name="LargestDistance">The largest of them.</param>
/// <param name="FreeRiding">Mean over teams of the learned free-riding degree.</param>
/// <param name="EquilibriumFreeRiding">Mean over teams of the nearest equilibria's.</param>
public sealed record EquilibriumSummary(
    string Method, double Tau, double Epsilon, int Runs, double MeanDistance, double LargestDistance, double FreeRiding, double EquilibriumFreeRiding);
