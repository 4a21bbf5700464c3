using System.Diagnostics;
using Srpo.Client.Tests.Support;
using Srpo.Core.Settings;
using Srpo.Grains;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Tests.Cluster;

/// <summary>A small population that clusters train, and what one process makes of it.</summary>
internal static class ClusterRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static PopulationSpec Spec(int iterations, int checkpoints) => new()
    {
        Population = "wide",
        Environment = new EnvironmentSettings("gridworld", "official"),
        Teams = 4,
        Seed = 7,
        CheckpointInterval = checkpoints,
        Training = new TrainingSettings
        {
            Method = Method.Srpo,
            Iterations = iterations,
            Lanes = 4,
            Horizon = 16,
            Epochs = 2,
            EvaluationSteps = 16,
            CurveInterval = 128,
            CurveEpisodes = 2,
            Network = new NetworkSettings { Hidden = [8] },
        },
    };

    /// <summary>What one process with files gives.</summary>
    public static async Task<string> ReferenceAsync(TemporaryDirectory directory, PopulationSpec spec)
    {
        await using var host = await LocalHost.StartAsync(options =>
        {
            options.DataDirectory = directory["reference"];
            options.Compute.Workers = 1;
        });
        return await TrainAsync(host.Grains, spec);
    }

    /// <summary>Trains to the end.</summary>
    public static async Task<string> TrainAsync(IGrainFactory grains, PopulationSpec spec)
    {
        await grains.GetGrain<ICoordinatorGrain>(spec.Population).StartAsync(spec);
        return await FinishAsync(grains, spec);
    }

    /// <summary>Waits for the end, and gives the exported checkpoints of all actors.</summary>
    public static async Task<string> FinishAsync(IGrainFactory grains, PopulationSpec spec)
    {
        var status = await UntilAsync(grains, spec, "it is finished", status => status.Phase is not PopulationPhase.Training);
        Assert.Equal((PopulationPhase.Finished, null), (status.Phase, status.Error));
        var contents = new List<string>();
        for (var team = 0; team < spec.Teams; team++)
        {
            for (var seat = 0; seat < 2; seat++)
            {
                var key = GrainKeys.Seat(spec.Population, team, seat);
                contents.Add(Convert.ToBase64String((await grains.GetGrain<IAgentGrain>(key).ExportAsync()).Content));
                contents.Add(Convert.ToBase64String((await grains.GetGrain<IAdversaryGrain>(key).ExportAsync()).Content));
            }
        }

        return string.Join('\n', contents);
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
