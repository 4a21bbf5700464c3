using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Finite;

/// <summary>Security strategies and Nash equilibria, and that RQE approach them.</summary>
public class LimitSolutionsTests
{
    [Fact]
    public void SecurityStrategiesOfKnownGames()
    {
        // 2x2 without saddle point: x = (d - c) / (a - b - c + d), value = (a d - b c) / (a - b - c + d).
        var skewed = SecurityStrategy.Find(new FiniteGame("skewed", [2, 2], [[3, -1, -2, 4]]), 0);
        Assert.Equal(0.6, skewed.Strategy[0], 1e-14);
        Assert.Equal(1, skewed.Value, 1e-14);
        Assert.Equal(0.5, skewed.Adversary[0], 1e-14);

        var rps = SecurityStrategy.Find(new FiniteGame("rps", [3, 3], [[0, -1, 1, 1, 0, -1, -1, 1, 0]]), 0);
        Assert.All(rps.Strategy, p => Assert.Equal(1.0 / 3, p, 1e-14));
        Assert.Equal(0, rps.Value, 1e-14);

        // The volunteer contributes for sure if that is her best worst case.
        var volunteer = SecurityStrategy.Find(RandomGames.Volunteer(0.4), 1);
        Assert.Equal([1.0, 0], volunteer.Strategy.ToArray());
        Assert.Equal(0.6, volunteer.Value, 1e-14);

        var constant = SecurityStrategy.Find(new FiniteGame("constant", [2, 2], [[7, 7, 7, 7]]), 0);
        Assert.Equal(7, constant.Value, 1e-14);
    }

    [Fact]
    public void SecurityValueIsBoundedFromBothSides()
    {
        var random = new Random(1);
        foreach (var actions in new int[][] { [2, 2], [5, 3], [3, 7], [2, 3, 4], [4, 2, 2, 2], [12, 15], [1, 3] })
        {
            for (var trial = 0; trial < 10; trial++)
            {
                var game = RandomGames.Game(random, false, actions);
                for (var player = 0; player < actions.Length; player++)
                {
                    var found = SecurityStrategy.Find(game, player);
                    var (stride, count) = (game.Stride(player), actions[player]);
                    var u = game.Utilities(player).ToArray();
                    double Entry(int action, int b) => u[(((b / stride * count) + action) * stride) + (b % stride)];
                    var secured = Enumerable.Range(0, found.Adversary.Length).Min(b => found.Strategy.Select((p, a) => p * Entry(a, b)).Sum());
                    var allowed = Enumerable.Range(0, count).Max(a => found.Adversary.Select((p, b) => p * Entry(a, b)).Sum());
                    Assert.Equal(1, found.Strategy.Sum(), 1e-14);
                    Assert.Equal(1, found.Adversary.Sum(), 1e-14);
                    Assert.Equal(found.Value, secured, 1e-11);
                    Assert.Equal(found.Value, allowed, 1e-11);
                }
            }
        }
    }

    [Fact]
    public void NashEquilibriaOfKnownGames()
    {
        var chicken = NashEquilibria.FindAll(MatrixGames.Load("chicken").ToFiniteGame());
        Assert.Equal(3, chicken.Count);
        // Swerving: -1 (1-y) = y - 10 (1-y) gives y = 0.9.
        Assert.Equal(0.9, chicken[2].Strategies[0][0], 1e-14);
        Assert.Equal(-0.1, chicken[2].Utilities[1], 1e-14);

        var battle = NashEquilibria.FindAll(MatrixGames.Load("battle-of-the-sexes").ToFiniteGame());
        Assert.Equal(3, battle.Count);
        Assert.Equal(2.0 / 3, battle[2].Strategies[0][0], 1e-14);
        Assert.Equal(1.0 / 3, battle[2].Strategies[1][0], 1e-14);

        var rps = NashEquilibria.FindAll(new FiniteGame("rps", [3, 3], [[0, -1, 1, 1, 0, -1, -1, 1, 0], [0, 1, -1, -1, 0, 1, 1, -1, 0]]));
        Assert.All(Assert.Single(rps).Strategies[1], p => Assert.Equal(1.0 / 3, p, 1e-14));

        // A coordination game of m actions has an equilibrium for every non-empty set of actions.
        var identity = Enumerable.Range(0, 25).Select(k => k % 6 == 0 ? 1.0 : 0).ToArray();
        Assert.Equal(31, NashEquilibria.FindAll(new FiniteGame("match", [5, 5], [identity])).Count);
    }

