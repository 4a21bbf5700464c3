using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>A Nash equilibrium: tau = eps = 0 in the terms of Qu et al. (arXiv 2602.21515, section 3).</summary>
/// <param name="Strategies">[players][actions] mixed strategies.</param>
/// <param name="Utilities">[players] expected utilities: payoff minus private cost.</param>
public sealed record NashEquilibrium(ImmutableArray<ImmutableArray<double>> Strategies, ImmutableArray<double> Utilities);
