using Srpo.Games.Markov;

namespace Srpo.Games.Tests.Markov;

/// <summary>Random games and policies, and plain computations on full tables that solvers are held against.</summary>
internal static class RandomMarkovGames
{
    /// <summary>A game whose plays end with the given chance after every step.</summary>
    internal static MarkovGame Game(int seed, int states, int[] actions, double discount, double end = 0, bool costs = false)
    {
        var random = new Random(seed);
        var joint = actions.Aggregate(1, (product, count) => product * count);
        var transitions = new MarkovTransitionsBuilder(joint);
        for (var row = 0; row < states * joint; row++)
        {
            var weights = Enumerable.Range(0, states).Select(_ => random.NextDouble() < 0.5 ? 0 : random.NextDouble()).ToArray();
            weights[random.Next(states)] += 0.3;
            for (var next = 0; next < states; next++) transitions.Add(next, (1 - end) * weights[next] / weights.Sum());
            transitions.EndRow();
        }

        double[] Table() => [.. Enumerable.Range(0, states * joint).Select(_ => (2 * random.NextDouble()) - 1)];
        var initial = Enumerable.Range(0, states).Select(_ => random.NextDouble()).ToArray();
        return new MarkovGame(
            "random",
            actions,
            [.. actions.Select(_ => Table())],
            transitions.Build(),
            discount,
            [.. initial.Select(p => p / initial.Sum())],
            costs ? [.. actions.Select(_ => Table())] : null);
    }

    internal static double[] Logits(Random random, int count, double scale = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => scale * ((2 * random.NextDouble()) - 1))];

    internal static MarkovPolicy Policy(int seed, int states, int actions, double scale = 1) =>
        MarkovPolicy.FromLogits(states, actions, Logits(new Random(seed), states * actions, scale));

    internal static MarkovPolicy[] Profile(int seed, MarkovGame game) =>
        [.. game.Actions.Select((actions, player) => Policy(seed + player, game.States, actions))];

    /// <summary>Actions of all players in a joint action, by division.</summary>
    internal static int[] Split(MarkovGame game, int joint)
    {
        var split = new int[game.Players];
        for (var player = game.Players - 1; player >= 0; player--)
        {
            split[player] = joint % game.Actions[player];
            joint /= game.Actions[player];
        }

        return split;
    }

    /// <summary>Index of the others' joint action, by its definition.</summary>
    internal static int OthersOf(MarkovGame game, int player, int[] split)
    {
        var index = 0;
        for (var other = 0; other < game.Players; other++) index = other == player ? index : (index * game.Actions[other]) + split[other];
        return index;
    }

    /// <summary>One application of the defining equation of V for policy and adversary, joint action by joint action.</summary>
    internal static double[] Backup(
        MarkovGame game, int player, MarkovPolicy[] policies, MarkovPolicy adversary, double tau, double epsilon, double[] values)
    {
        var next = new double[game.States];
        for (var state = 0; state < game.States; state++)
        {
            for (var joint = 0; joint < game.JointActions; joint++)
            {
                var split = Split(game, joint);
                var own = policies[player].Row(state)[split[player]];
                var p = adversary.Row(state)[OthersOf(game, player, split)];
                var reference = 1.0;
                for (var other = 0; other < game.Players; other++)
                    reference *= other == player ? 1 : policies[other].Row(state)[split[other]];
                var future = 0.0;
                var successors = game.Transitions.Successors(state, joint);
                for (var k = 0; k < successors.Length; k++) future += game.Transitions.Probabilities(state, joint)[k] * values[successors[k]];
                var reward = game.Rewards(player)[(state * game.JointActions) + joint];
                next[state] += own * p * (reward + (game.Discount * future)
                    + (tau > 0 ? Math.Log(p / reference) / tau : 0) - (epsilon > 0 ? epsilon * Math.Log(own) : 0));
            }
        }

        return next;
    }
}
