using Microsoft.Extensions.DependencyInjection;
using Srpo.Core.Checkpoints;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains.Tests;

/// <summary>Every kind of grain answers, during training, after it and in another process; unknown keys are told apart.</summary>
public sealed class QueryTests
{
    /// <summary>A training session later than any that the tests begin.</summary>
    private const long Later = long.MaxValue;

    private static readonly PopulationSpec Spec = Populations.Spec("asked", iterations: 8);

    [Fact]
    public async Task Every_kind_of_grain_answers_while_the_population_trains()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("busy", iterations: 5000, checkpoints: 1000);
        await host.Coordinator("busy").StartAsync(spec);
        await host.AtRoundAsync("busy", 20);

        var agent = await host.Grains.GetGrain<IAgentGrain>("busy/0/1").QueryAsync();
        var adversary = await host.Grains.GetGrain<IAdversaryGrain>("busy/0/0").QueryAsync();
        var environment = await host.Grains.GetGrain<IEnvironmentGrain>("busy/0/1").QueryAsync();
        var learner = await host.Grains.GetGrain<ILearnerGrain>("cpu/0").QueryAsync();
        var status = await host.Coordinator("busy").GetStatusAsync();

        Assert.True(agent.Version > 0);
        Assert.Equal(("agent", "srpo", "gridworld official"), (agent.Kind, agent.Method, agent.Environment));
        Assert.Equal("adversary", adversary.Kind);
        Assert.True(adversary.Metrics!.Kl >= 0);
        Assert.Equal(["adversary 1", "agent 1"], environment.Seats);
        Assert.Equal((4, 16), (environment.Lanes, environment.Steps));
        Assert.True(environment.RolloutsPlayed > 0);
        Assert.True(environment.DifferentObservations > 0);
        Assert.Contains('\n', environment.Drawing);
        Assert.Contains("cpu, ", learner.Device);
        Assert.True(learner.Updates > 0);
        Assert.Equal(learner.Updates * Populations.Plan(spec).StepsPerRound, learner.EnvironmentSteps);
        Assert.Equal(PopulationPhase.Training, status.Phase);
        Assert.True(status.EnvironmentStepsPerSecond > 0);
        Assert.NotNull(status.Teams.First(team => team.Round > 0).LastReturn);
        await host.Coordinator("busy").StoppedAsync();
        Assert.Empty((await host.Grains.GetGrain<ILearnerGrain>("cpu/0").QueryAsync()).Training);
    }

    [Fact]
    public async Task Another_process_answers_from_storage_and_writes_nothing()
    {
        using var data = new TestDirectory();
        string fingerprint;
        await using (var first = await Populations.HostAsync(data))
        {
            await first.TrainAsync(Spec);
            fingerprint = await first.FingerprintAsync(Spec);
        }

        var files = data.Files();
        await using var host = await Populations.HostAsync(data);
        Assert.Equal(fingerprint, await host.FingerprintAsync(Spec));
        Assert.Equal(PopulationPhase.Finished, (await host.Coordinator("asked").GetStatusAsync()).Phase);
        Assert.Equal(Spec, await host.Coordinator("asked").GetSpecAsync());
        var environment = await host.Grains.GetGrain<IEnvironmentGrain>("asked/1/0").QueryAsync();
        Assert.Equal((0, 0, ""), (environment.RolloutsPlayed, environment.LastRound, environment.Drawing));
        Assert.Equal(["agent 0", "adversary 0"], environment.Seats);
        Assert.Equal(["asked"], await Names(host));
        Assert.Equal(files, data.Files());
    }

    [Fact]
    public async Task Environments_that_rest_keep_their_drawing_and_no_buffers_and_play_on_with_the_same_bits()
    {
        using var data = new TestDirectory();
        await using var host = await LocalHost.StartAsync(options =>
        {
            options.DataDirectory = data.Path;
            options.Compute.Workers = 1;
            options.Compute.EnvironmentRest = TimeSpan.FromMilliseconds(1);
        });
        await host.TrainAsync(Spec);
        Assert.Equal(await Populations.ReferenceAsync(Spec), await host.FingerprintAsync(Spec));
        var work = host.Services.GetRequiredService<ActiveWork>();
        await Until.HoldsAsync("the environments rest", () => work.Environments.IsEmpty);

        var report = await host.Grains.GetGrain<IEnvironmentGrain>("asked/0/0").QueryAsync();

        Assert.Equal((Spec.Training.Iterations, true), (report.LastRound, report.Drawing.Length > 0));
        Assert.True(work.Environments.IsEmpty);
    }

    [Fact]
    public async Task Exports_hold_the_parameters_as_PyTorch_orders_them()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Spec);
        var actor = host.Grains.GetGrain<IAdversaryGrain>("asked/1/0");
        var state = await actor.AsReference<ITeamActor>().GetStateAsync();
        var shape = ((NetworkArchitecture)new EnvironmentCatalog().Architecture(Spec)).Shape;

        var file = Safetensors.Read((await actor.ExportAsync()).Content, "asked/1/0");

        var layer = shape.Policy.Body.Layers[1];
        var weight = file["policy.2.weight"];
        Assert.Equal([layer.Outputs, layer.Inputs], weight.Shape);
        Assert.Equal(state.Parameters.Values[layer.WeightOffset + 3 * layer.Outputs + 1], weight.Values[1 * layer.Inputs + 3]);
        Assert.Equal(state.Parameters.Values[layer.BiasOffset + 2], file["policy.2.bias"].Values[2]);
        var critic = shape.Critic.Body.Layers[0];
        var moments = file["adam.second.critic.0.weight"];
        Assert.Equal(state.SecondMoment.Values[shape.Policy.ParameterCount + critic.WeightOffset + 5], moments.Values[5 * critic.Inputs]);
        Assert.Equal(3 * 8, file.Tensors.Count);
        Assert.Equal(3 * shape.ParameterCount, file.Tensors.Sum(tensor => tensor.Values.Length));
        Assert.Equal(
            ("asked", "1", "0", "adversary", "srpo", "8", "7", "tanh", "Absolute", "8"),
            (file.Metadata["population"], file.Metadata["team"], file.Metadata["seat"], file.Metadata["kind"], file.Metadata["method"],
                file.Metadata["version"], file.Metadata["seed"], file.Metadata["activation"], file.Metadata["encoding"], file.Metadata["hidden"]));
    }

    [Fact]
    public async Task Policies_can_be_played_step_by_step()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Spec);
        var first = await host.Grains.GetGrain<IAgentGrain>("asked/0/0").GetPolicyAsync();
        var second = await host.Grains.GetGrain<IAgentGrain>("asked/1/1").GetPolicyAsync();
        var request = new ReplayRequest(Spec.Environment, 10, 5, 0, [first, second]);
        var worker = host.Grains.GetGrain<IMatchWorkerGrain>(0);

        var frames = await worker.ReplayAsync(request);

        Assert.Equal(11, frames.Length);
        Assert.Empty(frames[0].Actions);
        Assert.All(frames[1..], frame => Assert.Equal(1, frame.Probabilities[1].Sum(), 1e-5));
        Assert.Equal(frames[^1].Drawing, (await worker.ReplayAsync(request))[^1].Drawing);
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => worker.ReplayAsync(request with { Steps = 0 }));
        Assert.Contains("steps: 0", error.Message);
        await Assert.ThrowsAsync<SrpoGrainException>(() => worker.ReplayAsync(request with { Players = [first] }));
    }

    [Fact]
    public async Task Policies_tell_their_probabilities_and_refuse_observations_that_do_not_fit()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Spec);
        var agent = host.Grains.GetGrain<IAgentGrain>("asked/0/0");
        var inputs = (await agent.QueryAsync()).Network.Inputs;
        var observation = Enumerable.Range(0, inputs).Select(i => (float)Math.Sin(i)).ToArray();

        var probabilities = await agent.GetActionProbabilitiesAsync(observation);

        Assert.Equal(1, probabilities.Sum(), 1e-6);
        Assert.All(probabilities, p => Assert.True(p > 0));
        Assert.NotEqual(probabilities, await agent.GetActionProbabilitiesAsync(new float[inputs]));
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => agent.GetActionProbabilitiesAsync(new float[inputs + 1]));
        Assert.Contains("agent 'asked/0/0': the observation has", error.Message);
        await Assert.ThrowsAsync<SrpoGrainException>(() => agent.GetActionProbabilitiesAsync([.. Enumerable.Repeat(float.NaN, inputs)]));
        await Assert.ThrowsAsync<UnknownGrainException>(() => host.Grains.GetGrain<IAgentGrain>("asked/9/0").GetActionProbabilitiesAsync(observation));
    }

    [Fact]
    public async Task Unknown_and_malformed_keys_are_told_apart()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var grains = host.Grains;
        await host.TrainAsync(Spec);

        await Assert.ThrowsAsync<UnknownGrainException>(() => host.Coordinator("nobody").GetStatusAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => host.Coordinator("nobody").ResumeAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => host.Coordinator("nobody").PauseAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => host.Coordinator("nobody").GetCurvesAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => grains.GetGrain<IAgentGrain>("nobody/0/0").QueryAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => grains.GetGrain<IAgentGrain>("asked/2/0").GetPolicyAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => grains.GetGrain<IAdversaryGrain>("asked/0/2").ExportAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => grains.GetGrain<IEnvironmentGrain>("asked/0/2").QueryAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => grains.GetGrain<IEnvironmentGrain>("nobody/0/0").QueryAsync());
        await Assert.ThrowsAsync<UnknownGrainException>(() => grains.GetGrain<ITournamentGrain>("nobody").GetMatrixAsync());
        await Assert.ThrowsAsync<GrainKeyException>(() => host.Coordinator("../x").GetStatusAsync());
        await Assert.ThrowsAsync<GrainKeyException>(() => grains.GetGrain<IAgentGrain>("asked").QueryAsync());
        await Assert.ThrowsAsync<GrainKeyException>(() => grains.GetGrain<IAgentGrain>("asked/0/x").QueryAsync());
        await Assert.ThrowsAsync<GrainKeyException>(() => grains.GetGrain<IEnvironmentGrain>("asked/0").QueryAsync());
        await Assert.ThrowsAsync<GrainKeyException>(() => grains.GetGrain<ILearnerGrain>("gpu/0").QueryAsync());
        await Assert.ThrowsAsync<GrainKeyException>(() => grains.GetGrain<IDirectoryGrain>("other").GetNamesAsync(WorkKind.Population));
        Assert.Equal(["asked"], await Names(host));
    }

    [Fact]
    public async Task Actors_check_what_they_are_told()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Spec);
        var actor = host.Grains.GetGrain<ITeamAgent>("asked/0/0");
        var state = await actor.GetStateAsync();
        var metrics = (await actor.AsReference<IAgentGrain>().QueryAsync()).Metrics!;

        Assert.False(await actor.PrepareAsync(Spec, 3, Later));
        Assert.True(await actor.PrepareAsync(Spec, 8, Later));
        await Assert.ThrowsAsync<SrpoGrainException>(() => actor.PrepareAsync(Spec, 9, Later));
        await Assert.ThrowsAsync<SrpoGrainException>(() => actor.PrepareAsync(Populations.Spec("other"), 0, Later));
        await Assert.ThrowsAsync<SrpoGrainException>(() => host.Grains.GetGrain<ITeamAgent>("asked/0/5").PrepareAsync(Spec, 0, Later));
        await Assert.ThrowsAsync<SrpoGrainException>(() => host.Grains.GetGrain<ITeamAgent>("asked/7/0").PrepareAsync(Spec, 0, Later));

        // An old version is ignored, a new one of the wrong size is refused.
        await actor.ApplyAsync(state with { Version = 7, AdamSteps = 99 }, metrics, Later);
        Assert.Equal(state.AdamSteps, (await actor.GetStateAsync()).AdamSteps);
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => actor.ApplyAsync(state with { Version = 9, Parameters = new FloatBlock([1]) }, metrics, Later));
        Assert.Contains("does not fit", error.Message);

        // A state is handed over by reference, and a checkpoint that is stored is not stored again.
        Assert.Same(state.Parameters.Values, (await actor.GetStateAsync()).Parameters.Values);
        var file = data.File("actors", "agent", "asked", "0", "0", "checkpoint1.state");
        var written = File.GetLastWriteTimeUtc(file);
        Assert.Equal(8, await actor.CheckpointAsync(Later));
        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public async Task Environments_and_learners_check_what_they_are_told()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Spec);
        var environment = host.Grains.GetGrain<ITeamEnvironment>("asked/0/0");
        var plan = Populations.Plan(Spec);
        var states = await Task.WhenAll(TeamActors.Actors(host.Grains, "asked", 0, plan).Select(actor => actor.GetStateAsync()));
        var request = new PlayRequest(3, 0, 4, [states[0].Parameters, states[2].Parameters], []);

        var batch = await environment.PlayAsync(Spec, request);
        var again = await environment.PlayAsync(Spec, request);

        Assert.Equal(batch!.Parts[1].Rewards, again!.Parts[1].Rewards);
        Assert.Equal(batch!.Parts[0].Actions, again!.Parts[0].Actions);
        await Assert.ThrowsAsync<SrpoGrainException>(() => environment.PlayAsync(Spec, request with { Lanes = 3 }));
        await Assert.ThrowsAsync<SrpoGrainException>(() => environment.PlayAsync(Spec, request with { Round = 0 }));
        await Assert.ThrowsAsync<SrpoGrainException>(() => environment.PlayAsync(Spec, request with { Actors = [states[0].Parameters] }));
        await Assert.ThrowsAsync<SrpoGrainException>(() => environment.PlayAsync(Populations.Spec("other"), request));
        var refused = await Assert.ThrowsAsync<SrpoGrainException>(() => environment.PlayAsync(Spec, request with { LaneState = [1, 2] }));
        Assert.Contains("continueEpisodes is false", refused.Message, StringComparison.Ordinal);
        var continued = Spec with { Training = Spec.Training with { ContinueEpisodes = true } };
        refused = await Assert.ThrowsAsync<SrpoGrainException>(() => environment.PlayAsync(continued, request));
        Assert.Contains("after round 2 is missing", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<SrpoGrainException>(() => environment.PlayAsync(continued, request with { LaneState = [1, 2] }));
        Assert.Contains("do not begin like one", refused.Message, StringComparison.Ordinal);

        var learner = host.Grains.GetGrain<ITeamLearner>("cpu/0");
        var session = long.MaxValue;
        await Assert.ThrowsAsync<SrpoGrainException>(() => learner.TrainAsync(new TrainRequest("asked", 5, 1, 1, Spec, session)));
        await Assert.ThrowsAsync<SrpoGrainException>(() => learner.TrainAsync(new TrainRequest("asked", 0, 8, 2, Spec, session)));
        await Assert.ThrowsAsync<SrpoGrainException>(() => learner.TrainAsync(new TrainRequest("asked", 0, int.MaxValue, 2, Spec, session)));
        var error = await Assert.ThrowsAsync<TeamOutOfStepException>(() => learner.TrainAsync(new TrainRequest("asked", 0, 3, 1, Spec, session)));
        Assert.Contains("stands at round 8", error.Message);
        await learner.StopAsync("asked", session);
        Assert.Equal(8, (await learner.TrainAsync(new TrainRequest("asked", 0, 9, 1, Spec with { Training = Spec.Training with { Iterations = 9 } }, session)))!.LastRound);
    }

    private static async Task<string[]> Names(Hosting.LocalHost host) =>
        await host.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population);
}
