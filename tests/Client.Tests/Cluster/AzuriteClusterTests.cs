using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Cluster;

/// <summary>Silos as processes of their own that find each other in a storage account and keep everything there.</summary>
[Collection(AzuriteTests.Name)]
public sealed class AzuriteClusterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<SiloProcess> _silos = [];
    private readonly AzuriteServer _server;
    private readonly string _name;
    private readonly string _connection;

    public AzuriteClusterTests(AzuriteServer server)
    {
        (_server, _name) = (server, server.NewName());
        _connection = _directory.Write("connection", server.ConnectionString);
    }

    [AzuriteFact]
    public async Task Silos_with_a_storage_account_give_the_bits_of_one_process_with_files()
    {
        var spec = ClusterRun.Spec(iterations: 12, checkpoints: 4);
        await StartAsync(2);
        await using (var session = await ConnectAsync())
        {
            Assert.Equal(await Populations.ReferenceAsync(spec), await ClusterRun.TrainAsync(session.Grains, spec));
        }

        Assert.Equal(["Active", "Active"], Members());
        var containers = new BlobServiceClient(_server.ConnectionString).GetBlobContainers(prefix: _name).Select(container => container.Name);
        Assert.Equal([$"{_name}-actors", $"{_name}-populations"], containers);
        Assert.False(Directory.Exists(_directory["runs"]));
        (await InProcess.RunAsync(_directory.Root, Environment().GetValueOrDefault, "runs", "delete", "wide", "--yes", "--cluster", "azure")).Expect(ExitCode.Ok);
        var blobs = new[] { "actors", "populations" }.SelectMany(part => new BlobServiceClient(_server.ConnectionString).GetBlobContainerClient($"{_name}-{part}").GetBlobs()).Select(blob => blob.Name).ToArray();
        Assert.NotEmpty(blobs);
        Assert.All(blobs, blob => Assert.Contains("directory", blob, StringComparison.Ordinal));
        foreach (var silo in _silos) Assert.Equal(0, await silo.StopAsync());
        Assert.DoesNotContain("Active", Members());
        foreach (var silo in _silos)
        {
            Assert.DoesNotContain(AzuriteServer.Key, silo.Said, StringComparison.Ordinal);

            // From the start to the end a screen, most of it the settings in use; nothing that no operator can act on.
            Assert.True(Lines(silo) <= 50, silo.Said);
            foreach (var noise in (string[])["Resilience pipeline", "ServerGC", "Participant check thread", "contention", "grain service", "Dropping expired"])
                Assert.DoesNotContain(noise, silo.Said, StringComparison.Ordinal);
        }
    }

    [AzuriteFact]
    public async Task Training_waits_for_an_account_that_is_away_or_silent_and_says_so_in_few_words()
    {
        var spec = ClusterRun.Spec(iterations: 800, checkpoints: 20);
        await StartAsync(2, "Storage:RequestSeconds=2");
        await using var session = await GatewaysAsync();
        await session.Grains.GetGrain<ICoordinatorGrain>(spec.Population).StartAsync(spec);
        foreach (var (reason, leaveAsync, comeBackAsync) in new (string, Func<Task>, Func<Task>)[]
        {
            ("nobody answers there (Connection refused)", _server.StopAsync, _server.StartAsync), ("no answer in time", Done(_server.Freeze), Done(_server.Thaw)),
        })
        {
            var before = (await ClusterRun.UntilAsync(session.Grains, spec, "it trains", status => true)).Teams.Max(team => team.Round);
            await ClusterRun.UntilAsync(session.Grains, spec, "checkpoints are stored", status => status.Teams.All(team => team.CheckpointRound > before));
            var lines = _silos.Select(Lines).ToArray();
            await leaveAsync();
            var waiting = await ClusterRun.UntilAsync(session.Grains, spec, "it says that storage is away", status => status.Warning?.Contains(reason, StringComparison.Ordinal) ?? false);
            Assert.Matches($"storage '(actors|populations)' has not answered for [0-9]+ s: blobs at http://127.0.0.1:[0-9]+/devstoreaccount1: ", waiting.Warning);
            Assert.Equal(PopulationPhase.Training, waiting.Phase);
            Assert.True(waiting.Teams.All(team => team.Round < spec.Training.Iterations), "training is too quick for this test");
            foreach (var silo in _silos) await silo.UntilAsync("it is not ready", async () => await silo.ReadinessAsync() == "not ready: storage does not answer");

            // Who asks the account for silos learns the same.
            using var asking = SrpoProcess.Start(_directory.Root, Environment(), ["population", "list", "--cluster", "azure"]);
            var refused = (await asking.EndAsync()).Expect(ExitCode.Environment);
            Assert.StartsWith("srpo: tables at http://127.0.0.1:", refused.Error, StringComparison.Ordinal);
            // A connection that the server closed as it went may be what it learns first.
            Assert.True(refused.Error.Contains(reason, StringComparison.Ordinal) || refused.Error.Contains("the connection broke before an answer came", StringComparison.Ordinal), refused.Error);

            await comeBackAsync();
            foreach (var silo in _silos) await silo.ReadyAsync();
            for (var i = 0; i < _silos.Count; i++) Assert.True(Lines(_silos[i]) - lines[i] <= 40, _silos[i].Said);
        }

        Assert.Equal(await Populations.ReferenceAsync(spec), await ClusterRun.FinishAsync(session.Grains, spec));
    }

    [AzuriteFact]
    public async Task Silos_that_are_killed_change_no_bit_one_or_all()
    {
        var spec = ClusterRun.Spec(iterations: 300, checkpoints: 20);
        await StartAsync(3);
        await using (var session = await ConnectAsync())
        {
            await session.Grains.GetGrain<ICoordinatorGrain>(spec.Population).StartAsync(spec);
            await AtRoundAsync(session.Grains, spec, 30);
            await _silos[0].KillAsync();
            await AtRoundAsync(session.Grains, spec, 80);
        }

        foreach (var silo in _silos.Skip(1)) await silo.KillAsync();
        await StartAsync(1);
        await using (var session = await ConnectAsync())
        {
            Assert.Equal(await Populations.ReferenceAsync(spec), await ClusterRun.FinishAsync(session.Grains, spec));
        }
    }

    [AzuriteFact]
    public async Task A_start_waits_for_the_account_and_ends_where_patience_does_or_the_key_is_refused()
    {
        await _server.StopAsync();
        using var patient = Silo();
        using var impatient = Silo("Storage:PatienceSeconds=2");
        try
        {
            Assert.Equal(5, await impatient.EndAsync());
            Assert.Matches("srpo silo: could not start: tables at http://127.0.0.1:[0-9]+/devstoreaccount1 did not answer for [2-9] s: nobody answers there", impatient.Said);
            Assert.DoesNotContain("   at ", impatient.Said, StringComparison.Ordinal);
            await patient.UntilAsync("it says what it waits for", () => Task.FromResult(patient.Said.Contains("The start waits for it, at most 300 s.", StringComparison.Ordinal)));
        }
        finally
        {
            await _server.StartAsync();
        }

        await patient.ReadyAsync();
        Assert.Equal(0, await patient.StopAsync());

        const string wrong = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";
        File.WriteAllText(_connection, _server.Text(wrong));
        using var refused = Silo();
        Assert.Equal(5, await refused.EndAsync());
        Assert.Contains("the account's key or signature is refused; correct it in the connection string", refused.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, refused.Said, StringComparison.Ordinal);

        File.WriteAllText(_connection, "AccountName=devstoreaccount1;AccountKey=no key");
        using var malformed = Silo();
        Assert.Equal(2, await malformed.EndAsync());
        Assert.Contains("Srpo:Cluster:ConnectionString", malformed.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("no key", malformed.Said, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        _directory.Dispose();
    }

    private static Func<Task> Done(Action act) => () =>
    {
        act();
        return Task.CompletedTask;
    };

    private static int Lines(SiloProcess silo) => silo.Said.Split('\n').Length;

    private static Task<PopulationStatus> AtRoundAsync(IGrainFactory grains, Core.Settings.PopulationSpec spec, int round) => ClusterRun.UntilAsync(grains, spec, $"a team has played {round} rounds", status =>
    {
        Assert.True(status.Teams.Any(team => team.Round < spec.Training.Iterations), "training is too quick for this test");
        return status.Teams.Any(team => team.Round >= round);
    });

    private Dictionary<string, string> Environment() => new() { [ClusterAddress.ConnectionFileVariable] = _connection, [ClusterAddress.ClusterIdVariable] = _name };

    private SiloProcess Silo(params string[] settings) => SiloProcess.Start(
        _directory.Root,
        [
            "ClusterId=" + _name, "Cluster:Kind=azure", "Cluster:ConnectionStringFile=" + _connection, "Storage:Kind=azure", "Storage:Container=" + _name,
            "Cluster:ProbeSeconds=1", "Cluster:TableRefreshSeconds=2", "Cluster:AliveSeconds=1", .. settings,
        ]);

    private async Task StartAsync(int silos, params string[] settings)
    {
        SiloProcess[] started = [.. Enumerable.Range(0, silos).Select(_ => Silo(settings))];
        _silos.AddRange(started);
        foreach (var silo in started) await silo.ReadyAsync();
    }

    private Task<IGrainSession> ConnectAsync() => ClusterSession.ConnectAsync("azure", Environment().GetValueOrDefault, TextWriter.Null, CancellationToken.None);

    private Task<IGrainSession> GatewaysAsync() =>
        ClusterSession.ConnectAsync(string.Join(',', _silos.Select(silo => silo.Gateway)), Environment().GetValueOrDefault, TextWriter.Null, CancellationToken.None);

    /// <summary>What the list says of the silos of this cluster.</summary>
    private string[] Members() =>
    [
        .. new TableClient(_server.ConnectionString, AzureTables.SiloTable).Query<TableEntity>(row => row.PartitionKey == _name)
            .Where(row => !row.RowKey.StartsWith("VersionRow", StringComparison.Ordinal) && row.ContainsKey("Status")).Select(row => row.GetString("Status")),
    ];
}
