using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Finite;

public class FiniteEquilibriaTests
{
    [Fact]
    public void PartsOfAnEquilibriumAreThoseOfItsProfile()
    {
        var game = RandomGames.Volunteer(0.4);
        double[][] strategies = [[0.6, 0.4], [0.2, 0.8]];
        var found = FiniteEquilibria.Assemble(game, RiskProfile.Shared(2, 1.5, 0.3), strategies);

        var reward = 1 - (0.4 * 0.8);
        Assert.Equal(reward, found.SharedReward!.Value, 1e-15);
        Assert.Equal(0.24, found.PrivateCosts[0], 1e-15);
        Assert.Equal(0.08, found.PrivateCosts[1], 1e-15);
        Assert.Equal(0.16, found.FreeRiding, 1e-15);
        Assert.Equal(reward - 0.24, found.Utilities[0], 1e-15);
        // X(C) = 1 - 0.24, X(D) = 0.6 - 0.24.
        var (c, d) = (0.2 * Math.Exp(-1.5 * 0.76), 0.8 * Math.Exp(-1.5 * 0.36));
        Assert.Equal(c / (c + d), found.Adversaries[0][0], 1e-14);
        Assert.Equal(-Math.Log(c + d) / 1.5, found.RiskAdjusted[0], 1e-14);
        Assert.Equal(found.RiskAdjusted[0] - (0.3 * ((0.6 * Math.Log(0.6)) + (0.4 * Math.Log(0.4)))), found.Objectives[0], 1e-14);
        Assert.True(found.Residual > 0.01);
        Assert.Null(FiniteEquilibria.Assemble(new FiniteGame("g", [2, 2], [[1, 0, 0, 1], [0, 1, 1, 0]]), RiskProfile.Shared(2, 1, 1), strategies).SharedReward);
    }

    [Fact]
    public void JacobianIsThatOfFiniteDifferences()
    {
        var random = new Random(7);
        foreach (var actions in new int[][] { [2, 2], [3, 4], [2, 3, 2], [1, 3], [2, 2, 2, 2] })
        {
            var game = RandomGames.Game(random, false, actions);
            var risk = new RiskProfile(RandomGames.Uniform(random, actions.Length, 0, 5), RandomGames.Uniform(random, actions.Length, 0.1, 1));
            var responses = new BestResponse(game, risk);
            var strategies = RandomGames.Profile(random, game);
            var jacobian = BestResponseJacobian.OfLogs(responses, [.. strategies.Select(row => row.Select(p => Math.Log(p)).ToArray())]);

            var size = actions.Sum();
            var whole = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(size, size);
            for (var (player, column) = (0, 0); player < actions.Length; player++)
            {
                for (var action = 0; action < actions[player]; action++, column++)
                {
                    // The direction e_a - 1/m keeps the sum, as the tangent space asks.
                    double[][] Moved(double h) => [.. strategies.Select((row, i) => i == player ? row.Select((p, a) => p + (h * ((a == action ? 1.0 : 0) - (1.0 / row.Length)))).ToArray() : row)];
                    var (up, down) = (responses.SolveAll(Moved(1e-5)), responses.SolveAll(Moved(-1e-5)));
                    var difference = up.SelectMany(row => row).Zip(down.SelectMany(row => row), (a, b) => (a - b) / 2e-5).ToArray();
                    whole.SetColumn(column, difference);
                }
            }

            // The derivative of logarithms to that of probabilities, on directions that keep the sum.
            var answers = responses.SolveAll(strategies).SelectMany(row => row).ToArray();
            double[] probabilities = [.. strategies.SelectMany(row => row)];
            var centred = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseIdentity(size);
            for (var (player, offset) = (0, 0); player < actions.Length; offset += actions[player++])
            {
                for (var a = 0; a < actions[player]; a++)
                {
                    for (var c = 0; c < actions[player]; c++) centred[offset + a, offset + c] -= 1.0 / actions[player];
                }
            }

            var expected = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(size, size, (i, j) => answers[i] * jacobian[i, j] / probabilities[j]) * centred;
            Assert.Equal(0, (expected - whole).Enumerate().Max(Math.Abs), 1e-6 * (1 + whole.Enumerate().Max(Math.Abs)));
        }
    }

    [Fact]
    public void StableEquilibriaAttractDampedDynamicsAndUnstableOnesRepel()
    {
        // Three players who want to match: the mixed symmetric profile is unstable, the matched ones stable.
        var payoff = Enumerable.Range(0, 8).Select(joint => joint is 0 or 7 ? 1.0 : 0).ToArray();
        var game = new FiniteGame("match", [2, 2, 2], [payoff]);
        var risk = RiskProfile.Shared(3, 0.5, 0.1);
        var responses = new BestResponse(game, risk);
        double[] half = [0.5, 0.5];
        var mixed = FiniteEquilibria.Assemble(game, risk, [half, half, half]);
        double[][] strategies = [[0.52, 0.48], [0.52, 0.48], [0.52, 0.48]];
        for (var i = 0; i < 400; i++)
        {
            var next = responses.SolveAll(strategies);
            strategies = [.. strategies.Zip(next, (row, response) => row.Zip(response, (p, r) => (0.8 * p) + (0.2 * r)).ToArray())];
        }

        var matched = FiniteEquilibria.Assemble(responses, strategies);
        Assert.InRange(mixed.Residual, 0, 1e-14);
        Assert.False(mixed.IsStable);
        Assert.InRange(matched.Residual, 0, 1e-12);
        Assert.True(matched.IsStable);
        Assert.True(matched.Strategies[0][0] > 0.99);
    }
}
