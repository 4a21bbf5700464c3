using System.Collections.Immutable;

namespace Srpo.Games.Markov;

/// <summary>What a profile of policies earns when nobody deviates, discounted, without regularisers, from the game's first state.</summary>
/// <param name="Utilities">[players] expected discounted reward, private costs taken off.</param>
/// <param name="PrivateCosts">[players] expected discounted private cost; null where the game does not tell costs apart.</param>
/// <param name="SharedReward">Utility plus private cost where that is the same for all players (within 1e-9 of the largest); else null.</param>
public sealed record MarkovReturns(ImmutableArray<double> Utilities, ImmutableArray<double>? PrivateCosts, double? SharedReward)
{
    /// <summary>Largest difference of two players' private costs, the free-riding degree (theory.md section 2); null without costs.</summary>
    public double? FreeRiding => PrivateCosts is { } costs ? costs.Max() - costs.Min() : null;

    /// <summary>Evaluates a profile.</summary>
    /// <param name="game">The game.</param>
    /// <param name="policies">[players] policies.</param>
    /// <exception cref="ArgumentException">A policy does not fit the game; the message names it.</exception>
    public static MarkovReturns Of(MarkovGame game, IReadOnlyList<MarkovPolicy> policies)
    {
        var others = MarkovPolicy.OfOthers(game, policies, 0);
        var visits = StateChain.Of(game, 0, policies[0], others).Solve([.. game.Initial], transposed: true);
        var players = Enumerable.Range(0, game.Players).ToArray();
        ImmutableArray<double> utilities = [.. players.Select(player => Sum(game, policies[0], others, visits, game.Rewards(player)))];
        if (!game.HasCosts) return new MarkovReturns(utilities, null, null);
        ImmutableArray<double> costs = [.. players.Select(player => Sum(game, policies[0], others, visits, game.Costs(player)))];
        var rewards = players.Select(player => utilities[player] + costs[player]).ToArray();
        var shared = rewards.Max() - rewards.Min() <= 1e-9 * Math.Max(1, rewards.Max(Math.Abs));
        return new MarkovReturns(utilities, costs, shared ? rewards[0] : null);
    }

    private static double Sum(MarkovGame game, MarkovPolicy policy, MarkovPolicy others, double[] visits, ReadOnlySpan<double> table)
    {
        var sum = 0.0;
        for (var state = 0; state < game.States; state++)
        {
            var own = policy.Row(state);
            var other = others.Row(state);
            for (var a = 0; a < own.Length; a++)
            {
                for (var b = 0; b < other.Length; b++)
                    sum += visits[state] * own[a] * other[b] * table[(state * game.JointActions) + game.Joint(0, a, b)];
            }
        }

        return sum;
    }
}
