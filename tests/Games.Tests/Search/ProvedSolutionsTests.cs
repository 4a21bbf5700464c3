using MathNet.Numerics.LinearAlgebra;
using Srpo.Games.Continuation;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Games.Tests.Finite;

namespace Srpo.Games.Tests.Search;

/// <summary>What the solvers say, held against methods that share no code with them, on games of all scales.</summary>
public class ProvedSolutionsTests
{
    [Fact]
    public void TwoByTwoGamesOfAllScalesAreCompleteAndProved()
    {
        var games = Count(1900);
        var random = new Random(Seed(20));
        var (proved, expected) = (0, 0);
        for (var number = 0; number < games; number++)
        {
            var (utilities, tau, epsilon) = TwoByTwo(random, number);
            var game = new FiniteGame("random", [2, 2], utilities);
            var risk = new RiskProfile(tau, epsilon);
            var search = RqeSolver.FindAll(game, risk);
            Assert.Equal(1, search.IndexSum);
            Assert.All(search.Equilibria, one => AssertProved(game, risk, one));
            AssertDistinct(search);
            if (search.IsComplete) proved++;
            double[,] first = { { utilities[0][0], utilities[0][1] }, { utilities[0][2], utilities[0][3] } };
            double[,] second = { { utilities[1][0], utilities[1][2] }, { utilities[1][1], utilities[1][3] } };
            foreach (var t in IndependentRqe.Scan(first, second, tau, epsilon, 200))
            {
                expected++;
                Assert.True(
                    search.Equilibria.Any(one => Math.Abs(one.LogStrategies[0][0] - one.LogStrategies[0][1] - t) < 1e-4 * (1 + Math.Abs(t))),
                    $"game {number}: the equilibrium with logit {t} is missing");
            }
        }

        Assert.InRange(proved, 0.99 * games, games);
        Assert.InRange(expected, 1.5 * games, 2 * games);
    }

    [Theory]
    [InlineData(new[] { 3, 3 }, 30)]
    [InlineData(new[] { 2, 2, 2 }, 30)]
    [InlineData(new[] { 2, 3 }, 1000)]
    public void LargerGamesOfAllScalesMissNothingThatAGridFinds(int[] actions, double sharpest)
    {
        var games = Count(40);
        var random = new Random(Seed(21));
        var (found, expected) = (0, 0);
        for (var number = 0; number < games; number++)
        {
            var joint = actions.Aggregate(1, (product, count) => product * count);
            var utilities = actions.Select(_ => RandomGames.Uniform(random, joint, -1, 1)).ToArray();
            if (number % 2 == 0) Coordinate(utilities, actions);
            var (scale, sharpness) = (RandomGames.LogUniform(random, 1e-10, 1e10), RandomGames.LogUniform(random, 1, sharpest));
            var caution = number % 3 == 0 ? 0 : RandomGames.LogUniform(random, 0.05, 20);
            foreach (var row in utilities) for (var i = 0; i < row.Length; i++) row[i] *= scale;
            double[] tau = [.. utilities.Select(row => caution / (row.Max() - row.Min()))];
            double[] epsilon = [.. utilities.Select(row => (row.Max() - row.Min()) / sharpness)];
            var (game, risk) = (new FiniteGame("random", actions, utilities), new RiskProfile(tau, epsilon));
            var search = RqeSolver.FindAll(game, risk);
            Assert.False(search.IsComplete);
            Assert.Equal(1, search.IndexSum);
            Assert.All(search.Equilibria, one => AssertProved(game, risk, one));
            AssertDistinct(search);
            foreach (var profile in IndependentRqe.Grid(utilities, actions, tau, epsilon))
            {
                expected++;
                if (search.Equilibria.Any(one => one.Strategies.SelectMany(row => row).Zip(profile).All(pair => Math.Abs(pair.First - pair.Second) < 2e-5))) found++;
            }
        }

        Assert.InRange(found, 0.99 * expected, expected);
        Assert.True(expected > games);
    }

    [Fact]
    public void TheUnitOfTheUtilitiesDoesNotMatter()
    {
        for (var seed = 0; seed < 200; seed++) Assert.True(UnitDoesNotMatter(seed, seed % 4 == 0), $"seed {seed}");
    }

