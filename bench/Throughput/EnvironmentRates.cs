using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Environments.Python;

namespace Srpo.Bench.Throughput;

/// <summary>Steps a second of an environment that is played in one way.</summary>
/// <param name="Way">"srpo", or "python" for a plain loop in Python.</param>
/// <param name="Lanes">Number of lanes, of each of which a step is counted.</param>
/// <param name="Best">Steps a second in the best round.</param>
/// <param name="Median">Their median over rounds.</param>
/// <param name="OfPython">The rate divided by that of the plain loop in the same round, median over rounds; null where there is no such loop.</param>
public sealed record EnvironmentRate(string Way, int Lanes, double Best, double Median, double? OfPython);

/// <summary>An environment on one core with random legal actions and the observations of all seats; beside one in Python the same environment in a loop of Python's own.</summary>
public static class EnvironmentRates
{
    private const double Seconds = 0.5;

    /// <summary>Measures all ways in every round, so that they drift together.</summary>
    /// <param name="settings">The environment.</param>
    /// <param name="lanes">Numbers of lanes, each at least 1.</param>
    /// <param name="rounds">At least 1.</param>
    /// <param name="cancellation">Ends it early, between two measures.</param>
    public static IReadOnlyList<EnvironmentRate> Run(EnvironmentSettings settings, IReadOnlyList<int> lanes, int rounds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(lanes);
        IVectorEnvironment[] all = [.. lanes.Select(count => EnvironmentFactory.Create(settings, count))];
        using var loop = (all[0] as PythonEnvironment)?.Loop();
        try
        {
            Func<double>[] ways =
            [
                .. loop is null ? Array.Empty<Func<double>>() : [() => loop.StepsPerSecond(Seconds)],
                .. all.Select(environment => (Environment: environment, Step: EnvironmentBench.Steps(environment, observe: true)))
                    .Select(played => (Func<double>)(() => played.Environment.Lanes * Calls.PerSecond(played.Step, restore: null, Seconds))),
            ];

            // What is compiled or imported with the first steps is not what is asked for.
            foreach (var way in ways) way();
            var rates = ways.Select(_ => new double[rounds]).ToArray();
            for (var round = 0; round < rounds; round++)
            {
                for (var way = 0; way < ways.Length; way++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    rates[way][round] = ways[way]();
                }
            }

            var skipped = loop is null ? 0 : 1;
            return [.. rates.Select((seen, way) => new EnvironmentRate(
                way < skipped ? "python" : "srpo", way < skipped ? 1 : lanes[way - skipped], seen.Max(), Measure.MedianOf(seen), loop is null ? null : Measure.MedianOf([.. seen.Zip(rates[0], (rate, plain) => rate / plain)])))];
        }
        finally
        {
            foreach (var environment in all) (environment as IDisposable)?.Dispose();
        }
    }
}
