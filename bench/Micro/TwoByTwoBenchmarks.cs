using BenchmarkDotNet.Attributes;
using Srpo.Games;
using Srpo.Games.Finite;

namespace Srpo.Bench;

/// <summary>All equilibria of the volunteer's game (kappa 0.5, eps 0.1) at 1000 values of tau from 0 to 10, on one core.</summary>
[MemoryDiagnoser]
public class TwoByTwoBenchmarks
{
    private FiniteGame _game = null!;

    [GlobalSetup]
    public void Setup() => _game = MatrixGames.Load("volunteer-half").ToFiniteGame();

    [Benchmark]
    public int Sweep1000Taus()
    {
        var found = 0;
        for (var i = 0; i < 1000; i++) found += TwoByTwoSolver.FindAll(_game, RiskProfile.Shared(2, i * 0.01, 0.1)).Count;
        return found;
    }

    [Benchmark]
    public int WholeEquilibriaAtTau3() => TwoByTwoSolver.FindAll(_game, RiskProfile.Shared(2, 3, 0.1)).Count;
}
