using System.Collections.Immutable;

namespace Srpo.Games.Finite.Search;

/// <summary>All RQE of a finite game by the best method for its size.</summary>
public static class RqeSolver
{
    /// <summary>All equilibria: <see cref="TwoByTwoSolver"/>, which is complete, for 2x2 games, else <see cref="MultiStartSolver"/>.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    /// <param name="options">For the search from many starts; null for the defaults.</param>
    /// <exception cref="ArgumentException">The profile is for another number of players, or an option is out of range.</exception>
    public static RqeSearch FindAll(FiniteGame game, RiskProfile risk, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        if (game.Players != 2 || game.Actions[0] != 2 || game.Actions[1] != 2) return MultiStartSolver.FindAll(game, risk, options);
        var found = TwoByTwoSolver.FindAll(game, risk);
        var hits = ImmutableArray.CreateRange(Enumerable.Repeat(1, found.Count));
        // In a 2x2 game the index is 1 exactly for the stable ones.
        return new RqeSearch([.. found], hits, 0, 0, found.Sum(equilibrium => equilibrium.IsStable ? 1 : -1), true);
    }
}

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
