using System.Collections.Immutable;

namespace Srpo.Games.Continuation;

/// <summary>A bifurcation of equilibria in tau (arXiv 2602.21515, figure 1).</summary>
/// <param name="Tau">Where, for regular bifurcations to about 1e-8.</param>
/// <param name="Kind">What happens there.</param>
/// <param name="Strategies">[players][actions] the equilibrium at which it happens.</param>
public sealed record Bifurcation(double Tau, BifurcationKind Kind, ImmutableArray<ImmutableArray<double>> Strategies);
