using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Learning;

namespace Srpo.Grains.Tests;

/// <summary>Whatever interrupts training, it ends with the same bits.</summary>
public sealed class ResumeTests
{
    private static readonly PopulationSpec Spec = Populations.Spec("resumed", teams: 3, iterations: 150, checkpoints: 15);

    private static readonly Lazy<Task<string>> Reference = new(() => Populations.ReferenceAsync(Spec));

    /// <summary>A population whose rates depend on the round, and whose critics have running statistics.</summary>
    private static readonly PopulationSpec Mappo = Spec with
    {
        Training = Spec.Training with { LearningRateDecay = LearningRateDecay.Linear, CriticLearningRate = 1e-3, NormaliseValues = true, ValueClip = 0.2, HuberDelta = 1 },
    };

    private static readonly Lazy<Task<string>> MappoReference = new(() => Populations.ReferenceAsync(Mappo));

    [Fact]
    public async Task A_pause_changes_no_bit()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var coordinator = host.Coordinator("resumed");
        await coordinator.StartAsync(Spec);
        await host.AtRoundAsync("resumed", 15);

        var paused = await coordinator.PausedAsync();

        Assert.Equal(PopulationPhase.Paused, paused.Phase);
        Assert.Equal(0, paused.EnvironmentStepsPerSecond);
        Assert.All(paused.Teams, team => Assert.Equal(team.Round, team.CheckpointRound));
        Assert.Contains(paused.Teams, team => team.Round is > 0 and < 150);
        Assert.Equal(PopulationPhase.Paused, (await coordinator.PausedAsync()).Phase);
        Assert.Equal(PopulationPhase.Stopped, (await coordinator.StoppedAsync()).Phase);

