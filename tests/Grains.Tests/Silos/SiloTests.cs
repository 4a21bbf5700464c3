using System.Text.Json;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Where several silos put work, and what they do when one comes, leaves or dies.</summary>
public sealed class SiloTests
{
    /// <summary>Rollouts go on with episodes: then more than parameters has to come along when a team moves or is restored.</summary>
    private static readonly PopulationSpec Spec = Continued(Populations.Spec("cluster", teams: 6, iterations: 400, checkpoints: 40));

    private static readonly Lazy<Task<string>> Reference = new(() => Populations.ReferenceAsync(Spec, workers: 2));

    [Fact]
    public async Task A_team_is_together_and_teams_are_dealt_out_by_cores()
    {
        using var data = new TestDirectory();
        await using var silos = await TestSilos.StartAsync(data, 2, 1, 2);

        // Somebody asks for members of the teams before they train, from anywhere.
        foreach (var team in Enumerable.Range(0, Spec.Teams))
            await Assert.ThrowsAsync<UnknownGrainException>(() => silos.Grains.GetGrain<IAgentGrain>(GrainKeys.Seat("cluster", team, 0)).QueryAsync());
        await silos.Coordinator("cluster").StartAsync(Spec);
        await silos.UntilAsync("cluster", status => status.Teams.Count(team => team.Round > 20) == Spec.Teams || status.Phase == PopulationPhase.Finished);

        var where = new List<string>();
        foreach (var team in Enumerable.Range(0, Spec.Teams)) where.Add(Assert.Single(await silos.SilosOfTeamAsync(Spec, team)));
        Assert.Equal([2, 4], where.GroupBy(silo => silo).Select(group => group.Count()).Order());
        await silos.FinishedAsync("cluster");
        Assert.Equal(await Reference.Value, await Populations.FingerprintAsync(silos.Grains, Spec));

        // Every silo says what it did.
        var reports = await silos.Grains.GetGrain<IClusterGrain>(0).GetSilosAsync();
        Assert.Equal(2, reports.Length);
        Assert.All(reports, report => Assert.Equal("active", report.Status));
        Assert.All(reports, report => Assert.True(report.RoundsPerSecond > 0));
        Assert.All(reports, report => Assert.Contains(report.Grains, count => count is { Kind: "agent", Count: > 0 }));
        Assert.Equal(3, reports.Sum(report => report.Cores));
    }

