using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>
/// A maximin strategy: the best worst case of a player over all joint (also correlated) strategies of the others, the limit tau -> infinity of
/// equation (1) of Qu et al. (arXiv 2602.21515, section 3) without bounded rationality. With two players it is the Nash strategy of the
/// zero-sum game against the other; with more, against all others acting as one.
/// </summary>
/// <param name="Strategy">[actions] a maximin strategy; there may be others of the same value.</param>
/// <param name="Value">The utility (payoff minus private cost) that it secures.</param>
/// <param name="Adversary">[joint actions of the others] a joint strategy that lets her get no more than the value.</param>
public sealed record SecurityStrategy(ImmutableArray<double> Strategy, double Value, ImmutableArray<double> Adversary)
{
    /// <summary>Finds one by linear programming (a dense simplex method; exact up to rounding).</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <exception cref="ArgumentException">There is no such player.</exception>
    public static SecurityStrategy Find(FiniteGame game, int player)
    {
        MixedProfile.RequirePlayer(game, player);
        var (strategy, value, adversary) = ZeroSumSimplex.Solve(MixedProfile.Matrix(game, player), game.Actions[player]);
        return new SecurityStrategy([.. strategy], value, [.. adversary]);
    }
}
