using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

public sealed class TournamentTests
{
    private static readonly PopulationSpec Srpo = Populations.Spec("t.srpo", iterations: 4);
    private static readonly PopulationSpec SelfPlay = Populations.Spec("t.self", "self-play", teams: 1, iterations: 4);

    private static readonly TournamentSpec Spec = new(["t.srpo", "t.self"], Srpo.Environment, 4, 16, 3);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task Everyone_plays_with_everyone_whatever_the_number_of_workers()
    {
        var matrices = new List<string>();
        foreach (var workers in new[] { 1, 2 })
        {
            using var data = new TestDirectory();
            await using var host = await TrainedAsync(data, workers);
            var status = await PlayAsync(host, "all", Spec);
            Assert.Equal((3, 9, 9, true), (status.Players, status.PairsDone, status.PairsTotal, status.Finished));
            Assert.Equal(9L * 4 * 16, status.EnvironmentSteps);
            var matrix = await host.Grains.GetGrain<ITournamentGrain>("all").GetMatrixAsync();
            Assert.Equal(["srpo", "srpo", "self-play"], matrix.Players.Select(player => player.Method));
            Assert.Equal([0, 1, 0], matrix.Players.Select(player => player.Team));
            Assert.All(matrix.Cells, cell => Assert.Equal(cell!.MeanReturn, cell.SeatReturns.Sum(), 1e-9));
            Assert.Equal(["all"], await Tournaments(host));
            matrices.Add(JsonSerializer.Serialize(matrix.Cells, Indented));
        }

        Assert.Equal(matrices[0], matrices[1]);
    }

    [Fact]
    public async Task A_silo_fetches_a_policy_once_for_a_session_and_again_where_that_failed()
    {
        using var data = new TestDirectory();
        await using var host = await TrainedAsync(data, 1);
        var time = new FakeTimeProvider();
        using var policies = new TilePolicies(host.Grains, time);
        var (session, agent) = (Guid.NewGuid(), new PolicyReference("t.srpo/0/0", 4));
        var first = (await policies.PoliciesAsync(session, [agent, new PolicyReference("t.srpo/0/0", 4)])).Distinct().Single();
        Assert.Same(first, (await policies.TeamsAsync(session, [[agent, agent]])).Single().Seats[1]);
        Assert.NotSame(first, (await policies.PoliciesAsync(Guid.NewGuid(), [agent])).Single());

        // The first session is among those that are kept until four others have come.
        for (var other = 0; other < 2; other++) await policies.PoliciesAsync(Guid.NewGuid(), [agent]);
        Assert.Same(first, (await policies.PoliciesAsync(session, [agent])).Single());
        for (var other = 0; other < 4; other++) await policies.PoliciesAsync(Guid.NewGuid(), [agent]);
        Assert.NotSame(first, (await policies.PoliciesAsync(session, [agent])).Single());

        // Nobody asks for a while.
        var last = (await policies.PoliciesAsync(session, [agent])).Single();
        time.Advance(TilePolicies.Rest / 2);
        Assert.Same(last, (await policies.PoliciesAsync(session, [agent])).Single());
        time.Advance(TilePolicies.Rest * 2);
        Assert.NotSame(last, (await policies.PoliciesAsync(session, [agent])).Single());

        for (var attempt = 0; attempt < 2; attempt++)
        {
            await Assert.ThrowsAsync<SrpoGrainException>(() => policies.PoliciesAsync(session, [agent with { Round = 3 }]));
            await Assert.ThrowsAsync<UnknownGrainException>(() => policies.PoliciesAsync(session, [new PolicyReference("nobody/0/0", 4)]));
        }
    }

    [Fact]
    public async Task What_is_played_is_stored_and_the_rest_is_played_after_a_restart()
    {
        using var data = new TestDirectory();

        // Large enough that every tile is one pair and the pause comes in the middle.
        var spec = Spec with { Episodes = 15000, Steps = 64 };
        string whole;
        await using (var host = await TrainedAsync(data, 2))
        {
            await PlayAsync(host, "whole", spec);
            whole = JsonSerializer.Serialize((await host.Grains.GetGrain<ITournamentGrain>("whole").GetMatrixAsync()).Cells);
            var tournament = host.Grains.GetGrain<ITournamentGrain>("parts");
            await tournament.StartAsync(spec);
            while ((await tournament.GetStatusAsync()).PairsDone == 0)
            {
            }

            var paused = await tournament.PausedAsync();
            Assert.InRange(paused.PairsDone, 1, 8);
            Assert.False(paused.Finished);
        }

        await using var next = await Populations.HostAsync(data);
        var before = await next.Grains.GetGrain<ITournamentGrain>("parts").GetStatusAsync();
        Assert.InRange(before.PairsDone, 1, 8);
        await PlayAsync(next, "parts", spec);
        Assert.Equal(whole, JsonSerializer.Serialize((await next.Grains.GetGrain<ITournamentGrain>("parts").GetMatrixAsync()).Cells));
        Assert.True((await next.Grains.GetGrain<ITournamentGrain>("whole").StartAsync(spec)).Finished);
    }

