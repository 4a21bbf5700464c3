using BenchmarkDotNet.Attributes;
using Srpo.Games;
using Srpo.Games.Continuation;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;

namespace Srpo.Bench;

/// <summary>The search for all equilibria of a random game of two players with 20 actions each, from 200 starts on one core.</summary>
[MemoryDiagnoser]
public class SearchBenchmarks
{
    private FiniteGame _game = null!;

    /// <summary>Bounded rationality.</summary>
    [Params(0.2, 0.05)]
    public double Epsilon { get; set; }

    /// <summary>Risk aversion.</summary>
    [Params(0, 5)]
    public double Tau { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(2);
        double[] Payoffs() => [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        _game = new FiniteGame("random", [20, 20], [Payoffs(), Payoffs()]);
    }

    [Benchmark]
    public int MultiStart() => MultiStartSolver.FindAll(_game, RiskProfile.Shared(2, Tau, Epsilon)).Equilibria.Length;
}

/// <summary>The bifurcation diagram of the volunteer's game at 1000 values of tau, all equilibria of all of them included.</summary>
[MemoryDiagnoser]
public class DiagramBenchmarks
{
    private readonly FiniteGame _game = new("volunteer", [2, 2], [[1, 1, 1, 0]], [[0.5, 0], [0.5, 0]]);
    private readonly double[] _taus = [.. Enumerable.Range(0, 1000).Select(i => i * 0.01)];

    [Benchmark]
    public int Diagram1000Taus() => BifurcationDiagram.Compute(_game, RiskProfile.Shared(2, 0, 0.1), _taus).Bifurcations.Length;
}
