using System.IO.Compression;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>
/// A data directory as a silo of an earlier build left it when it was killed, with a directory and a ledger of their own:
/// "finished" is trained, "under-way" is in training, the tournament "played" is being played.
/// </summary>
public sealed class EarlierDirectoryTests
{
    [Fact]
    public async Task What_an_earlier_build_had_under_way_goes_on()
    {
        using var data = Earlier();
        await using var silos = await TestSilos.StartAsync(data, 1);
        var directory = silos.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory);
        Assert.Equal(["finished", "under-way"], await directory.GetNamesAsync(WorkKind.Population));
        Assert.Equal(["played"], await directory.GetNamesAsync(WorkKind.Tournament));

        // Nobody starts or resumes anything.
        await silos.FinishedAsync("under-way");
        var spec = await silos.Coordinator("under-way").GetSpecAsync();
        Assert.Equal(await Populations.ReferenceAsync(spec, measures: false), await Populations.FingerprintAsync(silos.Grains, spec, measures: false));
        await Until.HoldsAsync("the tournament ends", async () => (await silos.Grains.GetGrain<ITournamentGrain>("played").GetStatusAsync()).Finished);
        await Until.HoldsAsync("nothing is under way", async () => await directory.GetUnderWayAsync(WorkKind.Population) is [] && await directory.GetUnderWayAsync(WorkKind.Tournament) is []);

        // What began since then is kept beside it, and found again by the next process, which does not look at the ledger any more.
        await directory.BeginAsync(WorkKind.Population, "next", goesOn: true);
        await silos.DisposeAsync();
        Directory.Delete(Path.Combine(data.Path, "populations", "ledger"), recursive: true);
        await using var host = await Populations.HostAsync(data);
        directory = host.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory);
        Assert.Equal(["finished", "next", "under-way"], await directory.GetNamesAsync(WorkKind.Population));
        Assert.Equal(["next"], await directory.GetUnderWayAsync(WorkKind.Population));
    }

    /// <summary>Beginning anew would give the same bits: that checkpoints are used must be looked at by itself.</summary>
    [Fact]
    public async Task Checkpoints_of_an_earlier_build_are_recognised()
    {
        using var data = Earlier();
        await using var host = await Populations.HostAsync(data);
        var status = await host.Coordinator("under-way").GetStatusAsync();
        var spec = await host.Coordinator("under-way").GetSpecAsync();
        Assert.Equal("srpo", spec.Training.Method);
        Assert.Contains(status.Teams, team => team.CheckpointRound > 0);
        var learner = host.Grains.GetGrain<ITeamLearner>("cpu/0");
        foreach (var team in status.Teams)
        {
            var reply = await Following.AskAsync(() => learner.RestoreAsync(new RestoreRequest("under-way", team.Team, Math.Max(team.CheckpointRound, 0), spec, long.MaxValue)));
            Assert.Equal(team.CheckpointRound, reply.Round);
        }
    }

    [Fact]
    public async Task A_damaged_ledger_hides_no_name_and_is_named()
    {
        using var data = Earlier();
        foreach (var file in Directory.GetFiles(Path.Combine(data.Path, "populations", "ledger"), "*.state", SearchOption.AllDirectories)) File.WriteAllText(file, "torn");
        await using var host = await Populations.HostAsync(data);
        var directory = host.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory);
        Assert.Equal(["finished", "under-way"], await directory.GetNamesAsync(WorkKind.Population));
        var error = await Assert.ThrowsAsync<CorruptStateException>(() => directory.GetUnderWayAsync(WorkKind.Population));
        Assert.Contains("ledger", error.Message, StringComparison.Ordinal);
        await directory.BeginAsync(WorkKind.Population, "next", goesOn: false);
        Assert.Equal(["finished", "next", "under-way"], await directory.GetNamesAsync(WorkKind.Population));
    }

    private static TestDirectory Earlier()
    {
        var data = new TestDirectory();
        ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "Work", "earlier-directory.zip"), data.Path);
        return data;
    }
}
