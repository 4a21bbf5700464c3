using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Checks;

/// <summary>Values and statements of the theory, computed again on this machine. Random games come from fixed seeds.</summary>
public static class TheoryChecks
{
    private const int RandomGames = 40;

    /// <summary>All checks, one after another as they are asked for.</summary>
    public static IEnumerable<RqeCheck> All()
    {
        foreach (var (kappa, epsilon, tau, expected) in ReferenceValues.Volunteers) yield return Volunteers(kappa, epsilon, tau, expected);
        foreach (var tau in new[] { 0, 0.5, 1, 1.9 }) yield return TwoRobots(tau);
        yield return DualIsPrimal();
        yield return Rewards();
        yield return FreeRidingBounds();
        yield return StructuredIsDense();
    }

    private static RqeCheck Volunteers(double kappa, double epsilon, double tau, (double X, double Y)[] expected)
    {
        var game = new FiniteGame("volunteers", [2, 2], [[1, 1, 1, 0]], [[kappa, 0], [kappa, 0]]);
        var found = RqeSolver.FindAll(game, RiskProfile.Shared(2, tau, epsilon)).Equilibria.Select(one => (X: one.Strategies[0][0], Y: one.Strategies[1][0])).ToArray();
        var holds = found.Length == expected.Length
            && expected.All(pair => found.Any(one => Math.Abs(one.X - pair.X) < ReferenceValues.Tolerance && Math.Abs(one.Y - pair.Y) < ReferenceValues.Tolerance));
        return new RqeCheck(string.Create(CultureInfo.InvariantCulture, $"volunteer's game, kappa {kappa}, eps {epsilon}, tau {tau}"), Show(expected), Show(found), holds);

        static string Show((double X, double Y)[] pairs) => string.Join(" ", pairs.Select(pair => string.Create(CultureInfo.InvariantCulture, $"({pair.X:0.000000}, {pair.Y:0.000000})")));
    }

    /// <summary>Example 4.1: mean g/(3 - tau eps/2), variance eps/2 for Q = R = 1.</summary>
    private static RqeCheck TwoRobots(double tau)
    {
        var one = GaussianSolver.Solve(Robots(), RiskProfile.Shared(2, tau, 1)).Equilibrium;
        var (mean, variance) = (one.Means[0][0], one.Covariances[0][0, 0]);
        var expected = 1 / (3 - (tau / 2));
        return new RqeCheck(
            string.Create(CultureInfo.InvariantCulture, $"two robots (Example 4.1), eps 1, tau {tau}"), Show(expected, 0.5), Show(mean, variance),
            Math.Abs(mean - expected) < 1e-12 && Math.Abs(variance - 0.5) < 1e-12);

        static string Show(double mean, double variance) => string.Create(CultureInfo.InvariantCulture, $"mean {mean:0.000000}, variance {variance:0.000000}");
    }

    private static QuadraticGame Robots() => AggregativeGame.Create(
        2, Matrix<double>.Build.Dense(1, 1, 1), [Matrix<double>.Build.Dense(1, 1, 1)], Vector<double>.Build.Dense(1, 1));

    /// <summary>Equation (1): the explicit minimum over the adversary against the entropic form, and p* against the minimiser.</summary>
    private static RqeCheck DualIsPrimal()
    {
        var random = new Random(1);
        var worst = 0.0;
        for (var i = 0; i < RandomGames; i++)
        {
            var actions = new[] { random.Next(2, 4), random.Next(2, 4) };
            var game = new FiniteGame("random", actions, [Values(random, actions[0] * actions[1]), Values(random, actions[0] * actions[1])]);
            var strategies = actions.Select(count => Mixed(random, count)).ToArray();
            var tau = Math.Pow(10, (2 * random.NextDouble()) - 1);
            var minimum = RiskAdjustedUtility.Minimise(game, 0, strategies, tau, 1e-10, 100_000);
            worst = Math.Max(worst, Math.Abs(minimum.Value - RiskAdjustedUtility.Value(game, 0, strategies, tau)));
        }

        return RqeCheck.AtMost($"equation (1), dual = primal, {RandomGames} random games: largest difference", 1e-8, worst);
    }

    /// <summary>Theorem 4.1.</summary>
    private static RqeCheck Rewards()
    {
        var random = new Random(2);
        var rising = 0;
        for (var i = 0; i < RandomGames; i++)
        {
            var (game, epsilon) = RandomAggregative(random, shareCosts: true);
            var largest = GaussianSolver.LargestAdmissibleTau(game, epsilon).Min();
            var sweep = GaussianSweep.Compute(game, new RiskProfile([.. epsilon.Select(_ => 0.0)], epsilon), [.. Enumerable.Range(0, 20).Select(k => 0.049 * k * largest)]);
            if (sweep.RewardRises == true) rising++;
        }

        return new RqeCheck("Theorem 4.1: shared reward rises with tau in random games", $"{RandomGames} of {RandomGames}", $"{rising} of {RandomGames}", rising == RandomGames);
    }

