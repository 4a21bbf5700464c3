namespace Srpo.Games.Finite;

/// <summary>Free-riding: how unequally the players share the private costs (Qu et al., arXiv 2602.21515, section 4.2; theory.md section 2).</summary>
public static class FreeRiding
{
    /// <summary>
    /// The free-riding degree delta of a profile: |c^T pi_1 - c^T pi_2| with two players; with more, or with different costs, the largest
    /// difference of two players' expected private costs. In units of utility, at least 0.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="strategies">[players][actions], rows summing to 1.</param>
    /// <exception cref="ArgumentException">A row is no distribution over the player's actions; the message names it.</exception>
    public static double Degree(FiniteGame game, IReadOnlyList<double[]> strategies)
    {
        MixedProfile.Require(game, strategies);
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var player = 0; player < game.Players; player++)
        {
            var cost = 0.0;
            for (var action = 0; action < game.Actions[player]; action++) cost += game.Costs[player][action] * strategies[player][action];
            (least, most) = (Math.Min(least, cost), Math.Max(most, cost));
        }

        return most - least;
    }
}
