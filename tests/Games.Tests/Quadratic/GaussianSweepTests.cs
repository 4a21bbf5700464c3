using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.FSharp.Core;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Tests.Quadratic;

public class GaussianSweepTests
{
    /// <summary>
    /// Theorem 4.1. Assumptions: Q and R positive definite, all players share R, tau and eps, condition (14) holds, and the goal is not 0
    /// (with goal 0 all means are 0 and the reward does not move).
    /// </summary>
    [Fact]
    public void SharedRewardRisesStrictlyWithTau()
    {
        var size = Gen.Choose(0, 99);
        var cases =
            from players in Gen.Choose(2, 4)
            from dimension in Gen.Choose(1, 3)
            from entries in Gen.ArrayOf(Gen.Choose(-8, 8), 21)
            from low in size
            from high in size
            from epsilon in Gen.Choose(1, 20)
            where low != high && entries.Take(dimension).Any(entry => entry != 0)
            select new Case(players, dimension, entries, Math.Min(low, high), Math.Max(low, high), epsilon);
        var config = Config.QuickThrowOnFailure.WithMaxTest(1000)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(41UL, 2603UL), FSharpOption<int>.None)));

        Check.One(config, Prop.ForAll(Arb.From(cases, Smaller), Rises));
    }

    [Fact]
    public void WithGoalZeroTheRewardStays()
    {
        var game = RandomGames.Robots(1, goal: 0);
        var sweep = GaussianSweep.Compute(game, RiskProfile.Shared(2, 0, 1), [0, 1, 1.9]);

        Assert.Equal(sweep.Points[0].SharedReward!.Value, sweep.Points[2].SharedReward!.Value, 1e-14);
        Assert.False(sweep.RewardRises);
    }

    [Fact]
    public void WithDifferentCostsTheRewardNeedNotRise()
    {
        var sweep = GaussianSweep.Compute(GaussianSolverTests.TurnedCosts(), RiskProfile.Shared(2, 0, 1), [0, 0.7]);

        Assert.False(sweep.RewardRises);
    }

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(2, 0.2, 3)]
    [InlineData(3, 2, 0.5)]
    [InlineData(5, 1, 1)]
    public void TotalUtilityRisesPeaksAndFalls(int players, double r, double epsilon)
    {
        // u' = 0 where the reward weighs as all players together would weigh it, K = n: tau eps = (1 + R)/n, of a domain up to (1 + R)/(n - 1).
        var (peak, largest) = ((1 + r) / (players * epsilon), (1 + r) / ((players - 1) * epsilon));
        double[] taus = [.. Enumerable.Range(0, 37).Select(step => step * 0.027 * largest), peak];
        var sweep = GaussianSweep.Compute(RandomGames.Robots(r, players: players), RiskProfile.Shared(players, 9, epsilon), taus);

        Assert.Equal(largest, sweep.LargestTau, 1e-12);
        Assert.Equal(peak, sweep.Peak.Tau, 1e-6 * largest);
        Assert.True(sweep.PeakIsInside);
        Assert.True(sweep.RewardRises);
        foreach (var (first, second) in sweep.Points.Zip(sweep.Points.Skip(1)))
        {
            Assert.True(first.Tau < second.Tau);
            if (second.Tau <= peak) Assert.True(second.Utility > first.Utility);
            if (first.Tau >= peak) Assert.True(second.Utility < first.Utility);
        }
    }

    [Fact]
    public void PointsAreSolutions()
    {
        var random = new Random(2);
        var game = RandomGames.General(random, 1, 2, 1);
        double[] epsilon = [0.1, 0.2, 0.3];
        var sweep = GaussianSweep.Compute(game, new RiskProfile([7, 7, 7], epsilon), [0.2, 0.1]);
        Assert.Equal([0.1, 0.2], sweep.Points.Select(point => point.Tau));
        Assert.Null(sweep.RewardRises);
        foreach (var point in sweep.Points)
        {
            var equilibrium = GaussianSolver.Solve(game, new RiskProfile([point.Tau, point.Tau, point.Tau], epsilon)).Equilibrium;

            Assert.Equal(equilibrium.Utilities.ToArray(), point.Utilities.ToArray());
            Assert.Equal(equilibrium.Utilities.Average(), point.Utility, 1e-14);
            Assert.Equal(equilibrium.FreeRiding, point.FreeRiding);
        }
    }

    [Fact]
    public void WithoutRiskFromTheOthersThePeakIsAtZero()
    {
        var (one, zero) = (Matrix<double>.Build.Dense(1, 1, 1), Matrix<double>.Build.Dense(1, 1));
        var alone = new QuadraticUtility(-one, zero, zero, Vector<double>.Build.Dense(1, 1), Vector<double>.Build.Dense(1, 1));
        var sweep = GaussianSweep.Compute(new QuadraticGame([alone, alone]), RiskProfile.Shared(2, 0, 1), [0, 50]);

        Assert.True(double.IsPositiveInfinity(sweep.LargestTau));
        Assert.Equal(0, sweep.Peak.Tau);
        Assert.False(sweep.PeakIsInside);
        Assert.Equal(sweep.Points[0].Utility, sweep.Points[1].Utility, 1e-12);
    }

    [Fact]
    public void WrongTausAreNamed()
    {
        var (game, risk) = (RandomGames.Robots(1), RiskProfile.Shared(2, 0, 1));

        Assert.StartsWith("taus[1]: must be a finite number", Assert.ThrowsAny<ArgumentException>(() => GaussianSweep.Compute(game, risk, [0, -1])).Message, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Throws<RiskDomainException>(() => GaussianSweep.Compute(game, risk, [0, 3])).LargestAdmissibleTau, 1e-12);
    }

    private static bool Rises(Case sample)
    {
        var game = sample.Game();
        var epsilon = sample.Epsilon / 10.0;
        var largest = GaussianSolver.LargestAdmissibleTau(game, [.. Enumerable.Repeat(epsilon, sample.Players)]).Min();
        double Reward(int percent) => GaussianSolver.Solve(game, RiskProfile.Shared(sample.Players, percent / 100.0 * largest, epsilon)).Equilibrium.SharedReward!.Value;
        return Reward(sample.High) > Reward(sample.Low);
    }

    private static IEnumerable<Case> Smaller(Case sample)
    {
        if (sample.Players > 2) yield return sample with { Players = sample.Players - 1 };
        if (sample.Dimension > 1 && sample.Entries.Take(sample.Dimension - 1).Any(entry => entry != 0)) yield return sample with { Dimension = sample.Dimension - 1 };
        if (sample.Low > 0) yield return sample with { Low = sample.Low / 2 };
        if (sample.Epsilon > 1) yield return sample with { Epsilon = sample.Epsilon / 2 };
        for (var index = 0; index < sample.Entries.Length; index++)
        {
            if (sample.Entries[index] == 0) continue;
            int[] entries = [.. sample.Entries];
            entries[index] /= 2;
            if (entries.Take(sample.Dimension).Any(entry => entry != 0)) yield return sample with { Entries = entries };
        }
    }

    /// <summary>Goal from the first entries, Q and R = X X^T / 16 + I / 4 from the next two nines; taus in percent of the domain, epsilon in tenths.</summary>
    private sealed record Case(int Players, int Dimension, int[] Entries, int Low, int High, int Epsilon)
    {
        public QuadraticGame Game() => AggregativeGame.Create(
            Players, Positive(3), [Positive(12)], Vector<double>.Build.Dense(Dimension, axis => Entries[axis]));

        public override string ToString() => $"{Players} players, dimension {Dimension}, entries [{string.Join(", ", Entries)}], {Low}% to {High}%, eps {Epsilon}/10";

        private Matrix<double> Positive(int from)
        {
            var root = Matrix<double>.Build.Dense(Dimension, Dimension, (row, column) => Entries[from + (3 * row) + column] / 4.0);
            return (root * root.Transpose()) + (Matrix<double>.Build.DenseIdentity(Dimension) * 0.25);
        }
    }
}
