using System.Collections.Immutable;

namespace Srpo.Games.Markov;

/// <summary>
/// A stationary policy: in every state a distribution over choices. For player i the choices are her actions; for her adversary they are
/// the joint actions of the others. Immutable.
/// </summary>
public sealed class MarkovPolicy
{
    private readonly double[] _probabilities;

    /// <summary>Makes a policy.</summary>
    /// <param name="states">Number of states, at least 1.</param>
    /// <param name="actions">Number of choices in every state, at least 1.</param>
    /// <param name="probabilities">[states x actions] row by row, not negative; every row sums to 1 within 1e-6 and is scaled to it.</param>
    /// <exception cref="ArgumentException">A size does not fit or a row is no distribution; the message names it.</exception>
    public MarkovPolicy(int states, int actions, ReadOnlySpan<double> probabilities)
        : this(states, actions, probabilities.ToArray())
    {
        for (var state = 0; state < states; state++)
        {
            var row = _probabilities.AsSpan(state * actions, actions);
            var sum = 0.0;
            foreach (var probability in row)
            {
                if (!(probability >= 0)) throw Texts.Error(nameof(probabilities), $"of state {state} must not be negative, not {probability}");
                sum += probability;
            }

            if (!(Math.Abs(sum - 1) <= 1e-6)) throw Texts.Error(nameof(probabilities), $"of state {state} must sum to 1, not {sum}");
            foreach (ref var probability in row) probability /= sum;
        }
    }

    /// <summary>Takes over an array of distributions that the caller will not touch again.</summary>
    private MarkovPolicy(int states, int actions, double[] probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actions);
        Texts.Require(probabilities.Length == (long)states * actions, nameof(probabilities), $"has {probabilities.Length} entries; {states} states x {actions} actions need {(long)states * actions}");
        States = states;
        Actions = actions;
        _probabilities = probabilities;
    }

    /// <summary>Number of states.</summary>
    public int States { get; }

    /// <summary>Number of choices in every state.</summary>
    public int Actions { get; }

    /// <summary>[states x actions] all probabilities, row by row.</summary>
    public ReadOnlySpan<double> Probabilities => _probabilities;

    /// <summary>[actions] the distribution in a state.</summary>
    /// <param name="state">From 0.</param>
    public ReadOnlySpan<double> Row(int state) => _probabilities.AsSpan(state * Actions, Actions);

    /// <summary>Every choice equally likely.</summary>
    /// <param name="states">Number of states, at least 1.</param>
    /// <param name="actions">Number of choices, at least 1.</param>
    public static MarkovPolicy Uniform(int states, int actions)
    {
        var probabilities = new double[states * actions];
        Array.Fill(probabilities, 1.0 / actions);
        return new MarkovPolicy(states, actions, probabilities);
    }

    /// <summary>The softmax of a table of logits.</summary>
    /// <param name="states">Number of states, at least 1.</param>
    /// <param name="actions">Number of choices, at least 1.</param>
    /// <param name="logits">[states x actions] finite numbers.</param>
    /// <exception cref="ArgumentException">A size does not fit or a logit is not finite; the message names it.</exception>
    public static MarkovPolicy FromLogits(int states, int actions, ReadOnlySpan<double> logits)
    {
        var policy = new MarkovPolicy(states, actions, logits.ToArray());
        for (var state = 0; state < states; state++)
        {
            var row = policy._probabilities.AsSpan(state * actions, actions);
            foreach (var logit in row) Texts.Require(double.IsFinite(logit), nameof(logits), $"of state {state} must be finite numbers, not {logit}");
            SoftMath.Softmax(row, row);
        }

        return policy;
    }

    /// <summary>The product of the policies of a player's others: the reference of her adversary, pi_-i.</summary>
    /// <param name="game">The game.</param>
    /// <param name="policies">[players] their policies.</param>
    /// <param name="player">The player who is left out, from 0.</param>
    /// <returns>A policy over the others' joint actions.</returns>
    /// <exception cref="ArgumentException">A policy does not fit the game; the message names it.</exception>
    public static MarkovPolicy OfOthers(MarkovGame game, IReadOnlyList<MarkovPolicy> policies, int player)
    {
        MarkovChecks.Profile(game, policies);
        MarkovChecks.Player(game, player);
        var count = game.OtherActions(player);
        var product = new double[game.States * count];
        for (var state = 0; state < game.States; state++)
        {
            for (var others = 0; others < count; others++)
            {
                var probability = 1.0;
                var rest = others;
                for (var other = game.Players - 1; other >= 0; other--)
                {
                    if (other == player) continue;
                    probability *= policies[other]._probabilities[(state * game.Actions[other]) + (rest % game.Actions[other])];
                    rest /= game.Actions[other];
                }

                product[(state * count) + others] = probability;
            }
        }

        return new MarkovPolicy(game.States, count, product);
    }

    /// <summary>Largest difference of two policies' probabilities, over states and choices.</summary>
    /// <param name="other">A policy of the same sizes.</param>
    public double Distance(MarkovPolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Texts.Require(other.States == States && other.Actions == Actions, nameof(other), $"has {other.States} states and {other.Actions} actions, this policy {States} and {Actions}");
        var largest = 0.0;
        for (var k = 0; k < _probabilities.Length; k++) largest = Math.Max(largest, Math.Abs(_probabilities[k] - other._probabilities[k]));
        return largest;
    }

    /// <summary>A policy of an array that holds distributions and that nobody else will change.</summary>
    internal static MarkovPolicy Own(int states, int actions, double[] probabilities) => new(states, actions, probabilities);
}

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
