using BenchmarkDotNet.Attributes;
using Srpo.Games;
using Srpo.Games.Finite;

namespace Srpo.Bench;

/// <summary>All equilibria of the volunteer's game (kappa 0.5, eps 0.1) at 1000 values of tau from 0 to 10, on one core.</summary>
[MemoryDiagnoser]
public class TwoByTwoBenchmarks
{
    private readonly List<LogitPair> _pairs = [];
    private readonly List<double> _roots = [];
    private FiniteGame _game = null!;

    [GlobalSetup]
    public void Setup() => _game = MatrixGames.Load("volunteer-half").ToFiniteGame();

    [Benchmark]
    public int Sweep1000Taus()
    {
        var (first, second) = TwoByTwoSolver.Players(_game, RiskProfile.Shared(2, 0, 0.1));
        var found = 0;
        for (var i = 0; i < 1000; i++)
        {
            TwoByTwoSolver.FindLogits(first.With(i * 0.01, 0.1), second.With(i * 0.01, 0.1), _pairs, _roots);
            found += _pairs.Count;
        }

        return found;
    }

    [Benchmark]
    public int WholeEquilibriaAtTau3() => TwoByTwoSolver.FindAll(_game, RiskProfile.Shared(2, 3, 0.1)).Count;
}
