using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>What the adversary's numerical minimisation over p came to (equation (1) of Qu et al., arXiv 2602.21515).</summary>
/// <param name="Value">E_p[X] + KL(p || pi_-i) / tau at the p found.</param>
/// <param name="Adversary">[joint actions of the others] the p found.</param>
/// <param name="Gap">Upper bound of how far the value lies above the minimum (Frank-Wolfe gap).</param>
/// <param name="Iterations">Steps taken.</param>
public sealed record AdversaryMinimum(double Value, ImmutableArray<double> Adversary, double Gap, int Iterations);