    [Fact]
    public async Task Teams_move_to_a_silo_that_joins_and_away_from_one_that_leaves()
    {
        using var data = new TestDirectory();
        await using var silos = await TestSilos.StartAsync(data, 2);
        await silos.Coordinator("cluster").StartAsync(Spec);
        await silos.AtRoundAsync("cluster", 40);

        var joined = await silos.JoinAsync();
        await silos.UntilAsync("cluster", status => status.Phase == PopulationPhase.Finished || HasTeams(silos, joined));
        Assert.True(HasTeams(silos, joined), "no team came to the new silo before training ended");

        // The coordinator's silo leaves in good order: its work is taken up by the others, without the user.
        await silos.LeaveAsync(await silos.SiloOfAsync(silos.Coordinator("cluster")));
        await silos.FinishedAsync("cluster");
        Assert.Equal(await Reference.Value, await Populations.FingerprintAsync(silos.Grains, Spec));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silo_that_is_killed_changes_no_bit(bool coordinator)
    {
        using var data = new TestDirectory();
        await using var silos = await TestSilos.StartAsync(data, 3);
        await silos.Coordinator("cluster").StartAsync(Spec);
        var before = await silos.AtRoundAsync("cluster", 50);
        Assert.All(before.Teams, team => Assert.True(team.Round < Spec.Training.Iterations, "training is too quick for this test"));

        var own = await silos.SiloOfAsync(silos.Coordinator("cluster"));
        await silos.KillAsync(coordinator ? own : silos.Silos.First(silo => silo != own));

        var status = await silos.FinishedAsync("cluster");
        Assert.Null(status.Error);
        Assert.Equal(await Reference.Value, await Populations.FingerprintAsync(silos.Grains, Spec));
    }

    [Fact]
    public async Task A_pause_that_was_acknowledged_outlives_the_silo_and_what_was_paused_goes_on_with_the_same_bits()
    {
        using var data = new TestDirectory();
        await using var silos = await TestSilos.StartAsync(data, 3);
        await silos.Coordinator("cluster").StartAsync(Spec);
        await silos.AtRoundAsync("cluster", 30);
        var own = await silos.SiloOfAsync(silos.Coordinator("cluster"));

        // At once: nothing of the session's end is stored, only the wish.
        await silos.Coordinator("cluster").PauseAsync();
        await silos.KillAsync(own);

        var paused = await silos.UntilAsync("cluster", status => status.Phase == PopulationPhase.Paused);
        Assert.Contains(paused.Teams, team => team.Round < Spec.Training.Iterations);
        var names = silos.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory);
        await Until.HoldsAsync("nothing is under way", async () => (await names.GetUnderWayAsync(WorkKind.Population)).Length == 0);
        Assert.Equal(PopulationPhase.Paused, (await silos.Coordinator("cluster").GetStatusAsync()).Phase);

        // What the dead silo still wrote is met by the first to write; like a client, the test asks again.
        while (await Record.ExceptionAsync(() => silos.Coordinator("cluster").ResumeAsync()) is { } error) Assert.True(Transient.Is(error), $"{error}");
        await silos.FinishedAsync("cluster");
        Assert.Equal(await Reference.Value, await Populations.FingerprintAsync(silos.Grains, Spec));
    }

    [Fact]
    public async Task A_tournament_goes_on_when_its_silo_is_killed()
    {
        var spec = Populations.Spec("played", iterations: 4, teams: 3);
        var play = new TournamentSpec(["played"], spec.Environment, 20000, 64, 3);
        string whole;
        using (var alone = new TestDirectory())
        {
            await using var host = await Populations.HostAsync(alone);
            await host.TrainAsync(spec);
            await host.Grains.GetGrain<ITournamentGrain>("whole").StartAsync(play);
            whole = await CellsAsync(host.Grains.GetGrain<ITournamentGrain>("whole"));
        }

        using var data = new TestDirectory();
        await using var silos = await TestSilos.StartAsync(data, 3);
        await silos.Coordinator("played").StartAsync(spec);
        await silos.FinishedAsync("played");
        var tournament = silos.Grains.GetGrain<ITournamentGrain>("parts");
        await tournament.StartAsync(play);
        await Until.HoldsAsync("a pair is played", async () => (await tournament.GetStatusAsync()).PairsDone > 0);

        await silos.KillAsync(await silos.SiloOfAsync(tournament));

        Assert.Equal(whole, await CellsAsync(tournament));
    }

    private static async Task<string> CellsAsync(ITournamentGrain tournament)
    {
        for (var i = 0; i < 3000; i++)
        {
            try
            {
                var status = await tournament.GetStatusAsync();
                Assert.Null(status.Error);
                if (status.Finished) return JsonSerializer.Serialize((await tournament.GetMatrixAsync()).Cells);
            }
            catch (Exception error) when (Transient.Is(error))
            {
                // Its silo has just died.
            }

            await Task.Delay(20);
        }

        throw new TimeoutException("the tournament does not end");
    }

    private static PopulationSpec Continued(PopulationSpec spec) => spec with { Training = spec.Training with { ContinueEpisodes = true } };

    private static bool HasTeams(TestSilos silos, Orleans.TestingHost.InProcessSiloHandle silo) =>
        silos.Silos.Contains(silo) && !((ActiveWork)silo.ServiceProvider.GetService(typeof(ActiveWork))!).Teams.IsEmpty;
}
