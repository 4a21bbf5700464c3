using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Games.Tests.Finite;

namespace Srpo.Games.Tests.Search;

public class MultiStartSolverTests
{
    [Theory]
    [InlineData(0.4, 0.15, 1.0, new[] { 0.964686, 0.107204, 0.619593, 0.619593, 0.107204, 0.964686 })]
    [InlineData(0.4, 0.15, 10, new[] { 0.808593, 0.808593 })]
    [InlineData(0.5, 0.10, 3.0, new[] { 0.991360, 0.026395, 0.912664, 0.319431, 0.669640, 0.669640, 0.319431, 0.912664, 0.026395, 0.991360 })]
    public void FindsTheReferenceValuesWithoutTheCompleteSolver(double kappa, double epsilon, double tau, double[] expected)
    {
        var search = MultiStartSolver.FindAll(RandomGames.Volunteer(kappa), RiskProfile.Shared(2, tau, epsilon));
        Assert.Equal(expected.Length / 2, search.Equilibria.Length);
        for (var i = 0; i < search.Equilibria.Length; i++)
        {
            Assert.Equal(expected[2 * i], search.Equilibria[i].Strategies[0][0], 1e-6);
            Assert.Equal(expected[(2 * i) + 1], search.Equilibria[i].Strategies[1][0], 1e-6);
        }

        Assert.Equal(1, search.IndexSum);
        Assert.False(search.IsComplete);
    }

    [Theory]
    [InlineData(1, 0, 0.08)]
    [InlineData(2, 1.5, 0.06)]
    [InlineData(5, 0, 0.05)]
    [InlineData(6, 3, 0.08)]
    public void ThreePlayersAgreeWithAGrid(int seed, double tau, double epsilon)
    {
        var game = RandomGames.Game(new Random(seed), true, 2, 2, 2);
        var search = RqeSolver.FindAll(game, RiskProfile.Shared(3, tau, epsilon));
        var expected = PlainRqe.Grid(game, tau, epsilon);
        Assert.Equal(expected.Count, search.Equilibria.Length);
        foreach (var x in expected)
            Assert.Contains(search.Equilibria, one => x.Select((p, player) => Math.Abs(p - one.Strategies[player][0])).Max() < 1e-7);
        Assert.All(search.Equilibria, one => Assert.True(one.Residual < 1e-10));
    }

    [Fact]
    public void LargeGamesAreSolvedToTheLastDigitsAndAlikeEveryTime()
    {
        var random = new Random(2);
        var game = new FiniteGame("large", [20, 20], [RandomGames.Uniform(random, 400, 0, 1), RandomGames.Uniform(random, 400, 0, 1)]);
        var risk = RiskProfile.Shared(2, 0, 0.05);
        var options = SearchOptions.Default with { Starts = 30 };
        var search = MultiStartSolver.FindAll(game, risk, options);
        Assert.All(search.Equilibria, one => Assert.True(one.Residual < 1e-10));
        Assert.Equal(1, search.IndexSum);
        Assert.Equal(30, search.Starts);
        Assert.Equal(search.Equilibria.Length, search.Hits.Length);
        var again = MultiStartSolver.FindAll(game, risk, options);
        Assert.Equal(search.Hits.AsEnumerable(), again.Hits.AsEnumerable());
        Assert.Equal(search.Equilibria.SelectMany(one => one.Strategies[0]), again.Equilibria.SelectMany(one => one.Strategies[0]));
    }

    [Fact]
    public void NearlyRationalPlayersReachTheNashEquilibriaOfACoordinationGame()
    {
        var game = new FiniteGame("coordination", [3, 3], [[3, 0, 0, 0, 2, 0, 0, 0, 1]]);
        var search = MultiStartSolver.FindAll(game, RiskProfile.Shared(2, 0, 0.01));
        // Three pure ones, three that mix two actions, one that mixes all.
        Assert.Equal(7, search.Equilibria.Length);
        Assert.Equal(3, search.Equilibria.Count(one => one.IsStable == true));
        Assert.Equal(1, search.IndexSum);
        Assert.All(search.Equilibria, one => Assert.True(one.Residual < 1e-10));
    }

    [Fact]
    public void TwoByTwoGamesAreSolvedCompletely()
    {
        var search = RqeSolver.FindAll(RandomGames.Volunteer(0.5), RiskProfile.Shared(2, 3, 0.1));
        Assert.True(search.IsComplete);
        Assert.Equal(5, search.Equilibria.Length);
        Assert.Equal(1, search.IndexSum);
    }

    [Fact]
    public void BadOptionsAreRefused()
    {
        var (game, risk) = (RandomGames.Volunteer(0.5), RiskProfile.Shared(2, 3, 0.1));
        Assert.Contains("Starts", Assert.Throws<ArgumentException>(() => MultiStartSolver.FindAll(game, risk, new SearchOptions { Starts = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("SameWithin", Assert.Throws<ArgumentException>(() => MultiStartSolver.FindAll(game, risk, new SearchOptions { SameWithin = 0 })).Message, StringComparison.Ordinal);
    }
}
