using System.Collections.Immutable;

namespace Srpo.Games.Finite.Search;

/// <summary>What a search for all RQE of a finite game found.</summary>
/// <param name="Equilibria">The equilibria, sorted by the strategies' entries, the first player's first, larger ones first.</param>
/// <param name="Hits">How often the search arrived at each of them; 1 each for complete methods.</param>
/// <param name="Starts">Number of starting profiles; 0 for complete methods.</param>
/// <param name="Converged">Number of starting profiles from which some equilibrium was reached.</param>
/// <param name="IndexSum">
/// Sum of the equilibria's indices, sign det(I - dBR). By the Lefschetz fixed point theorem it is 1 for all regular equilibria of a game
/// together: any other value proves that some are missing (or that two are just merging); 1 proves nothing.
/// </param>
/// <param name="IsComplete">Whether the method guarantees that there are no others.</param>
public sealed record RqeSearch(
    ImmutableArray<FiniteEquilibrium> Equilibria,
    ImmutableArray<int> Hits,
    int Starts,
    int Converged,
    int IndexSum,
    bool IsComplete);
