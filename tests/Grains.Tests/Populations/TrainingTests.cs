using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

public sealed class TrainingTests
{
    [Theory]
    [InlineData("ippo", false)]
    [InlineData("srpo", false)]
    [InlineData("srpo", true)]
    [InlineData("pure-adversarial", false)]
    [InlineData("self-play", false)]
    public async Task Trains_every_method_to_the_end(string method, bool splitLanes)
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("whole", method);
        spec = spec with { Training = spec.Training with { SplitLanes = splitLanes } };

        var status = await host.TrainAsync(spec);

        Assert.Equal(PopulationPhase.Finished, status.Phase);
        Assert.Null(status.Error);
        Assert.Null(status.Warning);
        Assert.All(status.Teams, team => Assert.Equal((12, 12), (team.Round, team.CheckpointRound)));
        Assert.Equal(2 * 12 * Populations.Plan(spec).StepsPerRound, status.EnvironmentSteps);
        Assert.Equal(status.EnvironmentStepsTotal, status.EnvironmentSteps);
        Assert.True(status.TrainingSeconds > 0);
        foreach (var (id, team, actor) in host.Actors(spec))
        {
            var report = await actor.AsReference<IActorGrain>().QueryAsync();
            Assert.Equal($"whole/{team}/{id.Seat}", report.Key);
            Assert.Equal(id.Kind == ActorKind.Agent ? "agent" : "adversary", report.Kind);
            Assert.Equal(12, report.Version);
            Assert.Equal([12, 8], report.CheckpointVersions);
            Assert.Equal(12, report.Metrics!.Round);
        }
    }

    [Fact]
    public async Task Learning_curves_have_a_point_at_the_start_and_whenever_the_interval_is_passed()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("curves");
        await host.TrainAsync(spec);

        var curves = await host.Coordinator("curves").GetCurvesAsync();

        // 64 samples a round, a point every 128.
        Assert.Equal([0, 1], curves.Select(curve => curve.Team));
        Assert.All(curves, curve => Assert.Equal([0, 2, 4, 6, 8, 10, 12], curve.Points.Select(point => point.Round)));
        Assert.All(curves[0].Points, point => Assert.Equal((64L * point.Round, 128L * point.Round), (point.AgentSteps, point.EnvironmentSteps)));
        Assert.All(curves[0].Points, point => Assert.Equal(2, point.SeatCosts.Length));
    }

    [Fact]
    public async Task The_number_of_workers_changes_no_bit()
    {
        var spec = Populations.Spec("bits", teams: 3);
        Assert.Equal(await Populations.ReferenceAsync(spec, workers: 1), await Populations.ReferenceAsync(spec, workers: 2));
    }

    [Fact]
    public async Task How_often_checkpoints_are_stored_changes_no_bit()
    {
        var spec = Populations.Spec("bits", teams: 1, iterations: 45);
        Assert.Equal(await Populations.ReferenceAsync(spec), await Populations.ReferenceAsync(spec with { CheckpointInterval = 7 }));
    }

    [Fact]
    public async Task Seeds_and_teams_differ()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("teams", teams: 2, iterations: 1);
        await host.TrainAsync(spec);
        var first = await host.Grains.GetGrain<ITeamAgent>("teams/0/0").GetStateAsync();
        var second = await host.Grains.GetGrain<ITeamAgent>("teams/1/0").GetStateAsync();
        Assert.NotEqual(first.Parameters.Values, second.Parameters.Values);
    }

    [Fact]
    public async Task Starting_again_with_the_same_spec_changes_nothing()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("again", iterations: 60);
        var coordinator = host.Coordinator("again");
        await coordinator.StartAsync(spec);
        Assert.Equal(PopulationPhase.Training, (await coordinator.StartAsync(spec with { })).Phase);
        await host.TrainAsync(spec);
        var fingerprint = await host.FingerprintAsync(spec);

        Assert.Equal(PopulationPhase.Finished, (await coordinator.StartAsync(spec)).Phase);
        Assert.Equal(fingerprint, await host.FingerprintAsync(spec));
    }

    [Fact]
    public async Task Points_of_the_curve_carry_what_every_actor_measured()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("measured", teams: 1, iterations: 6);
        await host.TrainAsync(spec);
        var points = (await host.Coordinator("measured").GetCurvesAsync()).Single().Points;
        Assert.Equal([0, 2, 4, 6], points.Select(point => point.Round));
        Assert.Null(points[0].Actors);
        Assert.All(points.Skip(1), point => Assert.Equal(4, point.Actors!.Length));
        foreach (var (id, _, actor) in host.Actors(spec))
        {
            var (last, index) = ((await actor.AsReference<IActorGrain>().QueryAsync()).Metrics!, Populations.Plan(spec).Actors.ToList().IndexOf(id));
            Assert.Equal(last, points[^1].Actors![index]);
            Assert.Equal(id.Kind == ActorKind.Adversary, last.Kl > 0);
            Assert.NotEqual(0, last.PolicyLoss);
        }
    }

    [Fact]
    public async Task Another_spec_under_the_same_name_is_refused_and_the_difference_named()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("taken", iterations: 2);
        await host.TrainAsync(spec);

        var other = spec with { Training = spec.Training with { Tau = 3 } };
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => host.Coordinator("taken").StartAsync(other));

        Assert.Contains("tau: 10, not 3", error.Message);
        Assert.Equal(10, (await host.Coordinator("taken").GetSpecAsync()).Training.Tau);
    }

    [Fact]
    public async Task An_invalid_spec_is_refused_with_every_problem()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        var spec = Populations.Spec("wrong") with { Teams = 0, Environment = new EnvironmentSettings("gridworld", "nowhere") };
        spec = spec with { Training = spec.Training with { Tau = -1, Lanes = 0 } };

        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => host.Coordinator("wrong").StartAsync(spec));

        Assert.All(["tau", "lanes", "seeds", "nowhere"], part => Assert.Contains(part, error.Message));
        await Assert.ThrowsAsync<UnknownGrainException>(() => host.Coordinator("wrong").GetStatusAsync());
        await Assert.ThrowsAsync<SrpoGrainException>(() => host.Coordinator("other").StartAsync(Populations.Spec("wrong")));
    }

    [Fact]
    public async Task Training_that_diverges_fails_and_names_the_team()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        const string Game = """{ "rewards": [[1e30, -1e30], [-1e30, 1e30]], "length": 16 }""";
        var spec = Populations.Spec("diverging", "ippo", teams: 1) with { Environment = new EnvironmentSettings("matrix", "huge", Game) };
        spec = spec with { Training = spec.Training with { RewardScale = 1e6, ValueWeight = 1e6 } };

        var status = await host.RunAsync("diverging", coordinator => coordinator.StartAsync(spec), PopulationPhase.Failed);

        Assert.Contains("team 0 of 'diverging'", status.Error);
        Assert.Contains("no longer finite", status.Error);
    }

    [Fact]
    public async Task Storage_that_cannot_be_written_fails_with_the_path()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await File.WriteAllTextAsync(data.File("actors"), "a file where a directory should be");
        var spec = Populations.Spec("unwritable", teams: 1);

        var status = await host.RunAsync("unwritable", coordinator => coordinator.StartAsync(spec), PopulationPhase.Failed);

        Assert.Contains("team 0 of 'unwritable'", status.Error);
        Assert.Contains(data.File("actors"), status.Error);
        File.Delete(data.File("actors"));
        Assert.Equal(PopulationPhase.Finished, (await host.RunAsync("unwritable", coordinator => coordinator.ResumeAsync())).Phase);
    }
}