    /// <summary>Theorem 4.2.</summary>
    private static RqeCheck FreeRidingBounds()
    {
        var random = new Random(3);
        var (equilibria, within) = (0, 0);
        for (var i = 0; i < RandomGames; i++)
        {
            var (mutual, lone) = (random.NextDouble(), random.NextDouble());
            var costs = Values(random, 2);
            var game = new FiniteGame("random", [2, 2], [[mutual, lone, lone, random.NextDouble()]], [costs, costs]);
            var risk = RiskProfile.Shared(2, Math.Pow(10, 3 * random.NextDouble()), 0.1 + random.NextDouble());
            foreach (var one in RqeSolver.FindAll(game, risk).Equilibria)
            {
                equilibria++;
                if (GameChecks.IsWithinBounds(game, risk, one)) within++;
            }
        }

        return new RqeCheck("Theorem 4.2: equilibria of random games within the bounds", $"{equilibria} of {equilibria}", $"{within} of {equilibria}", within == equilibria && equilibria >= RandomGames);
    }

    /// <summary>The solver for aggregative games against the general one on the same blocks.</summary>
    private static RqeCheck StructuredIsDense()
    {
        var random = new Random(4);
        var worst = 0.0;
        for (var i = 0; i < RandomGames / 2; i++)
        {
            var (game, epsilon) = RandomAggregative(random, shareCosts: false);
            var dense = new QuadraticGame([.. Enumerable.Range(0, game.Players).Select(game.Utility)]);
            var tau = 0.5 * GaussianSolver.LargestAdmissibleTau(game, epsilon).Min();
            var risk = new RiskProfile([.. epsilon.Select(_ => tau)], epsilon);
            var (one, other) = (GaussianSolver.Solve(game, risk).Equilibrium, GaussianSolver.Solve(dense, risk).Equilibrium);
            worst = one.Means.Zip(other.Means).Select(pair => (pair.First - pair.Second).InfinityNorm())
                .Concat(one.RiskAdjusted.Zip(other.RiskAdjusted).Select(pair => Math.Abs(pair.First - pair.Second))).Append(worst).Max();
        }

        return RqeCheck.AtMost("aggregative games, structured = dense solver: largest difference", 1e-8, worst);
    }

    private static (QuadraticGame Game, double[] Epsilon) RandomAggregative(Random random, bool shareCosts)
    {
        var (players, dimension) = (random.Next(2, 5), random.Next(1, 4));
        var rs = Enumerable.Range(0, shareCosts ? 1 : players).Select(_ => Definite(random, dimension)).ToArray();
        var game = AggregativeGame.Create(players, Definite(random, dimension), rs, Vector<double>.Build.DenseOfArray(Values(random, dimension)));
        return (game, [.. Enumerable.Repeat(0.2 + random.NextDouble(), players)]);
    }

    private static Matrix<double> Definite(Random random, int dimension)
    {
        var root = Matrix<double>.Build.Dense(dimension, dimension, (_, _) => random.NextDouble() - 0.5);
        return (root * root.Transpose()) + Matrix<double>.Build.DenseDiagonal(dimension, 0.3);
    }

    private static double[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() + 0.1)];

    private static double[] Mixed(Random random, int count)
    {
        var weights = Values(random, count);
        return [.. weights.Select(weight => weight / weights.Sum())];
    }
}

/// <summary>
/// All equilibria of the volunteer's game (arXiv 2602.21515, Example 4.2) at some tau, to six digits, computed by scanning and bisecting
/// x - BR(BR(x)); (x, y) are the players' probabilities to contribute.
/// </summary>
internal static class ReferenceValues
{
    /// <summary>Half a unit in the sixth digit, and a little for rounding.</summary>
    public const double Tolerance = 0.6e-6;

    public static IReadOnlyList<(double Kappa, double Epsilon, double Tau, (double X, double Y)[] Equilibria)> Volunteers { get; } =
    [
        (0.4, 0.15, 0.001, [(0.970074, 0.078206), (0.562444, 0.562444), (0.078206, 0.970074)]),
        (0.4, 0.15, 1.0, [(0.964686, 0.107204), (0.619593, 0.619593), (0.107204, 0.964686)]),
        (0.4, 0.15, 1.5, [(0.953077, 0.157433), (0.642298, 0.642298), (0.157433, 0.953077)]),
        (0.4, 0.15, 2.0, [(0.662049, 0.662049)]),
        (0.4, 0.15, 10, [(0.808593, 0.808593)]),
        (0.5, 0.10, 2.5, [(0.992225, 0.015387), (0.650814, 0.650814), (0.015387, 0.992225)]),
        (0.5, 0.10, 3.0, [(0.991360, 0.026395), (0.912664, 0.319431), (0.669640, 0.669640), (0.319431, 0.912664), (0.026395, 0.991360)]),
        (0.5, 0.10, 4.0, [(0.700977, 0.700977)]),
    ];
}
