using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Populations with opponents, partners, shared policies and turns, through the grains.</summary>
public sealed class ManySeatTests
{
    private static readonly EnvironmentSettings Tag = new("tag", "simple-tag");
    private static readonly EnvironmentSettings Hanabi = new("hanabi", "3x3-3p");

    private static readonly PopulationSpec Runners = Population("m.runners", Tag, "ippo", teams: 2, iterations: 3);

    private static readonly PopulationSpec Chasers = Population("m.chasers", Tag, "srpo", teams: 2, iterations: 6) with
    {
        Opponents = [new PolicyReference("m.runners/0/2", 3)],
    };

    private static readonly PopulationSpec Pool = Populations.Spec("m.pool", "self-play", teams: 2, iterations: 6, checkpoints: 4) with { Snapshots = [1, 3, 4] };

    private static readonly PopulationSpec BestResponse = Populations.Spec("m.fcp", "fcp", teams: 1, iterations: 6, checkpoints: 4) with
    {
        Partners = [.. from team in (int[])[0, 1] from round in (int[])[1, 3, 6] select new PolicyReference($"m.pool/{team}/0", round)],
    };

    private static readonly PopulationSpec Shared = Sharing(Population("m.hanabi", Hanabi, "srpo", teams: 2, iterations: 4));

    [Fact]
    public async Task Chasers_learn_against_a_frozen_runner_and_go_on_after_a_restart_with_the_same_bits()
    {
        using var whole = new TestDirectory();
        string reference;
        await using (var host = await Populations.HostAsync(whole))
        {
            await host.TrainAsync(Runners);
            await host.TrainAsync(Chasers);
            reference = await host.FingerprintAsync(Chasers);
            var report = await host.Grains.GetGrain<IEnvironmentGrain>("m.chasers/0/1").QueryAsync();
            Assert.Equal(["adversary 1", "agent 1", "opponent m.runners/0/2@3"], report.Seats);
            var curve = (await host.Coordinator("m.chasers").GetCurvesAsync())[0].Points[^1];
            Assert.Equal(3, curve.SeatCosts.Length);
        }

        using var parts = new TestDirectory();
        await using (var host = await Populations.HostAsync(parts))
        {
            await host.TrainAsync(Runners);
            await host.Coordinator("m.chasers").StartAsync(Chasers);
            await host.AtRoundAsync("m.chasers", 1);
            await host.Coordinator("m.chasers").PausedAsync();
        }

        await using (var host = await Populations.HostAsync(parts, workers: 1))
        {
            await host.RunAsync("m.chasers", coordinator => coordinator.ResumeAsync());
            Assert.Equal(reference, await host.FingerprintAsync(Chasers));
        }
    }

