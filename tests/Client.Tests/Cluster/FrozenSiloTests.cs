using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Grains;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Cluster;

/// <summary>
/// Three silos as processes of their own with a database, and commands, while a silo is frozen: it keeps its connections, takes what it is sent,
/// and says nothing, which is harder to tell from work than a death.
/// </summary>
[Collection(PostgresTests.Name)]
public sealed class FrozenSiloTests(PostgresServer server) : IDisposable
{
    private const string Population = "frozen";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryDirectory _directory = new();
    private readonly List<SiloProcess> _silos = [];
    private IGrainFactory _grains = null!;

    /// <summary>The list of silos is in the database: a gateway that was declared dead leaves it.</summary>
    private Dictionary<string, string> Variables => new() { [ClusterAddress.ConnectionFileVariable] = _directory["connection"], [ClusterAddress.ClusterIdVariable] = "srpo" };

    private ICoordinatorGrain Coordinator => _grains.GetGrain<ICoordinatorGrain>(Population);

    [PostgresFact]
    public async Task Silos_that_freeze_lose_no_wish_hold_up_no_reader_and_disturb_nobody_when_they_go_on()
    {
        var connection = _directory.Write("connection", await server.CreateAsync());
        (await InProcess.RunAsync(_directory.Root, "admin", "init-db", "--connection-file", connection)).Expect(ExitCode.Ok);
        // Silence for as long as this is a death; on a busy machine a silo that is just starting may be silent for some seconds.
        for (var i = 0; i < 3; i++)
        {
            _silos.Add(SiloProcess.Start(
                _directory.Root, "Cluster:Kind=postgres", "Cluster:ConnectionStringFile=" + connection, "Storage:Kind=postgres", "ClusterId=srpo",
                "Cluster:ProbeSeconds=1", "Cluster:MissedProbes=6", "Cluster:TableRefreshSeconds=2", "Cluster:AliveSeconds=2"));
        }

        foreach (var silo in _silos) await silo.ReadyAsync();
        await using var session = await ClusterSession.ConnectAsync("postgres", Variables.GetValueOrDefault, TextWriter.Null, CancellationToken.None);
        _grains = session.Grains;
        (await RunAsync(
            "population", "start", Population, "--seeds", "1", "--iterations", "1000000", "--set", "lanes=4", "--set", "horizon=50", "--set", "checkpointInterval=20",
            "--set", "curveInterval=100000")).Expect(ExitCode.Ok);
        await UntilAsync("something is stored", async () => (await Coordinator.GetStatusAsync()).Teams.All(team => team.CheckpointRound > 0));
        foreach (var silo in _silos) SrpoProcess.StandBack(silo.Id);

        await ReadersWaitAsync();
        await WishesStayAsync();
        await CommandsEndWhenToldAsync();
    }

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        _directory.Dispose();
    }

    /// <summary>Reading waits until another silo has taken over. The frozen one awakes, finds that it was declared dead, and ends.</summary>
    private async Task ReadersWaitAsync()
    {
        var silo = await CoordinatorAsync();
        silo.Signal("STOP");
        string[][] reading = [["population", "status", Population, "--json"], ["population", "list", "--json"], ["query", "agent", Population + "/0/0", "--json"]];

        // Whoever gives gateways by address keeps the frozen one in his list for good, whatever the silos know of it.
        var addresses = string.Join(',', _silos.OrderBy(other => other != silo).Take(2).Select(other => other.Gateway));
        foreach (var outcome in await Task.WhenAll(new[] { "postgres", addresses }.SelectMany(cluster => reading.Select(arguments => RunAsync(cluster, arguments)))))
        {
            outcome.Expect(ExitCode.Ok);
            Assert.Contains(Population, outcome.Out, StringComparison.Ordinal);
        }

        var before = await RoundAsync();
        await UntilAsync("the population is trained elsewhere", async () => await RoundAsync() > before);
        silo.Signal("CONT");
        Assert.Equal((int)ExitCode.Environment, await silo.EndAsync());
        Assert.Contains("declared this one dead", silo.Said, StringComparison.Ordinal);
        before = await RoundAsync();
        await UntilAsync("training goes on", async () => await RoundAsync() > before);
        Assert.Null((await Coordinator.GetStatusAsync()).Error);
    }

    /// <summary>A pause is carried out although the silo that should note it is frozen and then killed; who watches sees it.</summary>
    private async Task WishesStayAsync()
    {
        var watching = RunAsync("population", "watch", Population, "--json");
        var silo = await CoordinatorAsync();
        silo.Signal("STOP");
        var pausing = RunAsync("population", "pause", Population, "--json");
        var other = RunAsync("population", "pause", Population);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await silo.KillAsync();
        foreach (var outcome in await Task.WhenAll(pausing, watching)) Assert.Contains("\"phase\": \"paused\"", outcome.Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        (await other).Expect(ExitCode.Ok);

        // Nobody goes on with it by himself: the silos look every two seconds.
        var round = await RoundAsync();
        await Task.Delay(TimeSpan.FromSeconds(5));
        Assert.Equal((PopulationPhase.Paused, round), ((await Coordinator.GetStatusAsync()).Phase, await RoundAsync()));
        (await RunAsync("population", "resume", Population)).Expect(ExitCode.Ok);
        await UntilAsync("training goes on", async () => await RoundAsync() > round);
    }

    /// <summary>A command that waits for frozen silos ends at once when it is told to.</summary>
    private async Task CommandsEndWhenToldAsync()
    {
        var left = _silos.Where(silo => !silo.HasExited).ToArray();
        using var watching = SrpoProcess.Start(_directory.Root, Variables, "population", "watch", Population, "--cluster", "postgres");
        await UntilAsync("it watches", () => Task.FromResult(watching.Errors.Contains("training", StringComparison.Ordinal) || watching.HasExited));
        foreach (var silo in left) silo.Signal("STOP");
        await UntilAsync("it says that it waits", () => Task.FromResult(watching.Errors.Contains("does not answer", StringComparison.Ordinal) || watching.HasExited));
        var clock = Stopwatch.StartNew();
        watching.Terminate();
        await watching.EndAsync();

        // Not a matter of speed: a call that it waits for would have had minutes to come.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"it ended after {clock.Elapsed}");
        foreach (var silo in left) silo.Signal("CONT");
    }

    private Task<Outcome> RunAsync(params string[] arguments) => RunAsync("postgres", arguments);

    private Task<Outcome> RunAsync(string cluster, string[] arguments) => InProcess.RunAsync(_directory.Root, Variables.GetValueOrDefault, [.. arguments, "--cluster", cluster]);

    /// <summary>The silo on which the coordinator is: the only one that has a grain of that kind.</summary>
    private async Task<SiloProcess> CoordinatorAsync()
    {
        SiloProcess? found = null;
        await UntilAsync("the coordinator is somewhere", async () =>
        {
            var reports = await _grains.GetGrain<IClusterGrain>(0).GetSilosAsync();
            var port = reports.Where(report => Array.Exists(report.Grains, grain => grain is { Kind: "coordinator", Count: > 0 })).Select(report => report.Silo.Split(':', '@')[1]).FirstOrDefault();
            found = _silos.SingleOrDefault(process => !process.HasExited && process.SiloPort.ToString() == port);
            return found is not null;
        });
        return found!;
    }

    private async Task<int> RoundAsync() => (await Coordinator.GetStatusAsync()).Teams.Max(team => team.Round);

    private static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await holds()) return;
            }
            catch (Exception error) when (Transient.Is(error))
            {
                // A silo has just gone.
            }

            Assert.True(clock.Elapsed < Limit, $"not within {Limit.TotalMinutes} minutes: {what}");
            await Task.Delay(50);
        }
    }
}