    [Fact]
    public void RandomGamesHaveAnOddNumberAndNobodyGainsByDeviating()
    {
        var random = new Random(2);
        for (var trial = 0; trial < 30; trial++)
        {
            var game = RandomGames.Game(random, false, 2 + random.Next(3), 2 + random.Next(3));
            var all = NashEquilibria.FindAll(game);
            Assert.Equal(1, all.Count % 2);
            foreach (var equilibrium in all)
            {
                double[][] strategies = [.. equilibrium.Strategies.Select(row => row.ToArray())];
                for (var player = 0; player < 2; player++)
                {
                    for (var action = 0; action < game.Actions[player]; action++)
                    {
                        var deviation = strategies.ToArray();
                        deviation[player] = new double[game.Actions[player]];
                        deviation[player][action] = 1;
                        Assert.True(RiskAdjustedUtility.Value(game, player, deviation, 0) <= equilibrium.Utilities[player] + 1e-9);
                    }

                    Assert.Equal(RiskAdjustedUtility.Value(game, player, strategies, 0), equilibrium.Utilities[player], 1e-9);
                }
            }
        }
    }

    [Fact]
    public void NeutralEquilibriaApproachNashAsRationalityGrows()
    {
        var random = new Random(3);
        var several = 0;
        for (var trial = 0; trial < 60; trial++)
        {
            var game = RandomGames.Game(random, false, 2, 2);
            var nash = NashEquilibria.FindAll(game);
            var logit = TwoByTwoSolver.FindAll(game, RiskProfile.Shared(2, 0, 1e-4));
            // Nearly tied utilities need a smaller eps still; the games drawn here have none.
            Assert.Equal(nash.Count, logit.Count);
            foreach (var equilibrium in nash)
                Assert.Contains(logit, other => other.Strategies.Zip(equilibrium.Strategies).All(pair => Math.Abs(pair.First[0] - pair.Second[0]) < 0.05));
            several += nash.Count > 1 ? 1 : 0;
        }

        Assert.InRange(several, 3, 50);
    }

    [Fact]
    public void AverseEquilibriaApproachTheSecurityValue()
    {
        var random = new Random(4);
        for (var trial = 0; trial < 60; trial++)
        {
            var game = RandomGames.Game(random, false, 2, 2);
            var (tau, eps) = (1e4, 0.02);
            foreach (var equilibrium in TwoByTwoSolver.FindAll(game, RiskProfile.Shared(2, tau, eps)))
            {
                for (var player = 0; player < 2; player++)
                {
                    // max of f^eps lies between the security value and itself plus eps log 2 + (log 2 + range/eps)/tau.
                    var security = SecurityStrategy.Find(game, player).Value;
                    var slack = (eps * Math.Log(2)) + ((Math.Log(2) + (3.5 / eps)) / tau);
                    Assert.InRange(equilibrium.Objectives[player], security - 1e-12, security + slack);
                    Assert.InRange(equilibrium.RiskAdjusted[player], security - slack, security + slack);
                }
            }
        }
    }

    [Fact]
    public void WrongInputIsNamed()
    {
        Assert.Equal("player", Assert.Throws<ArgumentException>(() => SecurityStrategy.Find(RandomGames.Volunteer(0.4), -1)).ParamName);
        Assert.Equal("game", Assert.Throws<ArgumentException>(() => NashEquilibria.FindAll(RandomGames.Game(new Random(1), true, 2, 2, 2))).ParamName);
        Assert.Contains("at most 8", Assert.Throws<ArgumentException>(() => NashEquilibria.FindAll(RandomGames.Game(new Random(1), true, 2, 9))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MatrixGamesKeepTheirUtilitiesAndNames()
    {
        var matrix = new MatrixGame("g", new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, new double[,] { { 7, 8, 9 }, { 1, 1, 2 } }, [0.25, 0.5], [1, 2, 3], ["a", "b", "c"]);
        var game = matrix.ToFiniteGame();

        Assert.Equal([2, 3], game.Actions.ToArray());
        Assert.Equal(["a", "b"], game.ActionNames[0].ToArray());
        Assert.False(game.IsShared);
        for (var joint = 0; joint < 6; joint++)
        {
            for (var player = 0; player < 2; player++) Assert.Equal(matrix.Utility(player, joint / 3, joint % 3), game.Utilities(player)[joint]);
        }

        Assert.True(MatrixGames.Load("volunteer").ToFiniteGame().IsShared);
    }
}
