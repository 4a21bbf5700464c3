using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Games.Tests.Finite;

namespace Srpo.Games.Tests.Search;

public class RqeSystemTests
{
    public static TheoryData<int[], double, double> Cases => new()
    {
        { [3, 4], 0, 0.2 },
        { [3, 4], 2.5, 0.2 },
        { [5, 2], 20, 0.1 },
        { [2, 3, 2], 0, 0.3 },
        { [2, 3, 2], 1.7, 0.1 },
        { [2, 2, 2, 3], 0.6, 0.2 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheResidualIsTheDefinition(int[] actions, double tau, double epsilon)
    {
        var random = new Random(3);
        var game = RandomGames.Game(random, false, actions);
        var system = new RqeSystem(game, RiskProfile.Shared(actions.Length, tau, epsilon));
        var profile = RandomGames.Profile(random, game);
        double[] z = [.. profile.SelectMany(row => row).Select(p => Math.Log(p))];
        var residual = new double[system.Size];
        system.Evaluate(z, residual);
        var at = 0;
        for (var player = 0; player < actions.Length; player++)
        {
            var values = PlainRqe.AdversarialValues(game, profile, player, tau);
            var weights = values.Select(value => Math.Exp(value / epsilon)).ToArray();
            for (var action = 0; action < actions[player]; action++, at++)
                Assert.Equal(z[at] - Math.Log(weights[action] / weights.Sum()), residual[at], 1e-10);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DerivativesAreFiniteDifferences(int[] actions, double tau, double epsilon)
    {
        var random = new Random(4);
        var game = RandomGames.Game(random, false, actions);
        var system = new RqeSystem(game, RiskProfile.Shared(actions.Length, tau, epsilon));
        var size = system.Size;
        double[] z = [.. Enumerable.Range(0, size).Select(_ => -3 * random.NextDouble())];
        double[] residual = new double[size], jacobian = new double[size * size], byTau = new double[size], byLambda = new double[size];
        double[] rates = [.. actions.Select((_, player) => 1.0 + player)];
        system.Evaluate(z, residual);
        system.Jacobian(jacobian, size);
        system.TauDerivative(byTau);
        system.LambdaDerivative(rates, byLambda);
        for (var column = 0; column < size; column++)
        {
            var difference = Difference(step => z[column] += step);
            for (var row = 0; row < size; row++) Assert.Equal(difference[row], jacobian[(row * size) + column], 1e-6);
        }

        Near(Difference(step => { for (var p = 0; p < actions.Length; p++) system.Tau[p] += step; }), byTau);
        Near(Difference(step => { for (var p = 0; p < actions.Length; p++) system.Lambda[p] += rates[p] * step; }), byLambda);

        double[] Difference(Action<double> move)
        {
            const double Step = 1e-5;
            double[] above = new double[size], below = new double[size];
            move(Step);
            system.Evaluate(z, above);
            move(-2 * Step);
            system.Evaluate(z, below);
            move(Step);
            return [.. above.Zip(below, (a, b) => (a - b) / (2 * Step))];
        }

        static void Near(double[] expected, double[] actual)
        {
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }

    [Fact]
    public void TinyProbabilitiesKeepTheirDigits()
    {
        // Action 1 costs 1 more whatever the other does, so its probability is e^-100 of action 0's at eps 0.01.
        var game = new FiniteGame("dominated", [2, 2], [[1, 1, 0, 0], [1, 0, 1, 0]]);
        var system = new RqeSystem(game, RiskProfile.Shared(2, 1, 0.01));
        double[] z = [-1, -1, -1, -1];
        Assert.True(new NewtonSolver(system).Solve(z, 60));
        Assert.Equal(-100, z[1] - z[0], 1e-10);
        Assert.Equal(-100, z[3] - z[2], 1e-10);
    }

    [Fact]
    public void AnotherNumberOfPlayersIsRefused() =>
        Assert.Contains("risk", Assert.Throws<ArgumentException>(() => new RqeSystem(RandomGames.Volunteer(0.4), RiskProfile.Shared(3, 1, 1))).Message, StringComparison.Ordinal);
}
