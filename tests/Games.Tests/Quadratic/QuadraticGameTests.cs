using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Tests.Quadratic;

public class QuadraticGameTests
{
    public static TheoryData<Func<QuadraticUtility, QuadraticUtility>, string> Wrong => new()
    {
        { u => u with { A = M(1, 0, 0, -1) }, "A[0]: must be negative definite; its largest eigenvalue is 1" },
        { u => u with { A = M(-1, 0.5, 0, -1) }, "A[0]: must be symmetric; entries across the diagonal differ by up to 0.5" },
        { u => u with { A = M(double.NaN, 0, 0, -1) }, "A[0]: must have finite entries" },
        { u => u with { A = Matrix<double>.Build.Dense(2, 3) }, "A[0]: must be square, not 2 x 3" },
        { u => u with { A = null! }, "A[0]: is missing" },
        { u => u with { B = Matrix<double>.Build.Dense(2, 2) }, "B[0]: must be 2 x 1 (own dimension x dimension of the others), not 2 x 2" },
        { u => u with { B = Matrix<double>.Build.Dense(2, 1, double.PositiveInfinity) }, "B[0]: must have finite entries" },
        { u => u with { B = Matrix<double>.Build.Dense(2, 1, 3) }, "D[0]: the whole Hessian [[A, B], [B^T, D]] of player 0 must be negative semidefinite" },
        { u => u with { D = Matrix<double>.Build.Dense(1, 1, 0.5) }, "D[0]: the whole Hessian" },
        { u => u with { D = Matrix<double>.Build.Dense(2, 2) }, "D[0]: must be 1 x 1" },
        { u => u with { OwnLinear = Vector<double>.Build.Dense(1) }, "e[0]: must have 2 entries" },
        { u => u with { OthersLinear = Vector<double>.Build.Dense(1, double.NaN) }, "d[0]: must have finite entries" },
        { u => u with { Constant = double.NaN }, "constant[0]: must be finite" },
        { u => u with { Cost = new QuadraticCost(M(1, 0, 0, -1)) }, "R[0]: must be positive semidefinite; its smallest eigenvalue is -1" },
        { u => u with { Cost = new QuadraticCost(M(1, 2, 0, 1)) }, "R[0]: must be symmetric" },
        { u => u with { Cost = new QuadraticCost(Matrix<double>.Build.Dense(1, 1)) }, "R[0]: must be 2 x 2" },
        { u => u with { Cost = new QuadraticCost(M(1, 0, 0, 1), Vector<double>.Build.Dense(3)) }, "r[0]: must have 2 entries" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongPartsAreNamed(Func<QuadraticUtility, QuadraticUtility> change, string message)
    {
        _ = new QuadraticGame([First(), Second()]);

        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(() => new QuadraticGame([change(First()), Second()])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGameNeedsTwoPlayers() =>
        Assert.StartsWith("utilities: a game needs at least 2 players, not 1", Assert.ThrowsAny<ArgumentException>(() => new QuadraticGame([First()])).Message, StringComparison.Ordinal);

    [Fact]
    public void BlocksAreCopied()
    {
        var utility = First();
        var game = new QuadraticGame([utility, Second()]);
        utility.A[0, 0] = 99;
        game.Utility(0).B[0, 0] = 99;

        Assert.Equal(-2, game.Utility(0).A[0, 0]);
        Assert.Equal(0.5, game.Utility(0).B[0, 0]);
        Assert.Equal([2, 1], game.Dimensions.ToArray());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void TheRewardIsSharedIfAllBlocksAgree(int change, bool shared)
    {
        // Three players of different dimensions share one random concave reward and pay their own costs.
        var random = new Random(9);
        int[] dimensions = [1, 2, 1];
        var hessian = -RandomGames.Positive(random, 4);
        var linear = RandomGames.Vector(random, 4);
        QuadraticUtility[] utilities = [.. dimensions.Select((size, player) =>
        {
            var start = dimensions.Take(player).Sum();
            int[] own = [.. Enumerable.Range(start, size)], others = [.. Enumerable.Range(0, 4).Except(own)];
            Matrix<double> Block(int[] rows, int[] columns) => Matrix<double>.Build.Dense(rows.Length, columns.Length, (i, j) => hessian[rows[i], columns[j]]);
            Vector<double> Part(int[] rows) => Vector<double>.Build.Dense(rows.Length, i => linear[rows[i]]);
            var cost = new QuadraticCost(RandomGames.Positive(random, size), RandomGames.Vector(random, size));
            return new QuadraticUtility(Block(own, own) - cost.R, Block(own, others), Block(others, others), Part(own) - cost.Linear!, Part(others), 0.3, cost);
        })];
        utilities[1] = change switch
        {
            1 => utilities[1] with { Constant = 0.31 },
            2 => utilities[1] with { OthersLinear = utilities[1].OthersLinear + 0.001 },
            3 => utilities[1] with { D = utilities[1].D - 0.001 },
            4 => utilities[1] with { Cost = null },
            _ => utilities[1],
        };
        var game = new QuadraticGame(utilities);
        var equilibrium = GaussianSolver.Solve(game, RiskProfile.Shared(3, 0.05, 0.1)).Equilibrium;

        Assert.Equal(shared, game.IsShared);
        Assert.Equal(shared, equilibrium.SharedReward is not null);
        if (!shared) return;
        var mean = Vector<double>.Build.DenseOfEnumerable(equilibrium.Means.SelectMany(part => part));
        var spread = equilibrium.Covariances[0].DiagonalStack(equilibrium.Covariances[1]).DiagonalStack(equilibrium.Covariances[2]);
        Assert.Equal((0.5 * (mean * hessian * mean)) + (0.5 * (hessian * spread).Trace()) + (linear * mean) + 0.3, equilibrium.SharedReward!.Value, 1e-12);
        for (var player = 0; player < 3; player++)
            Assert.Equal(equilibrium.SharedReward.Value, equilibrium.Utilities[player] + equilibrium.PrivateCosts[player], 1e-12);
        Assert.Equal(equilibrium.PrivateCosts.Max() - equilibrium.PrivateCosts.Min(), equilibrium.FreeRiding);
    }

    private static Matrix<double> M(double a, double b, double c, double d) => Matrix<double>.Build.DenseOfArray(new[,] { { a, b }, { c, d } });

    private static QuadraticUtility First() => new(
        M(-2, 0, 0, -1), Matrix<double>.Build.Dense(2, 1, 0.5), Matrix<double>.Build.Dense(1, 1, -1), Vector<double>.Build.Dense(2), Vector<double>.Build.Dense(1));

    private static QuadraticUtility Second() => new(
        Matrix<double>.Build.Dense(1, 1, -1), Matrix<double>.Build.Dense(1, 2, 0.5), M(-2, 0, 0, -1), Vector<double>.Build.Dense(1), Vector<double>.Build.Dense(2));
}