    [Fact]
    public async Task A_team_and_its_opponents_are_checked_before_anything_begins()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await RefusedAsync(host, Chasers with { Opponents = [] }, "only method \"ippo\"");
        await RefusedAsync(host, Chasers with { Environment = Shared.Environment }, "0 seats for opponents");
        await RefusedAsync(host, Chasers with { Opponents = [new PolicyReference("runners", 3)] }, "names no policy");
        await RefusedAsync(host, BestResponse with { Partners = [] }, "no partners");
        await RefusedAsync(host, Pool with { Snapshots = [6] }, "ascending rounds from 1 to 5");
    }

    [Fact]
    public async Task Snapshots_are_kept_for_good_and_partners_are_played_from_them()
    {
        using var data = new TestDirectory();
        await using (var host = await Populations.HostAsync(data))
        {
            await host.TrainAsync(Pool);
            await host.TrainAsync(BestResponse);
        }

        // The same policies as those of a run that ended there.
        using var shorter = new TestDirectory();
        await using (var ended = await Populations.HostAsync(shorter))
        await using (var host = await Populations.HostAsync(data))
        {
            await ended.TrainAsync(Pool with { Snapshots = [], Training = Pool.Training with { Iterations = 3 } });
            var kept = await host.Grains.GetGrain<IAgentGrain>("m.pool/1/0").GetPolicyAfterAsync(3);
            var last = await ended.Grains.GetGrain<IAgentGrain>("m.pool/1/0").GetPolicyAsync();
            Assert.Equal(3, kept.Version);
            Assert.Equal(last.Parameters.Values, kept.Parameters.Values);
            Assert.Equal(6, (await host.Grains.GetGrain<IAgentGrain>("m.pool/1/0").GetPolicyAfterAsync(6)).Version);
            var error = await Assert.ThrowsAsync<SrpoGrainException>(() => host.Grains.GetGrain<IAgentGrain>("m.pool/1/0").GetPolicyAfterAsync(2));
            Assert.Contains("has not kept its policy of round 2", error.Message);
        }
    }

    [Fact]
    public async Task A_snapshot_between_checkpoints_survives_a_pause()
    {
        using var data = new TestDirectory();
        var spec = Pool with { Training = Pool.Training with { Iterations = 40 }, CheckpointInterval = 40, Snapshots = [1, 39] };
        await using (var host = await Populations.HostAsync(data))
        {
            await host.Coordinator("m.pool").StartAsync(spec);
            await host.AtRoundAsync("m.pool", 2);
            await host.Coordinator("m.pool").PausedAsync();
        }

        await using (var host = await Populations.HostAsync(data))
        {
            await host.RunAsync("m.pool", coordinator => coordinator.ResumeAsync());
            foreach (var round in spec.Snapshots)
                Assert.Equal(round, (await host.Grains.GetGrain<IAgentGrain>("m.pool/0/0").GetPolicyAfterAsync(round)).Version);
        }
    }

    [Fact]
    public async Task A_shared_policy_plays_all_seats_and_tournaments_mix_two_of_them_in_every_way()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Shared);
        var report = await host.Grains.GetGrain<IEnvironmentGrain>("m.hanabi/0/0").QueryAsync();
        Assert.All(report.Seats, seat => Assert.Equal("agent 0 or adversary 0", seat));
        var tournament = host.Grains.GetGrain<ITournamentGrain>("mixed");
        await tournament.StartAsync(new TournamentSpec(["m.hanabi"], Hanabi, 7, 100, 1));
        await Until.HoldsAsync("the tournament ends", async () => (await tournament.GetStatusAsync()).Finished);
        var matrix = await tournament.GetMatrixAsync();
        Assert.Equal("mean over all 6 ways to seat both runs in 3 seats", matrix.Seating);
        Assert.Equal(12, matrix.Episodes);
        Assert.All(matrix.Cells, cell => Assert.InRange(cell!.MeanReturn, 0, 9));
    }

    [Fact]
    public async Task Tournaments_of_teams_with_opponents_name_them()
    {
        using var data = new TestDirectory();
        await using var host = await Populations.HostAsync(data);
        await host.TrainAsync(Runners);
        await host.TrainAsync(Chasers);
        var spec = new TournamentSpec(["m.chasers"], Tag, 2, 100, 1, [new PolicyReference("m.runners/1/2", 3)]);
        var tournament = host.Grains.GetGrain<ITournamentGrain>("unseen");
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => tournament.StartAsync(spec with { Opponents = null }));
        Assert.Contains("0 opponents are named", error.Message);
        await tournament.StartAsync(spec);
        while (await tournament.GetStatusAsync() is { Finished: false } status) Assert.Null(status.Error);
        var matrix = await tournament.GetMatrixAsync();
        Assert.Equal("the row's run in seat 0, the column's in seat 1", matrix.Seating);
        Assert.Equal("m.runners/1/2@3", matrix.Spec.Opponents![0].ToString());

        // Both chasers receive the same reward, which counts once.
        Assert.All(matrix.Cells, cell => Assert.Equal(cell!.SeatReturns[0], cell.MeanReturn, 1e-9));
        Assert.All(matrix.Cells, cell => Assert.Equal(cell!.SeatReturns[1], cell.MeanReturn, 1e-9));
    }

    private static PopulationSpec Population(string name, EnvironmentSettings environment, string method, int teams, int iterations)
    {
        var spec = Populations.Spec(name, method, teams, iterations, checkpoints: 2);
        return spec with { Environment = environment, Training = spec.Training with { Horizon = 40, EvaluationSteps = 100 } };
    }

    private static PopulationSpec Sharing(PopulationSpec spec) => spec with { Training = spec.Training with { SharePolicy = true } };

    private static async Task RefusedAsync(LocalHost host, PopulationSpec spec, string reason)
    {
        var error = await Assert.ThrowsAsync<SrpoGrainException>(() => host.Coordinator(spec.Population).StartAsync(spec));
        Assert.Contains(reason, error.Message);
    }
}
