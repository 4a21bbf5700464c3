using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Cluster;

/// <summary>A run that travels: begun on a data directory, gone on with on three silos that are processes of their own, and taken back in the middle.</summary>
[Collection(PostgresTests.Name)]
public sealed class PackedClusterTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<SiloProcess> _silos = [];

    private Dictionary<string, string> Variables => new() { [ClusterAddress.ConnectionFileVariable] = _directory["connection"], [ClusterAddress.ClusterIdVariable] = "srpo" };

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        _directory.Dispose();
    }

    [PostgresFact]
    public async Task A_run_ends_on_three_silos_and_back_on_files_with_the_bits_of_one_that_nobody_disturbed()
    {
        string[] arguments =
        [
            "run", "overcooked-paper", "--id", "r", "--seeds", "2", "--iterations", "900", "--set", "lanes=4", "--set", "horizon=50", "--set", "curveInterval=4000", "--set", "evaluation.episodes=4",
            "--set", "checkpointInterval=20",
        ];
        using var straight = new TemporaryDirectory();
        (await InProcess.RunAsync(straight.Root, arguments)).Expect(ExitCode.Ok);
        using (var killed = SrpoProcess.Start(_directory.Root, arguments))
        {
            // The second one: the first is whole then, with what the population's record says of it.
            await killed.UntilAsync("SRPO has checkpoints", () => Task.FromResult(Directory.Exists(_directory["runs/.grains/actors/agent/r.srpo/1/1"]) && Directory.GetFiles(_directory["runs/.grains/actors/agent/r.srpo/1/1"], "*.state").Length > 1));
            await killed.KillAsync();
        }

        (await InProcess.RunAsync(_directory.Root, "runs", "pack", "r", "-o", "r.srpo")).Expect(ExitCode.Ok);
        var connection = _directory.Write("connection", await server.CreateAsync());
        (await InProcess.RunAsync(_directory.Root, "admin", "init-db", "--connection-file", connection)).Expect(ExitCode.Ok);
        for (var i = 0; i < 3; i++)
            _silos.Add(SiloProcess.Start(_directory.Root, "Cluster:Kind=postgres", "Cluster:ConnectionStringFile=" + connection, "Storage:Kind=postgres", "ClusterId=srpo"));
        foreach (var silo in _silos) await silo.ReadyAsync();

        // Asked before there is anything, so that grains are awake that know of nothing.
        (await OnClusterAsync("query", "agent", "r.srpo/1/1")).Expect(ExitCode.NotFound);
        (await OnClusterAsync("population", "status", "r.srpo")).Expect(ExitCode.NotFound);
        (await OnClusterAsync("runs", "unpack", "r.srpo")).Expect(ExitCode.Ok);
        Assert.Contains("'r.ippo' is stored here already", (await OnClusterAsync("runs", "unpack", "r.srpo")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);

        // What has arrived waits until it is gone on with, although silos go on by themselves with what is under way.
        await using var session = await ClusterSession.ConnectAsync("postgres", Variables.GetValueOrDefault, TextWriter.Null, CancellationToken.None);
        var srpo = session.Grains.GetGrain<ICoordinatorGrain>("r.srpo");
        var arrived = await srpo.GetStatusAsync();
        Assert.Equal(PopulationPhase.Paused, arrived.Phase);
        Assert.True(arrived.Teams.Max(team => team.CheckpointRound) > 0);

        // In the middle once more, and back: what trains is not packed.
        await srpo.ResumeAsync();
        Assert.Contains("population pause r.srpo --cluster postgres", (await OnClusterAsync("runs", "pack", "r", "-o", "busy.srpo")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        await Until.HoldsAsync("it goes on", async () => (await srpo.GetStatusAsync()).Teams.Max(team => team.Round) > arrived.Teams.Max(team => team.Round));
        (await OnClusterAsync("population", "pause", "r.srpo")).Expect(ExitCode.Ok);
        Assert.True((await srpo.GetStatusAsync()).Teams.Min(team => team.Round) < 900, "it was finished before it was paused, which shows less");
        (await OnClusterAsync("runs", "pack", "r", "-o", "back.srpo")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "runs", "unpack", "back.srpo", "--data", "back")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "resume", "r", "--data", "back")).Expect(ExitCode.Ok);
        SameFiles.AssertRuns(straight["runs/r"], _directory["back/r"]);

        (await OnClusterAsync("resume", "r")).Expect(ExitCode.Ok);
        SameFiles.AssertRuns(straight["runs/r"], _directory["cluster/r"]);
    }

    /// <summary>Directories of runs of the cluster are apart from those of this machine.</summary>
    private Task<Outcome> OnClusterAsync(params string[] arguments) =>
        InProcess.RunAsync(_directory.Root, Variables.GetValueOrDefault, [.. arguments, "--cluster", "postgres", "--data", "cluster"]);
}
