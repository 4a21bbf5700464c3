using System.Diagnostics;
using Srpo.Core.Settings;
using Srpo.Grains;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Cluster;

/// <summary>A small population that clusters train.</summary>
internal static class ClusterRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static PopulationSpec Spec(int iterations, int checkpoints) => Populations.Spec("wide", teams: 4, iterations: iterations, checkpoints: checkpoints);

    /// <summary>Trains to the end.</summary>
    public static async Task<string> TrainAsync(IGrainFactory grains, PopulationSpec spec)
    {
        await grains.GetGrain<ICoordinatorGrain>(spec.Population).StartAsync(spec);
        return await FinishAsync(grains, spec);
    }

    /// <summary>Waits for the end, and gives the fingerprint of what was learned.</summary>
    public static async Task<string> FinishAsync(IGrainFactory grains, PopulationSpec spec)
    {
        var status = await UntilAsync(grains, spec, "it is finished", status => status.Phase is not PopulationPhase.Training);
        Assert.Equal((PopulationPhase.Finished, null), (status.Phase, status.Error));
        return await Populations.FingerprintAsync(grains, spec);
    }

    /// <summary>Asks again and again, also while silos die, until something holds.</summary>
    public static async Task<PopulationStatus> UntilAsync(IGrainFactory grains, PopulationSpec spec, string what, Func<PopulationStatus, bool> holds)
    {
        var clock = Stopwatch.StartNew();
        PopulationStatus? status = null;
        while (true)
        {
            try
            {
                status = await grains.GetGrain<ICoordinatorGrain>(spec.Population).GetStatusAsync();
                if (holds(status)) return status;
            }
            catch (Exception error) when (Transient.Is(error))
            {
                // A silo has just gone.
            }

            Assert.True(clock.Elapsed < Limit, $"not within {Limit.TotalMinutes} minutes: {what}; last seen: {status}");
            await Task.Delay(50);
        }
    }
}
