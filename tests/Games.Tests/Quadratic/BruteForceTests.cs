using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Tests.Quadratic;

/// <summary>Equilibria against equation (1) maximised by quadrature, and against best responses coded a second time.</summary>
public class BruteForceTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1.2, 1, 1)]
    [InlineData(2.5, 0.5, 2)]
    public void RobotsBestResponsesAreTheMaximaOfEquationOne(double tau, double epsilon0, double r1)
    {
        const double r0 = 1, epsilon1 = 0.6, goal = 3;
        var risk = new RiskProfile([tau, 0.4 * tau], [epsilon0, epsilon1]);
        var equilibrium = GaussianSolver.Solve(RandomGames.Robots(r0, r1), risk).Equilibrium;
        for (var player = 0; player < 2; player++)
        {
            var r = player == 0 ? r0 : r1;
            double Utility(double a, double b) => (-0.5 * (a + b - goal) * (a + b - goal)) - (0.5 * r * a * a);
            var (m, s) = (equilibrium.Means[1 - player][0], Math.Sqrt(equilibrium.Covariances[1 - player][0, 0]));
            double Objective(double mean, double variance)
            {
                // Under exp(-tau X) the tilted density is up to 1/(1 - tau omega) times as wide: reach far.
                const int points = 301;
                const double reach = 20;
                var (sum, weights) = (0.0, 0.0);
                for (var k = 0; k < points; k++)
                {
                    var z = (2 * reach * k / (points - 1)) - reach;
                    var (y, sd) = (m + (s * z), Math.Sqrt(variance));
                    var x = 0.5 * (Utility(mean + sd, y) + Utility(mean - sd, y));
                    var weight = Math.Exp(-0.5 * z * z);
                    weights += weight;
                    sum += weight * (risk.Tau[player] == 0 ? x : Math.Exp(-risk.Tau[player] * x));
                }

                var f = risk.Tau[player] == 0 ? sum / weights : -Math.Log(sum / weights) / risk.Tau[player];
                return f + (risk.Epsilon[player] * 0.5 * Math.Log(2 * Math.PI * Math.E * variance));
            }

            var (mean, logVariance) = Maximise((u, v) => Objective(u, Math.Exp(v)));

            Assert.Equal(mean, equilibrium.Means[player][0], 1e-5);
            Assert.Equal(Math.Exp(logVariance), equilibrium.Covariances[player][0, 0], 1e-5);
            Assert.Equal(Objective(mean, Math.Exp(logVariance)), equilibrium.Objectives[player], 1e-9);
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(2, 1)]
    public void GeneralGamesSatisfyTheFirstOrderConditionsOfEquationOne(int own, int other)
    {
        var random = new Random(own + (10 * other));
        var game = RandomGames.General(random, own, other);
        var risk = RandomGames.Risk(random, game, 0.6);
        var equilibrium = GaussianSolver.Solve(game, risk).Equilibrium;
        for (var player = 0; player < 2; player++)
        {
            var blocks = game.Utility(player);
            var against = equilibrium.Strategies[1 - player];
            double Risk(GaussianStrategy strategy) => Quadrature.RiskAdjusted(
                (a, y) => Quadrature.Utility(blocks, a, y), strategy, against, risk.Tau[player], 16, against.Mean.Count == 1 ? 401 : 81);
            double Objective(Vector<double> mean, Matrix<double> factor)
            {
                var covariance = factor * factor.Transpose();
                return Risk(new GaussianStrategy(mean, covariance)) + (risk.Epsilon[player] * Quadrature.Entropy(covariance));
            }

            var strategy = equilibrium.Strategies[player];
            var root = strategy.Covariance.Cholesky().Factor;
            var size = strategy.Mean.Count;
            Assert.Equal(Risk(strategy), equilibrium.RiskAdjusted[player], 1e-9);
            Assert.Equal(Objective(strategy.Mean, root), equilibrium.Objectives[player], 1e-9);

            // Gradients by central differences, and lower values on both sides.
            const double step = 1e-3;
            for (var direction = 0; direction < size + (size * size); direction++)
            {
                var (mean, factor) = (Vector<double>.Build.Dense(size), Matrix<double>.Build.Dense(size, size));
                if (direction < size) mean[direction] = step;
                else factor[(direction - size) / size, (direction - size) % size] = step;
                var (up, down) = (Objective(strategy.Mean + mean, root + factor), Objective(strategy.Mean - mean, root - factor));
                Assert.Equal(0, (up - down) / (2 * step), 2e-5);
                Assert.True(up < equilibrium.Objectives[player] + 1e-9 && down < equilibrium.Objectives[player] + 1e-9);
            }
        }
    }

    [Fact]
    public void ThreePlayersAreTheFixedPointOfTheTheorysBestResponses()
    {
        double[] r = [0.5, 1, 2], tau = [0.3, 0.9, 0.6], epsilon = [0.8, 0.4, 1.1];
        const double q = 1.5, goal = 2;
        var game = AggregativeGame.Create(
            3, Matrix<double>.Build.Dense(1, 1, q), [.. r.Select(cost => Matrix<double>.Build.Dense(1, 1, cost))], Vector<double>.Build.Dense(1, goal));
        var equilibrium = GaussianSolver.Solve(game, new RiskProfile(tau, epsilon)).Equilibrium;
        double[] variance = [.. r.Zip(epsilon, (cost, eps) => eps / (q + cost))];

        double BestMean(int player, double[] mu)
        {
            // (A - tau B Lambda^-1 B^T) mu = -e - B Lambda^-1 (S^-1 m - tau d) with two others in one dimension, by hand.
            var (j, k) = player switch { 0 => (1, 2), 1 => (0, 2), _ => (0, 1) };
            var (a, c, off) = ((1 / variance[j]) - (tau[player] * q), (1 / variance[k]) - (tau[player] * q), -tau[player] * q);
            var determinant = (a * c) - (off * off);
            Assert.True(determinant > 0 && a > 0);
            var (vj, vk) = ((mu[j] / variance[j]) - (tau[player] * q * goal), (mu[k] / variance[k]) - (tau[player] * q * goal));
            var bLambdaV = -q * (((c - off) * vj) + ((a - off) * vk)) / determinant;
            var bLambdaB = q * q * (a + c - (2 * off)) / determinant;
            return (-(q * goal) - bLambdaV) / (-(q + r[player]) - (tau[player] * bLambdaB));
        }

        var mu = new double[3];
        for (var round = 0; round < 2000; round++) mu = [.. mu.Select((old, player) => (0.7 * old) + (0.3 * BestMean(player, mu)))];

        for (var player = 0; player < 3; player++)
        {
            Assert.Equal(mu[player], equilibrium.Means[player][0], 1e-12);
            Assert.Equal(variance[player], equilibrium.Covariances[player][0, 0], 1e-14);
        }

        Assert.True(equilibrium.Residual < 1e-12);
    }

    [Fact]
    public void RiskIsRightAwayFromTheEquilibriumToo()
    {
        var random = new Random(5);
        var game = RandomGames.General(random, 2, 1, 1);
        GaussianStrategy[] strategies = [.. game.Dimensions.Select(size => new GaussianStrategy(RandomGames.Vector(random, size), RandomGames.Positive(random, size, 0.1) * 0.1))];
        var blocks = game.Utility(1);
        var others = new GaussianStrategy(
            Vector<double>.Build.Dense([.. strategies[0].Mean, .. strategies[2].Mean]),
            strategies[0].Covariance.DiagonalStack(strategies[2].Covariance));
        foreach (var tau in new[] { 0, 1e-6, 0.3 })
        {
            var expected = Quadrature.RiskAdjusted((a, y) => Quadrature.Utility(blocks, a, y), strategies[1], others, tau, 9, 37);

            Assert.Equal(expected, GaussianSolver.RiskAdjusted(game, RiskProfile.Shared(3, tau, 1), 1, strategies), tau == 1e-6 ? 1e-8 : 1e-10);
        }
    }

    /// <summary>A grid of 9 x 9 points around the best so far, shrinking while the best stays inside.</summary>
    private static (double First, double Second) Maximise(Func<double, double, double> objective)
    {
        var (first, second, width) = (0.0, 0.0, 4.0);
        while (width > 1e-7)
        {
            var (best, u, v) = (objective(first, second), first, second);
            for (var i = -4; i <= 4; i++)
            {
                for (var j = -4; j <= 4; j++)
                {
                    var value = objective(first + (i * width / 4), second + (j * width / 4));
                    if (value > best) (best, u, v) = (value, first + (i * width / 4), second + (j * width / 4));
                }
            }

            var moved = Math.Max(Math.Abs(u - first), Math.Abs(v - second));
            (first, second) = (u, v);
            if (moved < 0.9 * width) width *= 0.5;
        }

        return (first, second);
    }
}