    private static bool UnitDoesNotMatter(int seed, bool three)
    {
        var random = new Random(seed);
        int[] actions = three ? [2, 3] : [2, 2];
        var game = RandomGames.Game(random, random.Next(2) == 0, actions);
        var (tau, epsilon) = (RandomGames.LogUniform(random, 0.01, 20), RandomGames.LogUniform(random, 0.02, 1));
        var unit = RandomGames.LogUniform(random, 1e-10, 1e10);
        var scaled = new FiniteGame(
            "scaled", actions, [.. game.Payoffs.Select(row => row.Select(value => value * unit).ToArray())], [.. game.Costs.Select(row => row.Select(value => value * unit).ToArray())]);
        var (one, other) = (RqeSolver.FindAll(game, RiskProfile.Shared(2, tau, epsilon)), RqeSolver.FindAll(scaled, RiskProfile.Shared(2, tau / unit, epsilon * unit)));
        return one.Equilibria.Length == other.Equilibria.Length
            && one.Proof == other.Proof
            && one.Equilibria.Zip(other.Equilibria).All(pair =>
                pair.First.IsStable == pair.Second.IsStable
                && pair.First.LogStrategies.SelectMany(row => row).Zip(pair.Second.LogStrategies.SelectMany(row => row)).All(both => Math.Abs(both.First - both.Second) < 1e-7 * (1 + Math.Abs(both.First)))
                && Math.Abs((pair.First.Objectives[0] * unit) - pair.Second.Objectives[0]) < 1e-9 * unit);
    }

    [Fact]
    public void AConstantThatIsAddedToAllPayoffsDoesNotMatter()
    {
        double[] stag = [4, 0, 3, 3];
        var plain = RqeSolver.FindAll(new FiniteGame("stag", [2, 2], [stag, [4, 3, 0, 3]]), RiskProfile.Shared(2, 0.1, 0.1));
        var shifted = RqeSolver.FindAll(new FiniteGame("stag", [2, 2], [[.. stag.Select(value => value + 1e6)], [4 - 1e6, 3 - 1e6, -1e6, 3 - 1e6]]), RiskProfile.Shared(2, 0.1, 0.1));
        Assert.Equal(3, plain.Equilibria.Length);
        Assert.Equal(3, shifted.Equilibria.Length);
        foreach (var (a, b) in plain.Equilibria.Zip(shifted.Equilibria)) Assert.Equal(a.Strategies[0][0], b.Strategies[0][0], 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-6)]
    [InlineData(1)]
    public void ChickenWithPayoffsOfAMillionHasItsThreeEquilibria(double tau)
    {
        // Dare or swerve: mutual daring costs most.
        double[] row = [-1e6, 7e5, 0, 2e5];
        double[] column = [-1e6, 0, 7e5, 2e5];
        var search = RqeSolver.FindAll(new FiniteGame("chicken", [2, 2], [row, column]), RiskProfile.Shared(2, tau, 1e-3));
        Assert.Equal(CompletenessProof.Intervals, search.Proof);
        Assert.Equal([true, false, true], search.Equilibria.Select(one => one.IsStable));
        double[,] own = { { row[0], row[1] }, { row[2], row[3] } };
        Assert.Equal(3, IndependentRqe.Scan(own, own, [tau, tau], [1e-3, 1e-3], 2000).Count);
        // The mixed one: with tau = 0 the other dares with probability 1/3.
        var mixed = search.Equilibria[search.Equilibria.Length / 2];
        Assert.Equal(mixed.Strategies[0][0], mixed.Strategies[1][0]);
        if (tau == 0) Assert.Equal(1.0 / 3, mixed.Strategies[0][0], 1e-6);
    }

