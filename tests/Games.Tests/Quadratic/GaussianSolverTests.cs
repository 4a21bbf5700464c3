using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Tests.Quadratic;

public class GaussianSolverTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1.9, 1)]
    [InlineData(0.25, 0.6, 2)]
    [InlineData(3, 7.9, 0.5)]
    public void TwoRobotsOfExample41(double r, double tau, double epsilon)
    {
        const double goal = 3;
        var solution = GaussianSolver.Solve(RandomGames.Robots(r), RiskProfile.Shared(2, tau, epsilon));
        var mean = goal / (2 + r - (r * tau * epsilon / (1 + r)));
        var variance = epsilon / (1 + r);

        foreach (var strategy in solution.Equilibrium.Strategies)
        {
            Assert.Equal(mean, strategy.Mean[0], 1e-12);
            Assert.Equal(variance, strategy.Covariance[0, 0], 1e-12);
        }

        Assert.Equal((1 + r) / epsilon, solution.LargestCommonTau, 1e-12);
        Assert.Equal(-0.5 * (((2 * mean) - goal) * ((2 * mean) - goal)) - variance, solution.Equilibrium.SharedReward!.Value, 1e-12);
        Assert.Equal(0.5 * r * ((mean * mean) + variance), solution.Equilibrium.PrivateCosts[1], 1e-12);
        Assert.Equal(solution.Equilibrium.SharedReward.Value - solution.Equilibrium.PrivateCosts[0], solution.Equilibrium.Utilities[0], 1e-12);
        Assert.Equal(0, solution.Equilibrium.FreeRiding, 1e-12);
        Assert.True(solution.IsUnique && solution.Margin > 0);

        // -M = [[R+K, K], [K, R+K]]: eigenvalues R and R + 2K.
        var k = 1 / (1 - (tau * variance));
        Assert.Equal(r, solution.Margin, 1e-9);
        Assert.Equal((r + (2 * k)) / r, solution.Condition, 1e-9 * k);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.9)]
    public void WithoutTheHalvesTheMeanIsTheSameAndTheVarianceHalf(double tau)
    {
        // r = -(a1 + a2 - 3)^2, c = a^2.
        var game = AggregativeGame.Create(
            2, Matrix<double>.Build.Dense(1, 1, 2), [Matrix<double>.Build.Dense(1, 1, 2)], Vector<double>.Build.Dense(1, 3));
        var solution = GaussianSolver.Solve(game, RiskProfile.Shared(2, tau, 1));

        Assert.Equal(3 / (3 - (tau / 2)), solution.Equilibrium.Means[0][0], 1e-12);
        Assert.Equal(0.25, solution.Equilibrium.Covariances[1][0, 0], 1e-12);
        Assert.Equal(2, solution.LargestCommonTau, 1e-12);
    }

    [Fact]
    public void TausOutsideOfCondition14NameThePlayerAndTheLimit()
    {
        // Player 1 faces eps_0 / (1 + R) = 1/4.
        var game = RandomGames.Robots(1);
        var error = Assert.Throws<RiskDomainException>(() => GaussianSolver.Solve(game, new RiskProfile([1, 5], [0.5, 0.5])));

        Assert.StartsWith("tau of player 1: 5 violates condition (14)", error.Message, StringComparison.Ordinal);
        Assert.Contains("must be below 4", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 5), (error.Player, error.Tau));
        Assert.Equal(4, error.LargestAdmissibleTau, 1e-12);
        Assert.Throws<RiskDomainException>(() => GaussianSolver.Solve(game, RiskProfile.Shared(2, 4, 0.5)));
        Assert.True(GaussianSolver.Solve(game, RiskProfile.Shared(2, 3.9999999, 0.5)).IsUnique);
    }

    [Theory]
    [InlineData(0.99, true)]
    [InlineData(1.01, false)]
    public void Condition14IsWhereTheRiskBecomesInfinite(double share, bool finite)
    {
        // E exp(-tau X) over a range twice as wide: the same number if it exists, more if it does not.
        var random = new Random(8);
        var game = RandomGames.General(random, 1, 1);
        var equilibrium = GaussianSolver.Solve(game, RiskProfile.Shared(2, 0, 0.5)).Equilibrium;
        var tau = share * GaussianSolver.LargestAdmissibleTau(game, [0.5, 0.5])[0];
        var blocks = game.Utility(0);
        double Risk(double reach) => Quadrature.RiskAdjusted(
            (a, y) => Quadrature.Utility(blocks, a, y), equilibrium.Strategies[0], equilibrium.Strategies[1], tau, reach, 8001) * tau;

        Assert.Equal(finite, Math.Abs(Risk(150) - Risk(300)) < 1e-6);
    }

    [Fact]
    public void WithoutRiskAversionMeansSolveTheFirstOrderConditions()
    {
        var random = new Random(3);
        var game = RandomGames.General(random, 2, 3, 1);
        var equilibrium = GaussianSolver.Solve(game, RiskProfile.Shared(3, 0, 0.7)).Equilibrium;
        for (var player = 0; player < 3; player++)
        {
            var blocks = game.Utility(player);
            var others = Vector<double>.Build.DenseOfEnumerable(equilibrium.Means.Where((_, other) => other != player).SelectMany(mean => mean));
            var gradient = (blocks.A * equilibrium.Means[player]) + (blocks.B * others) + blocks.OwnLinear;

            Assert.True(gradient.InfinityNorm() < 1e-12);
            Assert.Equal(equilibrium.Utilities[player], equilibrium.RiskAdjusted[player], 1e-12);
        }

        Assert.Null(equilibrium.SharedReward);
    }

    [Fact]
    public void RiskIsContinuousAtTauZeroAndFallsWithTau()
    {
        var random = new Random(4);
        var game = RandomGames.General(random, 2, 2);
        var strategies = GaussianSolver.Solve(game, RiskProfile.Shared(2, 0, 0.3)).Equilibrium.Strategies;
        double At(double tau) => GaussianSolver.RiskAdjusted(game, RiskProfile.Shared(2, tau, 0.3), 0, strategies);

        Assert.Equal(At(0), At(1e-12), 1e-11);
        Assert.True(At(0) > At(0.01) && At(0.01) > At(0.1));
    }

    [Fact]
    public void BestResponseToTheEquilibriumIsTheEquilibrium()
    {
        var random = new Random(6);
        var game = RandomGames.General(random, 2, 1, 3);
        var risk = RandomGames.Risk(random, game);
        var equilibrium = GaussianSolver.Solve(game, risk).Equilibrium;
        Assert.True(equilibrium.Residual < 1e-12);
        for (var player = 0; player < 3; player++)
        {
            var best = GaussianSolver.BestResponse(game, risk, player, equilibrium.Strategies);

            Assert.True((best.Mean - equilibrium.Means[player]).InfinityNorm() < 1e-12);
            Assert.True((best.Covariance - equilibrium.Covariances[player]).InfinityNorm() < 1e-12);
        }
    }

    [Fact]
    public void PureCoordinationHasNoUniqueEquilibrium()
    {
        // u_i = -1/2 (a - b)^2: concave, but every common mean is an equilibrium at tau = 0.
        static QuadraticUtility Together()
        {
            var one = Matrix<double>.Build.Dense(1, 1, 1);
            return new QuadraticUtility(-one, one, -one, Vector<double>.Build.Dense(1), Vector<double>.Build.Dense(1));
        }

        var game = new QuadraticGame([Together(), Together()]);

        Assert.Contains("singular", Assert.ThrowsAny<ArgumentException>(() => GaussianSolver.Solve(game, RiskProfile.Shared(2, 0, 1))).Message, StringComparison.Ordinal);
        Assert.True(game.IsShared);
        Assert.ThrowsAny<ArgumentException>(() => GaussianSweep.Compute(game, RiskProfile.Shared(2, 0, 1), [0]));

        // A singular tau among the candidates does not stop the search for the peak.
        Assert.True(GaussianSweep.Compute(Leaning(), RiskProfile.Shared(2, 0, 1), []).Peak.Tau > 0);
    }

    [Fact]
    public void DifferentCostsCanMakeTheSystemSingularInsideTheDomain()
    {
        // Shared tau and eps do not help: with R_0 and R_1 turned against each other the determinant changes sign near tau = 0.79.
        var game = TurnedCosts();
        GaussianSolution At(double tau) => GaussianSolver.Solve(game, RiskProfile.Shared(2, tau, 1));
        Assert.Equal(1.1, At(0).LargestCommonTau, 1e-9);
        Assert.True(At(0).Margin > 0 && At(0.3).Margin > 0);
        Assert.False(At(0.9).Margin > 0);
        Assert.True(At(0.9).IsUnique);
        var (low, high) = (0.7, 0.9);
        for (var halving = 0; halving < 40; halving++)
        {
            // Player 0's mean runs to infinity with one sign and comes back with the other.
            var middle = 0.5 * (low + high);
            if (Math.Sign(At(middle).Equilibrium.Means[0].Sum()) == Math.Sign(At(0.7).Equilibrium.Means[0].Sum())) low = middle;
            else high = middle;
        }

        Assert.True(At(low).Condition > 1e10);
    }

    [Fact]
    public void ProfilesAndStrategiesMustFit()
    {
        var game = RandomGames.Robots(1);
        var one = new GaussianStrategy(Vector<double>.Build.Dense(1), Matrix<double>.Build.Dense(1, 1, 1));
        string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

        Assert.StartsWith("risk: is for 3 players; the game has 2", Message(() => GaussianSolver.Solve(game, RiskProfile.Shared(3, 0, 1))), StringComparison.Ordinal);
        Assert.StartsWith("player: must be from 0 to 1", Message(() => GaussianSolver.BestResponse(game, RiskProfile.Shared(2, 0, 1), 2, [one, one])), StringComparison.Ordinal);
        Assert.StartsWith("strategies: has 1", Message(() => GaussianSolver.BestResponse(game, RiskProfile.Shared(2, 0, 1), 0, [one])), StringComparison.Ordinal);
        var flat = one with { Covariance = Matrix<double>.Build.Dense(1, 1) };
        Assert.StartsWith("strategies[1].Covariance: must be positive definite", Message(() => GaussianSolver.BestResponse(game, RiskProfile.Shared(2, 0, 1), 0, [one, flat])), StringComparison.Ordinal);
        Assert.Throws<RiskDomainException>(() => GaussianSolver.BestResponse(game, RiskProfile.Shared(2, 1, 1), 0, [one, one]));
    }

    /// <summary>Coordination on which player 0 would also like large actions: nothing is an equilibrium at tau = 0.</summary>
    private static QuadraticGame Leaning()
    {
        var one = Matrix<double>.Build.Dense(1, 1, 1);
        var zero = Vector<double>.Build.Dense(1);
        return new QuadraticGame([
            new QuadraticUtility(-one, one, -one, Vector<double>.Build.Dense(1, 1), zero),
            new QuadraticUtility(-one, one, -one, zero, zero)]);
    }

    internal static QuadraticGame TurnedCosts() => AggregativeGame.Create(
        2,
        Matrix<double>.Build.DenseIdentity(2),
        [Matrix<double>.Build.DenseOfArray(new[,] { { 0.1, 0 }, { 0, 4.9 } }), Matrix<double>.Build.DenseOfArray(new[,] { { 2.5, -2.4 }, { -2.4, 2.5 } })],
        Vector<double>.Build.Dense(2, 1));
}
