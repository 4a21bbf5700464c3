using System.Collections.Immutable;

namespace Srpo.Games.Continuation;

/// <summary>An equilibrium of a diagram, with the numbers that diagrams show; see <see cref="Finite.FiniteEquilibria"/> for all of them.</summary>
/// <param name="Tau">Risk aversion of all players.</param>
/// <param name="Strategies">[players][actions] mixed strategies.</param>
/// <param name="IsStable">Whether damped best response dynamics return to it, as in <see cref="Finite.FiniteEquilibrium"/>.</param>
/// <param name="Utilities">[players] expected utility, payoff minus private cost, nobody deviating.</param>
/// <param name="SharedReward">Expected shared reward; null if the payoffs are not shared.</param>
/// <param name="PrivateCosts">[players] expected private cost.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs.</param>
public sealed record DiagramPoint(
    double Tau,
    ImmutableArray<ImmutableArray<double>> Strategies,
    bool IsStable,
    ImmutableArray<double> Utilities,
    double? SharedReward,
    ImmutableArray<double> PrivateCosts,
    double FreeRiding);