    [Fact]
    public void OnABifurcationTheSymmetricPointIsExactAndItsStabilityUnknown()
    {
        // Pure coordination: the responses' slopes at 1/2 are 1/(2 eps), so the pitchfork is at eps = 1/2; with three actions each mixes 1/3.
        var two = Assert.Single(RqeSolver.FindAll(new FiniteGame("coordination", [2, 2], [[1, 0, 0, 1]]), RiskProfile.Shared(2, 0, 0.5)).Equilibria);
        Assert.Equal([0.5, 0.5, 0.5, 0.5], two.Strategies.SelectMany(row => row));
        Assert.Null(two.IsStable);
        var three = Assert.Single(RqeSolver.FindAll(new FiniteGame("coordination", [2, 2, 2], [[1, 0, 0, 0, 0, 0, 0, 1]]), RiskProfile.Shared(3, 0, 0.5)).Equilibria);
        Assert.All(three.Strategies, row => Assert.Equal(0.5, row[0]));

        // The volunteer's game at its pitchfork in tau, which bisection finds: x = y to the last bit on both sides and there.
        var game = RandomGames.Volunteer(0.4);
        var (low, high) = (1.7, 1.79);
        for (var i = 0; i < 60; i++)
        {
            var middle = 0.5 * (low + high);
            var symmetric = RqeSolver.FindAll(game, RiskProfile.Shared(2, middle, 0.15)).Equilibria.Single(one => one.Strategies[0][0] == one.Strategies[1][0]);
            if (symmetric.IsStable == false) low = middle;
            else high = middle;
        }

        Assert.Equal(1.7652767, low, 1e-6);
    }

    [Fact]
    public void SymmetricGamesGiveMirroredPointsTogether()
    {
        var random = new Random(4);
        for (var trial = 0; trial < 60; trial++)
        {
            var size = 2 + (trial % 2);
            var payoffs = RandomGames.Uniform(random, size * size, 0, 1);
            double[] mirrored = [.. Enumerable.Range(0, size * size).Select(i => payoffs[(i % size * size) + (i / size)])];
            var search = RqeSolver.FindAll(new FiniteGame("symmetric", [size, size], [payoffs, mirrored]), RiskProfile.Shared(2, trial % 3, 0.03 + (0.1 * random.NextDouble())));
            Assert.All(search.Equilibria, one => Assert.Contains(
                search.Equilibria, other => other.Strategies[0].SequenceEqual(one.Strategies[1]) && other.Strategies[1].SequenceEqual(one.Strategies[0])));
        }
    }

