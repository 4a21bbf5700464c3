using BenchmarkDotNet.Attributes;
using MathNet.Numerics.LinearAlgebra;
using Srpo.Games;
using Srpo.Games.Quadratic;

namespace Srpo.Bench;

/// <summary>Gaussian equilibria of quadratic games: an aggregative game with many players, and the same solver without the structure.</summary>
[MemoryDiagnoser]
public class QuadraticBenchmarks
{
    private QuadraticGame _aggregative = null!;
    private QuadraticGame _general = null!;
    private RiskProfile _risk = null!;
    private RiskProfile _generalRisk = null!;

    [GlobalSetup]
    public void Setup()
    {
        _aggregative = Game(players: 50, dimension: 20);
        _risk = Risk(_aggregative);
        var small = Game(players: 5, dimension: 10);
        _general = new QuadraticGame([.. Enumerable.Range(0, small.Players).Select(small.Utility)]);
        _generalRisk = Risk(_general);
    }

    [Benchmark]
    public GaussianSolution Aggregative50PlayersOfDimension20() => GaussianSolver.Solve(_aggregative, _risk);

    [Benchmark]
    public GaussianSweep SweepOf20Taus() => GaussianSweep.Compute(_aggregative, _risk, [.. Enumerable.Range(0, 20).Select(step => step * 0.05 * _risk.Tau[0])]);

    [Benchmark]
    public GaussianSolution General5PlayersOfDimension10() => GaussianSolver.Solve(_general, _generalRisk);

    /// <summary>Every player has her own R.</summary>
    private static QuadraticGame Game(int players, int dimension)
    {
        var random = new Random(1);
        Matrix<double> Positive()
        {
            var root = Matrix<double>.Build.Dense(dimension, dimension, (_, _) => random.NextDouble() - 0.5);
            return (root * root.Transpose()) + (Matrix<double>.Build.DenseIdentity(dimension) * 0.5);
        }

        return AggregativeGame.Create(
            players, Positive(), [.. Enumerable.Range(0, players).Select(_ => Positive())], Vector<double>.Build.Dense(dimension, axis => 1 + axis));
    }

    /// <summary>Half of the admissible tau.</summary>
    private static RiskProfile Risk(QuadraticGame game)
    {
        double[] epsilon = [.. Enumerable.Repeat(0.02, game.Players)];
        return RiskProfile.Shared(game.Players, GaussianSolver.LargestAdmissibleTau(game, epsilon).Min() / 2, 0.02);
    }
}
