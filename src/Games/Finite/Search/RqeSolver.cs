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
