using System.Globalization;

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

/// <summary>
/// Theorem 4.2 of Qu et al. (arXiv 2602.21515) with constants (theory.md section 2): in a symmetric two-player game both players of an RQE come
/// the closer the more risk-averse they are, so free-riding above any delta disappears. Player 1's utility is x^T R y - c^T x, player 2's
/// y^T R x - c^T y, and both have the same eps; their tau may differ.
/// </summary>
public sealed class FreeRidingBound
{
    /// <summary>Takes the constants from a game.</summary>
    /// <param name="game">A symmetric two-player game; see <see cref="IsSymmetric"/>.</param>
    /// <param name="epsilon">Bounded rationality of both players, finite, above 0.</param>
    /// <exception cref="ArgumentException">The game is not symmetric, or eps is out of range.</exception>
    public FreeRidingBound(FiniteGame game, double epsilon)
    {
        if (!IsSymmetric(game))
        {
            throw new ArgumentException(
                $"game: '{game.Name}' is not symmetric; the theorem needs two players with the same actions and costs and payoff_2(a, b) = payoff_1(b, a), which for a shared reward means R = R^T",
                nameof(game));
        }

        if (!(epsilon > 0 && double.IsFinite(epsilon)))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"epsilon: must be a finite number above 0, not {epsilon}"), nameof(epsilon));
        Epsilon = epsilon;
        Actions = game.Actions[0];
        RewardRange = game.Payoffs[0].Max() - game.Payoffs[0].Min();
        CostRange = game.Costs[0].Max() - game.Costs[0].Min();
        Divergence = Math.Log(Actions) + ((RewardRange + CostRange) / epsilon);
    }

    /// <summary>eps of both players.</summary>
    public double Epsilon { get; }

    /// <summary>m, the number of actions.</summary>
    public int Actions { get; }

    /// <summary>Rbar = max R - min R.</summary>
    public double RewardRange { get; }

    /// <summary>cbar = max c - min c.</summary>
    public double CostRange { get; }

    /// <summary>K = log m + (Rbar + cbar)/eps: no adversary p has KL(p || pi) above it.</summary>
    public double Divergence { get; }

    /// <summary>exp(-(Rbar + cbar)/eps)/m: every action of an RQE has at least this probability.</summary>
    public double ProbabilityFloor => Math.Exp(-(RewardRange + CostRange) / Epsilon) / Actions;

    /// <summary>Whether the theorem applies: two players, the same actions and costs, and payoff_2(a, b) = payoff_1(b, a).</summary>
    /// <param name="game">The game.</param>
    public static bool IsSymmetric(FiniteGame game)
    {
        ArgumentNullException.ThrowIfNull(game);
        if (game.Players != 2 || game.Actions[0] != game.Actions[1] || !game.Costs[0].AsSpan().SequenceEqual(game.Costs[1].AsSpan())) return false;
        var m = game.Actions[0];
        for (var a = 0; a < m; a++)
        {
            for (var b = 0; b < m; b++)
            {
                if (game.Payoffs[0][(a * m) + b] != game.Payoffs[1][(b * m) + a]) return false;
            }
        }

        return true;
    }

    /// <summary>Upper bound of ||pi_1 - pi_2||_1 at any RQE: sqrt(2K/eps) (tau_1^-1/2 + tau_2^-1/2), or 2 where that is less.</summary>
    /// <param name="tau1">Risk aversion of the first player, at least 0.</param>
    /// <param name="tau2">Risk aversion of the second, at least 0.</param>
    /// <exception cref="ArgumentException">A tau is negative or not a number.</exception>
    public double Distance(double tau1, double tau2)
    {
        Require(tau1 >= 0, nameof(tau1), tau1, "at least 0");
        Require(tau2 >= 0, nameof(tau2), tau2, "at least 0");
        // One action leaves no room, and 0 times infinity no number.
        return Actions == 1 ? 0 : Math.Min(2, Math.Sqrt(2 * Divergence / Epsilon) * ((1 / Math.Sqrt(tau1)) + (1 / Math.Sqrt(tau2))));
    }

    /// <summary>Upper bound of the free-riding degree at any RQE: cbar/2 times <see cref="Distance"/>, in units of utility.</summary>
    /// <param name="tau1">Risk aversion of the first player, at least 0.</param>
    /// <param name="tau2">Risk aversion of the second, at least 0.</param>
    /// <exception cref="ArgumentException">A tau is negative or not a number.</exception>
    public double Degree(double tau1, double tau2) => CostRange / 2 * Distance(tau1, tau2);

    /// <summary>tau* = 2 K cbar^2 / (eps delta^2): with both players' tau above it there is no RQE with free-riding above delta.</summary>
    /// <param name="delta">Free-riding degree, above 0.</param>
    /// <exception cref="ArgumentException">delta is not above 0.</exception>
    public double SufficientTau(double delta)
    {
        Require(delta > 0, nameof(delta), delta, "above 0");
        return 2 * Divergence * CostRange * CostRange / (Epsilon * delta * delta);
    }

    private static void Require(bool holds, string name, double value, string rule)
    {
        if (!holds) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name}: must be {rule}, not {value}"), name);
    }
}