    [Fact]
    public async Task Unfinished_unknown_and_unfit_populations_are_refused_by_name()
    {
        using var data = new TestDirectory();
        await using var host = await TrainedAsync(data, 2);
        var slow = Populations.Spec("t.slow", iterations: 5000, checkpoints: 1000);
        await host.Coordinator("t.slow").StartAsync(slow);
        var tournament = host.Grains.GetGrain<ITournamentGrain>("refused");

        var training = await Assert.ThrowsAsync<SrpoGrainException>(() => tournament.StartAsync(Spec with { Populations = ["t.srpo", "t.slow"] }));
        Assert.Contains("'t.slow' is training", training.Message);
        await host.Coordinator("t.slow").PausedAsync();
        var paused = await Assert.ThrowsAsync<SrpoGrainException>(() => tournament.StartAsync(Spec with { Populations = ["t.slow"] }));
        Assert.Contains("resume it", paused.Message);
        await Assert.ThrowsAsync<UnknownGrainException>(() => tournament.StartAsync(Spec with { Populations = ["nobody"] }));
        var game = new EnvironmentSettings("matrix", "two", """{ "rewards": [[1, 0], [0, 1]], "length": 4 }""");
        var unfit = await Assert.ThrowsAsync<SrpoGrainException>(() => tournament.StartAsync(Spec with { Environment = game }));
        Assert.Contains("t.srpo/0/0", unfit.Message);
        await Assert.ThrowsAsync<UnknownGrainException>(() => tournament.GetStatusAsync());
        Assert.Empty(await Tournaments(host));
    }

    [Fact]
    public async Task Specs_are_checked_and_must_not_change()
    {
        using var data = new TestDirectory();
        await using var host = await TrainedAsync(data, 2);
        var tournament = host.Grains.GetGrain<ITournamentGrain>("checked");

        await Refused(Spec with { Episodes = 0 }, "0 episodes");
        await Refused(Spec with { Steps = 65537 }, "65537 steps");
        await Refused(Spec with { Populations = [] }, "no populations");
        await Refused(Spec with { Populations = ["t.srpo", "t.srpo"] }, "twice");
        await Refused(Spec with { Populations = ["a/b"] }, "a/b");
        await Refused(Spec with { Environment = new EnvironmentSettings("gridworld", "nowhere") }, "nowhere");
        await PlayAsync(host, "checked", Spec);
        await Refused(Spec with { Seed = 4 }, "other settings");
        Assert.True((await tournament.StartAsync(Spec with { Populations = ["t.srpo", "t.self"] })).Finished);

        async Task Refused(TournamentSpec spec, string part)
        {
            var error = await Assert.ThrowsAnyAsync<SrpoGrainException>(() => tournament.StartAsync(spec));
            Assert.Contains(part, error.Message);
        }
    }

    [Fact]
    public async Task A_damaged_final_checkpoint_is_named_and_training_mends_it()
    {
        using var data = new TestDirectory();
        await using (await TrainedAsync(data, 2))
        {
        }

        // Four rounds are one checkpoint: nothing is left of the agent.
        var file = data.File("actors", "agent", "t.srpo", "1", "1", "checkpoint0.state");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..200]);
        await using var host = await Populations.HostAsync(data);
        var error = await Assert.ThrowsAnyAsync<SrpoGrainException>(() => host.Grains.GetGrain<ITournamentGrain>("mended").StartAsync(Spec));
        Assert.Contains("t.srpo/1/1", error.Message);

        await host.RunAsync("t.srpo", coordinator => coordinator.ResumeAsync());
        Assert.True((await PlayAsync(host, "mended", Spec)).Finished);
    }

    [Fact]
    public void Tiles_cover_exactly_what_is_missing()
    {
        var record = new TournamentRecord
        {
            Spec = Spec with { Episodes = 1000, Steps = 500 },
            Players = [.. Enumerable.Range(0, 5).Select(team => new TournamentPlayer("p", team, "srpo"))],
            Cells = new MatchResult?[25],
        };
        var played = new MatchResult(double.NaN, 0, [0, 0], [0, 0]);
        foreach (var cell in new[] { 0, 3, 7, 8, 10, 11, 12, 13, 14 }) record.Cells[cell] = played;

        var tiles = TileQueue.Tiles(record).ToArray();

        Assert.All(tiles, tile => Assert.InRange(tile.Count, 1, 2));
        var covered = tiles.SelectMany(tile => Enumerable.Range(tile.Row * 5 + tile.First, tile.Count)).ToArray();
        Assert.Equal(Enumerable.Range(0, 25).Where(cell => record.Cells[cell] is null), covered);
    }

    private static async Task<LocalHost> TrainedAsync(TestDirectory data, int workers)
    {
        var host = await Populations.HostAsync(data, workers);
        await host.TrainAsync(Srpo);
        await host.TrainAsync(SelfPlay);
        return host;
    }

    private static async Task<TournamentStatus> PlayAsync(LocalHost host, string name, TournamentSpec spec)
    {
        var probe = new TournamentProbe();
        var reference = host.Client.CreateObjectReference<ITournamentObserver>(probe);
        var tournament = host.Grains.GetGrain<ITournamentGrain>(name);
        await tournament.SubscribeAsync(reference);
        await tournament.StartAsync(spec);
        var status = await probe.Statuses.WaitAsync($"{name} is finished", seen => seen.Finished || seen.Error is not null);
        Assert.Null(status.Error);
        await tournament.UnsubscribeAsync(reference);
        GC.KeepAlive(probe);
        return status;
    }

    private static async Task<string[]> Tournaments(LocalHost host) =>
        await host.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Tournament);
}
