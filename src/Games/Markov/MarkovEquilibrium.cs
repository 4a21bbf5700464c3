using System.Collections.Immutable;

namespace Srpo.Games.Markov;

/// <summary>A risk-averse quantal response equilibrium of a Markov game, or the last profile of a search that did not converge.</summary>
/// <param name="Policies">[players] policies pi_i.</param>
/// <param name="Values">[players] risk-adjusted values, eps included, with the worst adversaries p*_i.</param>
/// <param name="Returns">What the profile earns when nobody deviates.</param>
/// <param name="Residual">Largest |pi_i(a|s) - BR_i(a|s)| over players, states and actions, BR_i the exact best response to the others.</param>
/// <param name="Iterations">Steps of the slow time scale.</param>
/// <param name="Converged">Whether the residual is within the tolerance.</param>
public sealed record MarkovEquilibrium(
    ImmutableArray<MarkovPolicy> Policies,
    ImmutableArray<RiskAdjustedValue> Values,
    MarkovReturns Returns,
    double Residual,
    int Iterations,
    bool Converged);

/// <summary>What a search from several profiles found.</summary>
/// <param name="Equilibria">The different equilibria in the order in which they were found; more may exist.</param>
/// <param name="Starts">Number of starts.</param>
/// <param name="Converged">How many of them led to an equilibrium.</param>
/// <param name="Closest">The profile with the smallest residual, an equilibrium or not.</param>
public sealed record MarkovSearch(ImmutableArray<MarkovEquilibrium> Equilibria, int Starts, int Converged, MarkovEquilibrium Closest);