        var status = await host.RunAsync("resumed", c => c.ResumeAsync());
        Assert.Null(status.Warning);
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }

    [Fact]
    public async Task Starting_goes_on_with_a_stopped_population()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.Coordinator("resumed").StartAsync(Spec);
        await host.AtRoundAsync("resumed", 10);
        Assert.Equal(PopulationPhase.Stopped, (await host.Coordinator("resumed").StoppedAsync()).Phase);

        await host.TrainAsync(Spec);

        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }

    [Fact]
    public async Task A_host_that_shuts_down_stores_everything_and_the_next_one_goes_on()
    {
        using var data = new TestDirectory();
        await using (var first = await Populations.HostAsync(data))
        {
            await first.Coordinator("resumed").StartAsync(Spec);
            await first.AtRoundAsync("resumed", 20);
        }

        await using var second = await Populations.HostAsync(data, workers: 1);
        var status = await second.Coordinator("resumed").GetStatusAsync();
        Assert.Equal(PopulationPhase.Paused, status.Phase);
        Assert.All(status.Teams, team => Assert.Equal(team.Round, team.CheckpointRound));
        Assert.Contains(status.Teams, team => team.Round >= 20);

        // Versions between two checkpoint intervals show that the shutdown stored what there was.
        var ended = await second.RunAsync("resumed", c => c.ResumeAsync());
        Assert.Null(ended.Warning);
        Assert.Equal(await Reference.Value, await second.FingerprintAsync(Spec));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_dies_is_reported_as_paused_and_goes_on_from_its_checkpoints(bool mappo)
    {
        var spec = mappo ? Mappo : Spec;
        using var data = new TestDirectory();
        using var image = new TestDirectory();
        await using (var host = await Populations.HostAsync(data))
        {
            await host.Coordinator("resumed").StartAsync(spec);
            await host.AtRoundAsync("resumed", 60);

            // What a crash leaves: the coordinator's record is never older than the actors' checkpoints before the last.
            data.CopyTo(image, "actors");
            data.CopyTo(image, "populations");
        }

        await using var next = await Populations.HostAsync(image);
        Assert.Equal(PopulationPhase.Paused, (await next.Coordinator("resumed").GetStatusAsync()).Phase);
        await next.RunAsync("resumed", c => c.StartAsync(spec));
        Assert.Equal(await (mappo ? MappoReference : Reference).Value, await next.FingerprintAsync(spec));
    }

    /// <summary>Episodes of 50 steps in rollouts of 16: at a checkpoint some are in progress. Two instances, an adversary in each, and one worker where the reference had two.</summary>
    [Fact]
    public async Task Episodes_that_go_on_over_rounds_are_gone_on_with_after_a_death()
    {
        var spec = Populations.Spec("continued", iterations: 40, checkpoints: 7);
        spec = spec with { Training = spec.Training with { ContinueEpisodes = true } };
        var reference = Populations.ReferenceAsync(spec, workers: 2);
        using var data = new TestDirectory();
        using var image = new TestDirectory();
        await using (var host = await Populations.HostAsync(data, workers: 1))
        {
            await host.Coordinator("continued").StartAsync(spec);
            await host.AtRoundAsync("continued", 15);
            data.CopyTo(image, "actors");
            data.CopyTo(image, "populations");
        }

        await using var next = await Populations.HostAsync(image, workers: 1);
        foreach (var (actor, _, grain) in next.Actors(spec))
        {
            var state = await grain.GetStateAsync();
            Assert.True(state.Version > 0);
            Assert.Equal(actor.Kind == ActorKind.Agent, state.LaneState is not null);
        }

        await next.RunAsync("continued", c => c.StartAsync(spec));
        Assert.Equal(await reference, await next.FingerprintAsync(spec));

        // It is the lanes that make the difference: with fresh episodes in every round other things are learned.
        var anew = spec with { Population = "anew", Training = spec.Training with { ContinueEpisodes = false } };
        Assert.NotEqual(await reference, await Populations.ReferenceAsync(anew));
    }

    /// <summary>What a death leaves between the actors' first checkpoint and the record that goes with it, after which progress was stored in between.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(9)]
    public async Task A_first_checkpoint_whose_curve_is_not_stored_is_no_reason_for_a_hole_in_the_curve(int known)
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var learner = host.Grains.GetGrain<ITeamLearner>("cpu/0");
        await Following.AskAsync(() => learner.RestoreAsync(new RestoreRequest("resumed", 0, -1, Spec, 5)));
        Assert.Equal(15, (await Following.AskAsync(() => learner.TrainAsync(new TrainRequest("resumed", 0, 1, 15, Spec, 5)))).LastRound);
        foreach (var actor in TeamActors.Actors(host.Grains, "resumed", 0, Populations.Plan(Spec))) Assert.Equal(15, await actor.CheckpointAsync(5));

        Assert.Equal(0, (await Following.AskAsync(() => learner.RestoreAsync(new RestoreRequest("resumed", 0, known, Spec, 7)))).Round);
        Assert.Equal(15, (await Following.AskAsync(() => learner.RestoreAsync(new RestoreRequest("resumed", 0, 15, Spec, 9)))).Round);
    }

    /// <summary>A build that lacks a setting reads and receives specs without it, and would train something else.</summary>
    [Fact]
    public async Task A_build_that_does_not_know_a_setting_of_the_spec_trains_nothing()
    {
        using var data = new TestDirectory();
        await using (var host = await Populations.HostAsync(data))
        {
            var learner = host.Grains.GetGrain<ITeamLearner>("cpu/0");
            var request = new RestoreRequest("resumed", 0, -1, Spec, 5, 1, SpecIdentity.Of(Spec with { Seed = 99 }));
            var refused = await Assert.ThrowsAsync<SrpoGrainException>(() => learner.RestoreAsync(request));
            Assert.Contains("does not know every setting", refused.Message, StringComparison.Ordinal);
            Assert.NotNull(await Following.AskAsync(() => learner.RestoreAsync(request with { Identity = SpecIdentity.Of(Spec) })));
            await host.RunAsync("resumed", c => c.StartAsync(Spec));
        }

        using (var storage = new FileGrainStorage(StorageNames.Populations, new FileStorageOptions { Directory = data.File(StorageNames.Populations) }))
        {
            var record = new AlternatingRecord<PopulationRecord>(new SlotPair<PopulationRecord>(storage, GrainId.Create("coordinator", "resumed"), "population"));
            await record.LoadAsync();
            Assert.Equal(SpecIdentity.Of(Spec), record.Value.Identity);
            record.Value.Identity = SpecIdentity.Of(Spec with { Seed = 99 });
            await record.SaveAsync();
        }

        await using var next = await Populations.HostAsync(data);
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => next.Coordinator("resumed").ResumeAsync());
        Assert.Contains("another build", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_team_that_fails_goes_back_to_its_last_checkpoint()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.Coordinator("resumed").StartAsync(Spec);
        await host.AtRoundAsync("resumed", 20);

        // From now on this agent takes no update, so that the next checkpoint of its team does not fit.
        var agent = host.Grains.GetGrain<ITeamAgent>("resumed/1/0");
        var state = await agent.GetStateAsync();
        await agent.ApplyAsync(state with { Version = 1000 }, new UpdateMetrics(1000, 0, 0, 0, 0, 0, 0, 0), long.MaxValue);

        await host.TrainAsync(Spec);
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }

    [Fact]
    public async Task Another_host_may_look_while_this_one_trains()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.Coordinator("resumed").StartAsync(Spec);
        await host.AtRoundAsync("resumed", 20);

        await using var other = await Populations.HostAsync(data);
        Assert.Equal(PopulationPhase.Paused, (await other.Coordinator("resumed").GetStatusAsync()).Phase);
        Assert.InRange((await other.Grains.GetGrain<IAgentGrain>("resumed/0/0").QueryAsync()).Version, 0, 150);

        await host.TrainAsync(Spec);
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }

    [Fact]
    public async Task Many_interruptions_change_no_bit()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var coordinator = host.Coordinator("resumed");
        await coordinator.StartAsync(Spec);
        PopulationStatus status;
        do
        {
            await coordinator.PausedAsync();
            status = await coordinator.ResumeAsync();
            if (status.Phase == PopulationPhase.Training) await host.AtRoundAsync("resumed", Math.Min(150, status.Teams.Max(team => team.Round) + 1));
        }
        while (status.Teams.Max(team => team.Round) < 100);

        await host.TrainAsync(Spec);
        Assert.Equal(await Reference.Value, await host.FingerprintAsync(Spec));
    }
}
