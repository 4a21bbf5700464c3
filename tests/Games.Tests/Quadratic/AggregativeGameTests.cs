using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Tests.Quadratic;

public class AggregativeGameTests
{
    [Fact]
    public void BlocksAreThoseOfTheReward()
    {
        var random = new Random(1);
        var game = RandomGames.Aggregative(random, 3, 2);
        var structure = game.Aggregative!;
        Vector<double>[] actions = [.. Enumerable.Range(0, 3).Select(_ => RandomGames.Vector(random, 2))];
        var gap = actions[0] + actions[1] + actions[2] - structure.Goal;
        for (var player = 0; player < 3; player++)
        {
            var expected = (-0.5 * (gap * structure.Q * gap)) - (0.5 * (actions[player] * structure.R(player) * actions[player]));
            var others = Vector<double>.Build.DenseOfEnumerable(actions.Where((_, other) => other != player).SelectMany(action => action));

            Assert.Equal(expected, game.Utility(player).Evaluate(actions[player], others), 1e-12);
            Assert.Equal(expected, Quadrature.Utility(game.Utility(player), actions[player], others), 1e-12);
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(5, 4)]
    public void TheStructureChangesNothing(int players, int dimension)
    {
        var random = new Random(players + (100 * dimension));
        for (var sample = 0; sample < 5; sample++)
        {
            var game = RandomGames.Aggregative(random, players, dimension);
            var dense = Dense(game);
            Assert.True(dense.IsShared);
            Assert.Null(dense.Aggregative);
            var risk = RandomGames.Risk(random, game, 0.7);
            AssertSame(GaussianSolver.Solve(dense, risk), GaussianSolver.Solve(game, risk));
            GaussianStrategy[] profile = [.. Enumerable.Range(0, players).Select(_ =>
                new GaussianStrategy(RandomGames.Vector(random, dimension), RandomGames.Positive(random, dimension, 0.1) * 0.02))];
            var mild = RiskProfile.Shared(players, 0.1, 1);
            Assert.Equal(GaussianSolver.RiskAdjusted(dense, mild, 0, profile), GaussianSolver.RiskAdjusted(game, mild, 0, profile), 1e-12);
            var (expected, actual) = (GaussianSolver.BestResponse(dense, mild, 1, profile), GaussianSolver.BestResponse(game, mild, 1, profile));
            Assert.True((expected.Mean - actual.Mean).InfinityNorm() < 1e-12);
            Assert.True((expected.Covariance - actual.Covariance).InfinityNorm() < 1e-12);
        }
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(1.05)]
    public void MarginsAgreeAlsoWhereTheSystemIsIndefinite(double tau)
    {
        var game = GaussianSolverTests.TurnedCosts();
        var risk = RiskProfile.Shared(2, tau, 1);

        AssertSame(GaussianSolver.Solve(Dense(game), risk), GaussianSolver.Solve(game, risk));
    }

    [Fact]
    public void FiftyPlayersInTwentyDimensionsAgreeWithTheirClosedForm()
    {
        // Shared R, tau, eps and one eigenbasis: per axis w = rho / (rho + n kappa) g with kappa = q / (1 - tau (n-1) eps q/(q+rho)).
        const int players = 50, dimension = 20;
        var goal = Vector<double>.Build.Dense(dimension, axis => 1 + axis);
        var game = AggregativeGame.Create(
            players,
            Matrix<double>.Build.DenseDiagonal(dimension, dimension, axis => 1 + (0.1 * axis)),
            [Matrix<double>.Build.DenseDiagonal(dimension, dimension, axis => 2 - (0.05 * axis))],
            goal);
        const double tau = 0.5, epsilon = 0.02;
        var solution = GaussianSolver.Solve(game, RiskProfile.Shared(players, tau, epsilon));
        for (var axis = 0; axis < dimension; axis++)
        {
            var (q, rho) = (1 + (0.1 * axis), 2 - (0.05 * axis));
            var kappa = q / (1 - (tau * (players - 1) * epsilon * q / (q + rho)));
            Assert.Equal(kappa / (rho + (players * kappa)) * goal[axis], solution.Equilibrium.Means[17][axis], 1e-11);
        }

        Assert.Equal((2.9 + 1.05) / (2.9 * 49 * epsilon), solution.LargestCommonTau, 1e-9);
        Assert.Equal(1.05, solution.Margin, 1e-9);
        Assert.True(solution.Equilibrium.Residual < 1e-11);
    }

    [Fact]
    public void WrongPartsAreNamed()
    {
        var one = Matrix<double>.Build.DenseIdentity(2);
        var goal = Vector<double>.Build.Dense(2, 1);
        var skew = Matrix<double>.Build.DenseOfArray(new[,] { { 1, 0.5 }, { 0, 1 } });
        string Message(int players, Matrix<double> q, Matrix<double>[] rs, Vector<double> g) =>
            Assert.ThrowsAny<ArgumentException>(() => AggregativeGame.Create(players, q, rs, g)).Message;

        Assert.StartsWith("players: a game needs at least 2 players, not 1", Message(1, one, [one], goal), StringComparison.Ordinal);
        Assert.StartsWith("Q: must be positive definite; its smallest eigenvalue is -1", Message(2, -one, [one], goal), StringComparison.Ordinal);
        Assert.StartsWith("Q: must be symmetric", Message(2, skew, [one], goal), StringComparison.Ordinal);
        Assert.StartsWith("Q: must be square", Message(2, Matrix<double>.Build.Dense(2, 3), [one], goal), StringComparison.Ordinal);
        Assert.StartsWith("Q: must be 3 x 3", Message(2, one, [one], Vector<double>.Build.Dense(3)), StringComparison.Ordinal);
        Assert.StartsWith("Q: must have finite entries", Message(2, one * double.NaN, [one], goal), StringComparison.Ordinal);
        Assert.StartsWith("R: must be positive definite; its smallest eigenvalue is 0", Message(2, one, [one * 0], goal), StringComparison.Ordinal);
        Assert.StartsWith("R[1]: must be positive definite", Message(2, one, [one, -one], goal), StringComparison.Ordinal);
        Assert.StartsWith("R: has 3 matrices; give one for all or one for each of the 2 players", Message(2, one, [one, one, one], goal), StringComparison.Ordinal);
        Assert.StartsWith("goal: must have finite entries", Message(2, one, [one], goal * double.PositiveInfinity), StringComparison.Ordinal);
    }

    private static void AssertSame(GaussianSolution expected, GaussianSolution actual)
    {
        var (a, b) = (expected.Equilibrium, actual.Equilibrium);
        for (var player = 0; player < a.Means.Length; player++)
        {
            Assert.True((a.Means[player] - b.Means[player]).InfinityNorm() <= 1e-12 * (1 + a.Means[player].InfinityNorm()));
            Assert.True((a.Covariances[player] - b.Covariances[player]).InfinityNorm() <= 1e-12);
        }

        Close([.. a.Utilities, .. a.RiskAdjusted, .. a.Objectives, .. a.PrivateCosts, a.FreeRiding, a.SharedReward!.Value], [.. b.Utilities, .. b.RiskAdjusted, .. b.Objectives, .. b.PrivateCosts, b.FreeRiding, b.SharedReward!.Value], 1e-12);
        Close([.. expected.LargestAdmissibleTau], [.. actual.LargestAdmissibleTau], 1e-12);
        Close([expected.Margin, expected.Condition], [actual.Margin, actual.Condition], 1e-9);
    }

    private static void Close(double[] expected, double[] actual, double tolerance)
    {
        for (var index = 0; index < expected.Length; index++) Assert.Equal(expected[index], actual[index], tolerance * (1 + Math.Abs(expected[index])));
    }

    private static QuadraticGame Dense(QuadraticGame game) => new([.. Enumerable.Range(0, game.Players).Select(game.Utility)]);
}
