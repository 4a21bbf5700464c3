using System.Collections.Immutable;

namespace Srpo.Games.Finite.Search;

/// <summary>All RQE of a finite game by the best method for its size.</summary>
public static class RqeSolver
{
    /// <summary>All equilibria: <see cref="TwoByTwoSolver"/>, which proves that there are no others, for 2x2 games, else <see cref="MultiStartSolver"/>.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    /// <param name="options">For the search from many starts; null for the defaults.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Equilibria within the tolerances of <see cref="SolverLimits"/>, at least one.</returns>
    /// <exception cref="ArgumentException">
    /// The profile is for another number of players, an option is out of range, or doubles cannot hold the game's equilibria.
    /// </exception>
    /// <exception cref="NoEquilibriumException">None was found, though every game has one.</exception>
    public static RqeSearch FindAll(FiniteGame game, RiskProfile risk, SearchOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        if (game.Players != 2 || game.Actions[0] != 2 || game.Actions[1] != 2) return MultiStartSolver.FindAll(game, risk, options, cancellation);
        var all = TwoByTwoSolver.FindAll(game, risk, out var proof, out var indexSum, cancellation);
        var tolerance = SolverLimits.LogTolerance(game, risk);
        FiniteEquilibrium[] found = [.. all.Where(one => FiniteEquilibria.IsProved(one, tolerance))];
        if (found.Length == 0) throw new NoEquilibriumException(game, risk, 0);
        return new RqeSearch([.. found], [.. Enumerable.Repeat(1, found.Length)], 0, 0, indexSum, found.Length == all.Count ? proof : CompletenessProof.None);
    }
}

/// <summary>No equilibrium was found, though every game has one: the search failed.</summary>
public sealed class NoEquilibriumException : InvalidOperationException
{
    /// <summary>Says for which game.</summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    /// <param name="starts">Number of starts; 0 where that is no choice.</param>
    public NoEquilibriumException(FiniteGame game, RiskProfile risk, int starts)
        : base($"'{game?.Name}': no equilibrium was found at {risk}, though every game has one; "
            + (starts > 0 ? $"take more than {starts} starts, or " : "take ") + "a larger epsilon or a smaller tau")
    {
    }
}

/// <summary>What a search for all RQE of a finite game found.</summary>
/// <param name="Equilibria">The equilibria, sorted by the strategies' entries, the first player's first, larger ones first.</param>
/// <param name="Hits">How often the search arrived at each of them; 1 each where it has no starts.</param>
/// <param name="Starts">Number of starting profiles; 0 where there are none.</param>
/// <param name="Converged">Number of starting profiles from which some equilibrium was reached.</param>
/// <param name="IndexSum">
/// Sum of the equilibria's indices, sign det(I - dBR). By the Lefschetz fixed point theorem it is 1 for all regular equilibria of a game
/// together: any other value proves that some are missing (or that two are just merging); 1 proves nothing.
/// </param>
/// <param name="Proof">What proves that there are no others.</param>
public sealed record RqeSearch(
    ImmutableArray<FiniteEquilibrium> Equilibria,
    ImmutableArray<int> Hits,
    int Starts,
    int Converged,
    int IndexSum,
    CompletenessProof Proof)
{
    /// <summary>Whether it is proved that there are no others.</summary>
    public bool IsComplete => Proof != CompletenessProof.None;
}
