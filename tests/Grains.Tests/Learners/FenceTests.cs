using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Two coordinators of one population must not both train it, and nobody is harmed by hearing a thing twice.</summary>
public sealed class FenceTests
{
    private static readonly PopulationSpec Spec = Populations.Spec("fenced", teams: 1, iterations: 60, checkpoints: 10);

    private static readonly UpdateMetrics Metrics = new(1, 0, 0, 0, 0, 0, 0, 0);

    [Fact]
    public async Task Actors_take_nothing_from_a_session_that_was_replaced()
    {
        using var data = new TestDirectory();
        await using (var host = await Populations.HostAsync(data))
        {
            var agent = host.Grains.GetGrain<ITeamAgent>("fenced/0/0");
            Assert.True(await agent.PrepareAsync(Spec, 0, 5));
            var state = await agent.GetStateAsync();
            Assert.True(await agent.PrepareAsync(Spec, 0, 7));
            Assert.True(await agent.PrepareAsync(Spec, 0, 7));

            await Assert.ThrowsAsync<StaleSessionException>(() => agent.ApplyAsync(state with { Version = 1 }, Metrics, 5));
            await Assert.ThrowsAsync<StaleSessionException>(() => agent.CheckpointAsync(6));
            await Assert.ThrowsAsync<StaleSessionException>(() => agent.PrepareAsync(Spec, 0, 6));
            Assert.Equal(0, (await agent.GetStateAsync()).Version);

            await agent.ApplyAsync(state with { Version = 1 }, Metrics, 7);
            await agent.ApplyAsync(state with { Version = 1, AdamSteps = 99 }, Metrics, 7);
            Assert.Equal(state.AdamSteps, (await agent.GetStateAsync()).AdamSteps);
            Assert.Equal(1, await agent.CheckpointAsync(7));
            Assert.Equal(1, await agent.CheckpointAsync(7));
        }

        // Storage knows the session too: another activation, after a partition, refuses as well.
        await using var next = await Populations.HostAsync(data);
        await Assert.ThrowsAsync<StaleSessionException>(() => next.Grains.GetGrain<ITeamAgent>("fenced/0/0").PrepareAsync(Spec, 1, 6));
        Assert.True(await next.Grains.GetGrain<ITeamAgent>("fenced/0/0").PrepareAsync(Spec, 1, 8));
    }

    [Fact]
    public async Task Learners_take_nothing_from_a_session_that_was_replaced()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var learner = host.Grains.GetGrain<ITeamLearner>("cpu/0");
        Assert.Equal(0, (await learner.RestoreAsync(new RestoreRequest("fenced", 0, -1, Spec, 7)))!.Round);
        await Assert.ThrowsAsync<StaleSessionException>(() => learner.RestoreAsync(new RestoreRequest("fenced", 0, -1, Spec, 6)));
        await Assert.ThrowsAsync<StaleSessionException>(() => learner.TrainAsync(new TrainRequest("fenced", 0, 1, 1, Spec, 6)));
        Assert.Equal(1, (await learner.TrainAsync(new TrainRequest("fenced", 0, 1, 1, Spec, 7)))!.LastRound);

        // The same learner goes over to a later session; what it holds of the earlier one is not used.
        Assert.Equal(0, (await learner.RestoreAsync(new RestoreRequest("fenced", 0, -1, Spec, 9)))!.Round);
        Assert.Equal(2, (await learner.TrainAsync(new TrainRequest("fenced", 0, 1, 2, Spec, 9)))!.LastRound);
    }

    [Fact]
    public async Task A_coordinator_that_was_replaced_stops_and_stores_nothing()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.Coordinator("fenced").StartAsync(Spec with { Training = Spec.Training with { Iterations = 100_000 } });
        await host.AtRoundAsync("fenced", 10);

        // As another coordinator would, on the other side of a partition.
        foreach (var actor in TeamActors.Actors(host.Grains, "fenced", 0, Populations.Plan(Spec)))
            await PrepareAsync(actor);
        await Until.HoldsAsync("training ends", async () => (await host.Coordinator("fenced").GetStatusAsync()).Phase != PopulationPhase.Training);

        var status = await host.Coordinator("fenced").GetStatusAsync();
        Assert.Equal(PopulationPhase.Failed, status.Phase);
        Assert.Contains("another process", status.Error);

        static async Task PrepareAsync(ITeamActor actor)
        {
            var report = await actor.AsReference<IActorGrain>().QueryAsync();
            var spec = Spec with { Training = Spec.Training with { Iterations = 100_000 } };
            await actor.PrepareAsync(spec, report.CheckpointVersions is [var newest, ..] ? newest : 0, long.MaxValue);
        }
    }

    [Fact]
    public async Task A_record_that_somebody_else_wrote_is_read_again_and_training_ends_with_the_same_bits()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.Coordinator("fenced").StartAsync(Spec);
        await host.AtRoundAsync("fenced", 10);

        // An agent's file is written behind its back: the next checkpoint conflicts, the agent reads both again.
        var storage = host.Services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Actors);
        var agent = host.Grains.GetGrain<ITeamAgent>("fenced/0/0").GetGrainId();
        for (var slot = 0; slot < 2; slot++)
        {
            var record = new GrainState<ActorCheckpoint>();
            await storage.ReadStateAsync($"checkpoint{slot}", agent, record);
            if (!record.RecordExists) continue;
            try
            {
                await storage.WriteStateAsync($"checkpoint{slot}", agent, record);
            }
            catch (InconsistentStateException)
            {
                // The agent was quicker.
            }
        }

        var status = await host.RunAsync("fenced", coordinator => coordinator.StartAsync(Spec));
        Assert.Equal(PopulationPhase.Finished, status.Phase);
        Assert.Equal(await Populations.ReferenceAsync(Spec), await host.FingerprintAsync(Spec));
    }
}
