using BenchmarkDotNet.Attributes;
using Srpo.Games;
using Srpo.Games.Markov;

namespace Srpo.Bench;

/// <summary>Exact values and equilibria of a random Markov game: 100 states, two players of 4 actions, 5 successors each, gamma 0.95.</summary>
[MemoryDiagnoser]
public class MarkovBenchmarks
{
    private const int States = 100;
    private const double Tau = 1;
    private const double Epsilon = 0.5;

    private MarkovGame _game = null!;
    private MarkovPolicy[] _policies = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var builder = new MarkovTransitionsBuilder(16);
        for (var row = 0; row < States * 16; row++)
        {
            for (var k = 0; k < 5; k++) builder.Add(random.Next(States), 0.2);
            builder.EndRow();
        }

        double[] Table() => [.. Enumerable.Range(0, States * 16).Select(_ => (2 * random.NextDouble()) - 1)];
        _game = new MarkovGame("random", [4, 4], [Table(), Table()], builder.Build(), 0.95, [.. Enumerable.Repeat(1.0 / States, States)]);
        _policies = [.. Enumerable.Range(0, 2).Select(_ => MarkovPolicy.FromLogits(States, 4, [.. Enumerable.Range(0, States * 4).Select(_ => random.NextDouble())]))];
    }

    [Benchmark]
    public double Values() => RegularisedValues.Evaluate(_game, _policies, 0, Epsilon).Return;

    [Benchmark]
    public double RiskAdjusted() => RiskAdjustedValue.Compute(_game, _policies, 0, Tau, Epsilon).Return;

    [Benchmark]
    public bool BestResponse() => MarkovBestResponse.Compute(_game, _policies, 0, Tau, Epsilon).Converged;

    [Benchmark]
    public bool PolicyIteration() => RegularisedPolicyIteration.Solve(_game, RiskProfile.Shared(2, Tau, Epsilon)).Converged;
}
