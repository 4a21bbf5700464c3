using Srpo.Games.Finite;
using Srpo.Games.Markov;

namespace Srpo.Games.Tests.Markov;

public class MarkovGameTests
{
    [Fact]
    public void Joint_actions_of_a_player_and_the_others_are_numbered_as_in_finite_games()
    {
        var game = RandomMarkovGames.Game(1, 2, [2, 3, 4], 0.5);
        for (var joint = 0; joint < game.JointActions; joint++)
        {
            var split = RandomMarkovGames.Split(game, joint);
            for (var player = 0; player < 3; player++)
                Assert.Equal(joint, game.Joint(player, split[player], RandomMarkovGames.OthersOf(game, player, split)));
        }

        Assert.Equal([12, 8, 6], Enumerable.Range(0, 3).Select(game.OtherActions));
    }

    [Fact]
    public void The_others_policy_is_the_product_of_theirs()
    {
        var game = RandomMarkovGames.Game(1, 2, [2, 3, 4], 0.5);
        var policies = RandomMarkovGames.Profile(3, game);
        var others = MarkovPolicy.OfOthers(game, policies, 1);
        for (var a = 0; a < 2; a++)
        {
            for (var c = 0; c < 4; c++)
                Assert.Equal(policies[0].Row(1)[a] * policies[2].Row(1)[c], others.Row(1)[(a * 4) + c], 1e-15);
        }
    }

    [Fact]
    public void A_builder_merges_sorts_and_knows_ends()
    {
        var builder = new MarkovTransitionsBuilder(1);
        builder.Add(1, 0.25);
        builder.Add(0, 0.5);
        builder.Add(1, 0.125);
        builder.EndRow();
        builder.EndRow();
        var transitions = builder.Build();
        Assert.Equal(2, transitions.States);
        Assert.Equal([0, 1], transitions.Successors(0, 0).ToArray());
        Assert.Equal([0.5, 0.375], transitions.Probabilities(0, 0).ToArray());
        Assert.Equal(0.125, transitions.EndProbability(0, 0), 1e-15);
        Assert.Equal(1, transitions.EndProbability(1, 0));
    }

    [Fact]
    public void A_row_within_rounding_of_one_does_not_end()
    {
        var builder = new MarkovTransitionsBuilder(1);
        for (var k = 0; k < 10; k++) builder.Add(0, 0.1);
        builder.EndRow();
        Assert.Equal(0, builder.Build().EndProbability(0, 0));
    }

    [Theory]
    [InlineData("transitions", "have 3 joint actions")]
    [InlineData("rewards[0]", "has 3 entries")]
    [InlineData("rewards[1]", "state 0, joint action 2 must be a finite number")]
    [InlineData("costs", "has 1 arrays")]
    [InlineData("discount", "below 1, not 1")]
    [InlineData("initial", "must be a distribution")]
    [InlineData("actions", "2 to 16 players, not 1")]
    public void Errors_name_field_and_reason(string field, string reason)
    {
        var builder = new MarkovTransitionsBuilder(field == "transitions" ? 3 : 4);
        for (var row = 0; row < (field == "transitions" ? 3 : 4); row++)
        {
            builder.Add(0, 1);
            builder.EndRow();
        }

        var error = Assert.Throws<ArgumentException>(() => new MarkovGame(
            "bad",
            field == "actions" ? [4] : [2, 2],
            [new double[field == "rewards[0]" ? 3 : 4], field == "rewards[1]" ? [0, 0, double.NaN, 0] : new double[4]],
            builder.Build(),
            field == "discount" ? 1 : 0.9,
            field == "initial" ? [0.5] : [1],
            field == "costs" ? [new double[4]] : null));
        Assert.StartsWith(field, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_transitions_and_policies_are_refused()
    {
        var builder = new MarkovTransitionsBuilder(2);
        builder.Add(0, 0.7);
        builder.Add(1, 0.4);
        Assert.Contains("state 0, joint action 0 sum to 1.1", Assert.Throws<ArgumentException>(builder.EndRow).Message, StringComparison.Ordinal);
        Assert.Contains("must be between 0 and 1", Assert.Throws<ArgumentException>(() => builder.Add(0, -0.1)).Message, StringComparison.Ordinal);

        var outside = new MarkovTransitionsBuilder(1);
        outside.Add(1, 1);
        outside.EndRow();
        Assert.Contains("1 of state 0, joint action 0 is not one of the 1 states", Assert.Throws<ArgumentException>(outside.Build).Message, StringComparison.Ordinal);

        Assert.Contains("state 1 must sum to 1", Assert.Throws<ArgumentException>(() => new MarkovPolicy(2, 2, [0.5, 0.5, 0.5, 0.4])).Message, StringComparison.Ordinal);
        Assert.Contains("must not be negative", Assert.Throws<ArgumentException>(() => new MarkovPolicy(1, 2, [1.5, -0.5])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_game_becomes_a_game_of_one_state()
    {
        var finite = new FiniteGame("three", [2, 1, 2], [[1, 2, 3, 4]], [[0.5, 0], [0.25], [0, 1]]);
        var game = MarkovGame.FromMatrixGame(finite, 0.9);
        Assert.Equal(1, game.States);
        Assert.Equal([0.5, 1.5, 3, 4], game.Rewards(0).ToArray());
        Assert.Equal([0.75, 1.75, 2.75, 3.75], game.Rewards(1).ToArray());
        Assert.Equal([0.0, 1, 0, 1], game.Costs(2).ToArray());
        Assert.Equal(0, game.Transitions.EndProbability(0, 3));
    }

    [Fact]
    public void Returns_are_sums_over_the_steps_and_split_into_shared_reward_and_costs()
    {
        var game = MarkovGame.FromMatrixGame(MatrixGames.Load("volunteer"), 0.75);
        MarkovPolicy[] policies = [new(1, 2, [0.5, 0.5]), new(1, 2, [0.25, 0.75])];
        var returns = MarkovReturns.Of(game, policies);
        Assert.Equal(4 * (1 - (0.5 * 0.75)), returns.SharedReward!.Value, 1e-12);
        Assert.Equal(4 * 0.4 * 0.5, returns.PrivateCosts!.Value[0], 1e-12);
        Assert.Equal(4 * 0.4 * 0.25, returns.FreeRiding!.Value, 1e-12);
        Assert.Equal(returns.SharedReward.Value - returns.PrivateCosts.Value[1], returns.Utilities[1], 1e-12);
    }
}