    [Theory]
    [InlineData(1, 1e-14, 0, "epsilon")]
    [InlineData(1e50, 1, 0, "epsilon")]
    [InlineData(1, 1, 1e308, "tau")]
    [InlineData(1e308, 1, 0, "payoffs")]
    [InlineData(5e-324, 1, 0, "payoffs")]
    public void WhatDoublesCannotHoldIsRefusedByName(double payoff, double epsilon, double tau, string field)
    {
        foreach (var game in new[] { new FiniteGame("unit", [2, 2], [[payoff, -payoff, -payoff, payoff]]), new FiniteGame("unit", [2, 2, 2], [[payoff, -payoff, -payoff, payoff, 0, 0, 0, 0]]) })
        {
            var error = Assert.Throws<ArgumentException>(() => RqeSolver.FindAll(game, RiskProfile.Shared(game.Players, tau, epsilon)));
            Assert.Equal(field, error.ParamName);
            Assert.StartsWith(field + " of player 0: ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheRemedyThatARefusalNamesIsAccepted()
    {
        var game = new FiniteGame("unit", [2, 2], [[3, 0, 0, 3]]);
        var error = Assert.Throws<ArgumentException>(() => RqeSolver.FindAll(game, RiskProfile.Shared(2, 0, 1e-14)));
        var epsilon = double.Parse(error.Message.Split("take at least ")[1].Split(" (")[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(3, RqeSolver.FindAll(game, RiskProfile.Shared(2, 0, epsilon)).Equilibria.Length);
        error = Assert.Throws<ArgumentException>(() => RqeSolver.FindAll(game, RiskProfile.Shared(2, 1e13, 1)));
        var tau = double.Parse(error.Message.Split("take at most ")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotEmpty(RqeSolver.FindAll(game, RiskProfile.Shared(2, tau, 1)).Equilibria);
    }

    [Theory]
    [InlineData(new[] { 2, 2, 2 })]
    [InlineData(new[] { 3, 3 })]
    public void NearlyRationalPlayersWithLargeRewardsAreSolved(int[] actions)
    {
        var rewards = new double[actions.Aggregate(1, (product, count) => product * count)];
        for (var action = 0; action < actions[0]; action++) rewards[actions.Aggregate(0, (index, count) => (index * count) + action)] = 1000;
        var search = RqeSolver.FindAll(new FiniteGame("rewards", actions, [rewards]), RiskProfile.Shared(actions.Length, 1, 1e-3));
        Assert.Equal(1, search.IndexSum);
        // Meeting on every action at least, each of them stable.
        Assert.Equal(actions[0], search.Equilibria.Count(one => one.IsStable == true && one.Strategies.All(row => row.Max() == 1)));
    }

    [Fact]
    public void StabilityIsUnknownWhereEigenvaluesAreNotFound()
    {
        Assert.Null(Stability.Of(Matrix<double>.Build.Dense(3, 3, double.NaN)));
        Assert.Null(Stability.Of(Matrix<double>.Build.DenseIdentity(3)));
        Assert.True(Stability.Of(Matrix<double>.Build.Dense(3, 3)));
        Assert.False(Stability.Of(Matrix<double>.Build.DenseOfArray(new[,] { { 0, 1e300 }, { 1e-299, 0 } })));
    }

    [Fact]
    public void SearchesHeedCancellation()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var risk = RiskProfile.Shared(2, 1, 0.1);
        Assert.Throws<OperationCanceledException>(() => RqeSolver.FindAll(RandomGames.Volunteer(0.4), risk, null, cancelled.Token));
        Assert.Throws<OperationCanceledException>(() => RqeSolver.FindAll(new FiniteGame("g", [3, 2], [[1, 2, 3, 4, 5, 6]]), risk, null, cancelled.Token));
        Assert.Throws<OperationCanceledException>(() => BifurcationDiagram.Compute(RandomGames.Volunteer(0.4), risk, [0, 1], null, cancelled.Token));
    }

    /// <summary>More games than every run of the tests has time for: SRPO_GAMES_COUNT of them, drawn with SRPO_GAMES_SEED.</summary>
    private static int Count(int usual) => int.TryParse(Environment.GetEnvironmentVariable("SRPO_GAMES_COUNT"), out var count) ? count : usual;

    private static int Seed(int usual) => int.TryParse(Environment.GetEnvironmentVariable("SRPO_GAMES_SEED"), out var seed) ? seed : usual;

    private static (double[][] Utilities, double[] Tau, double[] Epsilon) TwoByTwo(Random random, int number)
    {
        double[][] utilities = [RandomGames.Uniform(random, 4, -1, 1), RandomGames.Uniform(random, 4, -1, 1)];
        if (number % 3 > 0) Coordinate(utilities, [2, 2]);
        if (number % 4 == 0) utilities[1] = [utilities[0][0], utilities[0][2], utilities[0][1], utilities[0][3]];
        var scale = RandomGames.LogUniform(random, 1e-6, 1e6);
        foreach (var row in utilities) for (var i = 0; i < 4; i++) row[i] *= scale;
        var sharpness = RandomGames.LogUniform(random, 0.5, (number % 3) switch { 0 => 50, 1 => 1e4, _ => 1e10 });
        var caution = number % 5 == 0 ? 0 : RandomGames.LogUniform(random, 1e-3, number % 2 == 0 ? 10 : 1e6);
        double Range(int player) => utilities[player].Max() - utilities[player].Min();
        var second = number % 2 == 0 ? 1 : RandomGames.LogUniform(random, 0.1, 10);
        return (utilities, [caution / Range(0), caution * second / Range(1)], [Range(0) / sharpness, Range(1) / (sharpness * second)]);
    }

    private static void Coordinate(double[][] utilities, int[] actions)
    {
        foreach (var row in utilities)
        {
            for (var action = 0; action < actions.Min(); action++) row[actions.Aggregate(0, (index, count) => (index * count) + action)] += 1;
        }
    }

    private static void AssertProved(FiniteGame game, RiskProfile risk, FiniteEquilibrium one)
    {
        Assert.InRange(one.LogResidual, 0, SolverLimits.LogTolerance(game, risk));
        Assert.InRange(one.Gap, 0, SolverLimits.GapTolerance);
    }

    private static void AssertDistinct(RqeSearch search)
    {
        for (var i = 0; i < search.Equilibria.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var logs = search.Equilibria[i].LogStrategies.SelectMany(row => row).Zip(search.Equilibria[j].LogStrategies.SelectMany(row => row));
                Assert.Contains(logs, pair => Math.Abs(pair.First - pair.Second) > 1e-6 * (1 + Math.Abs(pair.First)));
            }
        }
    }
}
