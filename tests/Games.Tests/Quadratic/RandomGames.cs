using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Tests.Quadratic;

/// <summary>Random quadratic games for tests.</summary>
internal static class RandomGames
{
    public static Matrix<double> Matrix(Random random, int rows, int columns) =>
        Matrix<double>.Build.Dense(rows, columns, (_, _) => (2 * random.NextDouble()) - 1);

    public static Vector<double> Vector(Random random, int count) => Vector<double>.Build.Dense(count, _ => (2 * random.NextDouble()) - 1);

    public static Matrix<double> Positive(Random random, int size, double least = 0.3)
    {
        var root = Matrix(random, size, size);
        return (root * root.Transpose()) + (Matrix<double>.Build.DenseIdentity(size) * least);
    }

    /// <summary>Every player has her own utility: nothing is shared.</summary>
    public static QuadraticGame General(Random random, params int[] dimensions)
    {
        var total = dimensions.Sum();
        return new QuadraticGame([.. dimensions.Select(own =>
        {
            var hessian = -Positive(random, total, 1);
            return new QuadraticUtility(
                hessian.SubMatrix(0, own, 0, own),
                hessian.SubMatrix(0, own, own, total - own),
                hessian.SubMatrix(own, total - own, own, total - own),
                Vector(random, own),
                Vector(random, total - own),
                random.NextDouble(),
                new QuadraticCost(Positive(random, own), Vector(random, own)));
        })]);
    }

    /// <summary>Every player has her own R.</summary>
    public static QuadraticGame Aggregative(Random random, int players, int dimension) => AggregativeGame.Create(
        players,
        Positive(random, dimension),
        [.. Enumerable.Range(0, players).Select(_ => Positive(random, dimension))],
        Vector(random, dimension));

    /// <summary>Player-dependent eps, and tau at different shares of what is admissible.</summary>
    public static RiskProfile Risk(Random random, QuadraticGame game, double most = 0.8)
    {
        double[] epsilon = [.. Enumerable.Range(0, game.Players).Select(_ => 0.1 + (0.5 * random.NextDouble()))];
        var largest = GaussianSolver.LargestAdmissibleTau(game, epsilon);
        return new RiskProfile([.. largest.Select(tau => tau * most * random.NextDouble())], epsilon);
    }

    /// <summary>Two robots of Example 4.1 in one dimension, Q = 1, goal 3.</summary>
    public static QuadraticGame Robots(double r0, double? r1 = null, int players = 2, double goal = 3) => AggregativeGame.Create(
        players,
        Matrix<double>.Build.Dense(1, 1, 1),
        [.. Enumerable.Range(0, players).Select(player => Matrix<double>.Build.Dense(1, 1, player == 0 ? r0 : r1 ?? r0))],
        Vector<double>.Build.Dense(1, goal));
}
