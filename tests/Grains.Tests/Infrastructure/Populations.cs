using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains.Tests;

/// <summary>Small populations and what tests do with them.</summary>
internal static class Populations
{
    public static PopulationSpec Spec(string name, string method = "srpo", int teams = 2, int iterations = 12, int checkpoints = 4) => new()
    {
        Population = name,
        Environment = new EnvironmentSettings("gridworld", "official"),
        Teams = teams,
        Seed = 7,
        CheckpointInterval = checkpoints,
        Training = new TrainingSettings
        {
            Method = method,
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

    public static Task<LocalHost> HostAsync(TestDirectory data, int workers = 2) => LocalHost.StartAsync(options =>
    {
        options.DataDirectory = data.Path;
        options.Compute.Workers = workers;
    });

    public static ICoordinatorGrain Coordinator(this LocalHost host, string population) => host.Grains.GetGrain<ICoordinatorGrain>(population);

    /// <summary>Starts or resumes, and waits for a phase.</summary>
    public static async Task<PopulationStatus> RunAsync(
        this LocalHost host, string population, Func<ICoordinatorGrain, Task<PopulationStatus>> start, PopulationPhase until = PopulationPhase.Finished)
    {
        var probe = new PopulationProbe();
        var reference = host.Client.CreateObjectReference<IPopulationObserver>(probe);
        var coordinator = host.Coordinator(population);
        await coordinator.SubscribeAsync(reference);
        var status = await start(coordinator);
        if (status.Phase != until)
        {
            status = await probe.Statuses.WaitAsync(
                $"{population} is {until}",
                seen => seen.Phase == until || seen.Phase is PopulationPhase.Failed or PopulationPhase.Finished);
            Assert.True(status.Phase == until, $"{population} is {status.Phase}: {status.Error}");
        }

        await coordinator.UnsubscribeAsync(reference);
        GC.KeepAlive(probe);
        return await coordinator.GetStatusAsync();
    }

    public static Task<PopulationStatus> TrainAsync(this LocalHost host, PopulationSpec spec) =>
        host.RunAsync(spec.Population, coordinator => coordinator.StartAsync(spec));

    /// <summary>Asks again and again until some team has played some rounds.</summary>
    public static async Task<PopulationStatus> AtRoundAsync(this LocalHost host, string population, int round)
    {
        while (true)
        {
            var status = await host.Coordinator(population).GetStatusAsync();
            if (status.Teams.Any(team => team.Round >= round)) return status;
            Assert.True(status.Phase is PopulationPhase.Training, $"{population} is {status.Phase} before round {round}: {status.Error}");
        }
    }

    /// <summary>Wishes a pause and waits until it is carried out.</summary>
    public static async Task<PopulationStatus> PausedAsync(this ICoordinatorGrain coordinator) => await EndedAsync(coordinator, await coordinator.PauseAsync());

    /// <summary>Wishes a stop and waits until it is carried out.</summary>
    public static async Task<PopulationStatus> StoppedAsync(this ICoordinatorGrain coordinator) => await EndedAsync(coordinator, await coordinator.StopAsync());

    /// <summary>Wishes a pause and waits until it is carried out.</summary>
    public static async Task<TournamentStatus> PausedAsync(this ITournamentGrain tournament)
    {
        var status = await tournament.PauseAsync();
        await Until.HoldsAsync("the tournament is paused", async () => !(status = await tournament.GetStatusAsync()).Playing);
        return status;
    }

    /// <summary>Who learns in a team of a population.</summary>
    public static TeamPlan Plan(PopulationSpec spec) => TeamPlan.For(spec, Environments.EnvironmentFactory.Create(spec.Environment, 1).Info);

    private static async Task<PopulationStatus> EndedAsync(ICoordinatorGrain coordinator, PopulationStatus status)
    {
        await Until.HoldsAsync("the wish is carried out", async () =>
        {
            if (status.Phase != PopulationPhase.Training) return true;
            Assert.NotNull(status.Wish);
            status = await coordinator.GetStatusAsync();
            return false;
        });
        return status;
    }

    /// <summary>All actors of a population, with their kinds.</summary>
    public static IEnumerable<(ActorId Id, int Team, ITeamActor Grain)> Actors(this LocalHost host, PopulationSpec spec) => Actors(host.Grains, spec);

    private static IEnumerable<(ActorId Id, int Team, ITeamActor Grain)> Actors(IGrainFactory grains, PopulationSpec spec)
    {
        var plan = Plan(spec);
        for (var team = 0; team < spec.Teams; team++)
        {
            var actors = TeamActors.Actors(grains, spec.Population, team, plan);
            for (var i = 0; i < actors.Length; i++) yield return (plan.Actors[i], team, actors[i]);
        }
    }

    /// <summary>One number for all bits of the state of all actors, their metrics and the learning curves.</summary>
    public static Task<string> FingerprintAsync(this LocalHost host, PopulationSpec spec) => FingerprintAsync(host.Grains, spec);

    /// <param name="grains">Gives references to grains.</param>
    /// <param name="spec">The population's spec.</param>
    /// <param name="measures">Whether points of the curve count with what actors measured; points of earlier builds have none.</param>
    public static async Task<string> FingerprintAsync(IGrainFactory grains, PopulationSpec spec, bool measures = true)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, _, actor) in Actors(grains, spec))
        {
            var state = await actor.GetStateAsync();
            hash.AppendData(BitConverter.GetBytes(state.Version));
            hash.AppendData(BitConverter.GetBytes(state.AdamSteps));
            hash.AppendData(MemoryMarshal.AsBytes(state.Parameters.Span));
            hash.AppendData(MemoryMarshal.AsBytes(state.FirstMoment.Span));
            hash.AppendData(MemoryMarshal.AsBytes(state.SecondMoment.Span));
            if (state.LaneState is { } lanes) hash.AppendData(lanes);
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes((await actor.AsReference<IActorGrain>().QueryAsync()).Metrics));
        }

        var curves = await grains.GetGrain<ICoordinatorGrain>(spec.Population).GetCurvesAsync();
        if (!measures) curves = Array.ConvertAll(curves, curve => curve with { Points = Array.ConvertAll(curve.Points, point => point with { Actors = null }) });
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(curves));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Trains a population without interruption in a directory of its own.</summary>
    public static async Task<string> ReferenceAsync(PopulationSpec spec, int workers = 1, bool measures = true)
    {
        using var data = new TestDirectory();
        await using var host = await HostAsync(data, workers);
        await host.TrainAsync(spec);
        return await FingerprintAsync(host.Grains, spec, measures);
    }
}
