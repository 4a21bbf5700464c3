using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Finite;

public class RiskAdjustedUtilityTests
{
    [Fact]
    public void ValuesAndProbabilitiesFollowTheNumberingOfJointActions()
    {
        // Utility of player 1 of three: 100 a0 + 10 a1 + a2, less her cost.
        var payoff = Enumerable.Range(0, 12).Select(joint => (100.0 * (joint / 6)) + (10 * (joint / 2 % 3)) + (joint % 2)).ToArray();
        var game = new FiniteGame("g", [2, 3, 2], [payoff], [[0, 0], [0, 0, 4], [0, 0]]);
        double[][] strategies = [[0.25, 0.75], [0, 0.5, 0.5], [0.1, 0.9]];

        Assert.Equal([13.0, 14, 113, 114], RiskAdjustedUtility.Values(game, 1, strategies));
        var q = RiskAdjustedUtility.OthersProbabilities(game, 1, strategies);
        double[] expected = [0.025, 0.225, 0.075, 0.675];
        for (var b = 0; b < 4; b++) Assert.Equal(expected[b], q[b], 1e-15);
        Assert.Equal(13.9 + 75, RiskAdjustedUtility.Value(game, 1, strategies, 0), 1e-12);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(30)]
    public void DualFormIsTheAdversarysMinimum(double tau)
    {
        var random = new Random(5);
        foreach (var actions in new int[][] { [2, 2], [3, 4], [2, 3, 2], [2, 2, 2, 2] })
        {
            var game = RandomGames.Game(random, false, actions);
            var strategies = RandomGames.Profile(random, game);
            for (var player = 0; player < actions.Length; player++)
            {
                var minimum = RiskAdjustedUtility.Minimise(game, player, strategies, tau);
                Assert.InRange(minimum.Gap, 0, 1e-10);
                Assert.Equal(minimum.Value, RiskAdjustedUtility.Value(game, player, strategies, tau), 2e-10);
                var adversary = RiskAdjustedUtility.Adversary(game, player, strategies, tau);
                for (var b = 0; b < adversary.Length; b++) Assert.Equal(minimum.Adversary[b], adversary[b], 1e-4);
            }
        }
    }

    [Fact]
    public void ObjectiveAddsTheEntropy()
    {
        var game = RandomGames.Volunteer(0.4);
        double[][] strategies = [[0.25, 0.75], [1, 0]];

        Assert.Equal(
            1 - 0.1 + (0.7 * ((0.25 * Math.Log(4)) + (0.75 * Math.Log(4.0 / 3)))),
            RiskAdjustedUtility.Objective(game, RiskProfile.Shared(2, 3, 0.7), 0, strategies),
            1e-14);
    }

    [Fact]
    public void WrongInputIsNamed()
    {
        var game = RandomGames.Volunteer(0.4);
        double[] half = [0.5, 0.5];
        Assert.Equal("player", Assert.Throws<ArgumentException>(() => RiskAdjustedUtility.Value(game, 2, [half, half], 1)).ParamName);
        Assert.Contains("strategies[1]: must be non-negative", Assert.Throws<ArgumentException>(() => RiskAdjustedUtility.Value(game, 0, [half, [0.5, 0.6]], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("player 1 has 2 actions", Assert.Throws<ArgumentException>(() => RiskAdjustedUtility.Value(game, 0, [half, [1]], 1)).Message, StringComparison.Ordinal);
        Assert.Equal("tau", Assert.Throws<ArgumentException>(() => RiskAdjustedUtility.Minimise(game, 0, [half, half], 0)).ParamName);
    }
}
