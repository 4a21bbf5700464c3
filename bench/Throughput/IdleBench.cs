using System.Diagnostics;
using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Grains.Interfaces;
using Srpo.Learning.Methods;

namespace Srpo.Bench.Throughput;

/// <summary>
/// Many populations that rest: makes them, and wakes all their agents. Agents are real, with two checkpoints' worth of records in
/// storage, but small: what is measured is what a grain costs besides its parameters.
/// </summary>
/// <param name="grains">Gives references to grains.</param>
/// <param name="populations">Populations.</param>
/// <param name="teams">Teams of each, of two agents.</param>
/// <param name="hidden">Width of the one hidden layer of their networks.</param>
/// <param name="points">Points of every learning curve, one a round; 0 for one round without a curve.</param>
public sealed class IdleBench(IGrainFactory grains, int populations, int teams, int hidden, int points = 0)
{
    private const int Seats = 2;
    private const int Together = 64;

    /// <summary>Agents of all populations.</summary>
    public int Agents => populations * teams * Seats;

    /// <summary>Starts all populations, each for small rounds, and waits until they are finished. Those that exist are left as they are.</summary>
    /// <returns>Seconds.</returns>
    public async Task<double> RegisterAsync(Action<int> progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, populations), Limit(8, cancellation), async (index, token) =>
        {
            await GrainLoops.TrainAsync(grains, Spec(index), token);
            progress(Interlocked.Increment(ref done));
        });
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>Asks every agent for its report, which wakes those that sleep.</summary>
    /// <returns>Milliseconds that each call took, ascending, and the seconds for all.</returns>
    public async Task<(double[] Latencies, double Seconds)> WakeAsync(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var latencies = new double[Agents];
        await Parallel.ForEachAsync(Enumerable.Range(0, Agents), Limit(Together, cancellation), async (index, _) =>
        {
            var start = Stopwatch.GetTimestamp();
            await grains.GetGrain<IAgentGrain>(GrainKeys.Seat(Name(index / Seats / teams), index / Seats % teams, index % Seats)).QueryAsync();
            latencies[index] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        Array.Sort(latencies);
        return (latencies, clock.Elapsed.TotalSeconds);
    }

    /// <summary>The name of a population.</summary>
    /// <param name="index">Which one, from 0.</param>
    public static string Name(int index) => $"idle-{index:0000}";

    private static ParallelOptions Limit(int together, CancellationToken cancellation) => new() { MaxDegreeOfParallelism = together, CancellationToken = cancellation };

    private PopulationSpec Spec(int index) => new()
    {
        Population = Name(index),
        Environment = EnvironmentFactory.Resolve(new EnvironmentSettings("gridworld", "official")),
        Training = new TrainingSettings
        {
            Method = new Ippo().Id,
            Iterations = Math.Max(1, points - 1),
            Lanes = 1,
            Horizon = 2,
            Epochs = 1,
            CurveInterval = points > 0 ? 1 : 0,
            CurveEpisodes = 1,
            EvaluationSteps = 1,
            Network = new NetworkSettings { Hidden = [hidden] },
        },
        Teams = teams,
        Seed = (ulong)index,
    };
}
