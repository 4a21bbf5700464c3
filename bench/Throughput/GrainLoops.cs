using System.Diagnostics;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Bench.Throughput;

/// <summary>The same work through the grains, as a run does it.</summary>
internal static class GrainLoops
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Trains a population to its end.</summary>
    /// <returns>Environment steps per second.</returns>
    public static async Task<double> TrainAsync(IGrainFactory grains, PopulationSpec spec, CancellationToken cancellation)
    {
        var coordinator = grains.GetGrain<ICoordinatorGrain>(spec.Population);
        var clock = Stopwatch.StartNew();
        var status = await coordinator.StartAsync(spec);
        while (status.Phase != PopulationPhase.Finished)
        {
            if (status.Phase is PopulationPhase.Failed or PopulationPhase.Stopped)
                throw new InvalidOperationException($"population {spec.Population} ended: {status.Error}");
            await Task.Delay(Poll, cancellation);
            status = await coordinator.GetStatusAsync();
        }

        return status.EnvironmentSteps / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Plays tournaments of whole populations, one after another.</summary>
    /// <returns>Environment steps per second.</returns>
    public static async Task<double> EvaluateAsync(
        IGrainFactory grains, IReadOnlyList<(string Id, TournamentSpec Spec)> tournaments, CancellationToken cancellation)
    {
        var steps = 0L;
        var clock = Stopwatch.StartNew();
        foreach (var (id, spec) in tournaments)
        {
            var tournament = grains.GetGrain<ITournamentGrain>(id);
            var status = await tournament.StartAsync(spec);
            while (!status.Finished)
            {
                if (status.Error != null) throw new InvalidOperationException($"tournament {id} failed: {status.Error}");
                await Task.Delay(TimeSpan.FromMilliseconds(1), cancellation);
                status = await tournament.GetStatusAsync();
            }

            steps += status.EnvironmentSteps;
        }

        return steps / clock.Elapsed.TotalSeconds;
    }
}
