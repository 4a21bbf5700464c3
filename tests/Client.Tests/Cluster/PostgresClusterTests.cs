using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Tests;
using Srpo.Silo;

namespace Srpo.Client.Tests.Cluster;

/// <summary>Two silos that find each other in a database and keep everything there.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresClusterTests(PostgresServer server)
{
    private static readonly PopulationSpec Spec = ClusterRun.Spec(iterations: 12, checkpoints: 4);

    [PostgresFact]
    public async Task Silos_with_a_database_give_the_bits_of_one_process_with_files()
    {
        using var directory = new TemporaryDirectory();
        var text = await server.CreateAsync();
        var unprepared = SiloHost.Build(Arguments(directory, text, FreePorts(3)));
        Assert.Contains("srpo admin init-db", (await Assert.ThrowsAsync<StartupException>(() => unprepared.StartAsync())).Message, StringComparison.Ordinal);
        await unprepared.DisposeAsync();

        var file = directory.Write("connection", text);
        (await InProcess.RunAsync(directory.Root, "admin", "init-db", "--connection-file", file)).Expect(ExitCode.Ok);
        await using var first = await SiloAsync(directory, text);
        await using var second = await SiloAsync(directory, text);
        var variables = new Dictionary<string, string> { [ClusterAddress.ConnectionFileVariable] = file, [ClusterAddress.ClusterIdVariable] = "srpo" };
        await using (var session = await ClusterSession.ConnectAsync("postgres", variables.GetValueOrDefault, TextWriter.Null, CancellationToken.None))
        {
            Assert.Equal(await Populations.ReferenceAsync(Spec), await ClusterRun.TrainAsync(session.Grains, Spec));
        }

        Assert.Equal(2L, await ScalarAsync(text, "SELECT count(*) FROM srpo_silo WHERE status = 3"));
        Assert.Equal("actors,populations", await ScalarAsync(text, "SELECT string_agg(DISTINCT storage, ',' ORDER BY storage) FROM srpo_state"));
        Assert.Equal(1024L, await ScalarAsync(text, "SELECT max(length(data))::bigint FROM srpo_state_chunk"));
        Assert.False(Directory.Exists(directory["runs"]));
        await second.StopAsync();
        await first.StopAsync();
        Assert.Equal(0L, await ScalarAsync(text, "SELECT count(*) FROM srpo_silo WHERE status = 3"));

        // A checkpoint that is damaged in the database is one as in a file; and what is deleted leaves nothing there, so that its name is free at once.
        await ScalarAsync(text, "UPDATE srpo_state_chunk SET data = set_byte(data, 5, get_byte(data, 5) # 16) WHERE state = (SELECT id FROM srpo_state WHERE grain = 'agent/wide/0/0' AND name = 'checkpoint0')");
        await using var third = await SiloAsync(directory, text);
        foreach (var line in new[] { "query agent wide/0/0", "export wide/0/0 x.safetensors", "replay wide/0 --steps 2", "play overcooked wide/0 --seat 1", "crossplay wide --episodes 1 --steps 4 --id c" })
        {
            Assert.Contains("agent 'wide/0/0' stands at round 8: its newest checkpoint, of round 12, cannot be read", (await AskAsync(line)).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
            (await AskAsync(line + " --allow-older")).Expect(ExitCode.Ok);
        }

        Assert.Contains("team 0 can be read back from round 8", (await AskAsync("population status wide")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains("the tournament 'c.training' plays wide", (await AskAsync("runs delete wide --yes")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        (await AskAsync("runs delete c --yes")).Expect(ExitCode.Ok);
        (await AskAsync("runs delete wide --yes")).Expect(ExitCode.Ok);
        Assert.Equal("directory/directory", await ScalarAsync(text, "SELECT string_agg(DISTINCT grain, ',') FROM srpo_state"));
        await using var again = await ClusterSession.ConnectAsync("postgres", variables.GetValueOrDefault, TextWriter.Null, CancellationToken.None);
        var other = Spec with { Seed = 8, Teams = 1 };
        Assert.Equal(await Populations.ReferenceAsync(other), await ClusterRun.TrainAsync(again.Grains, other));
        Assert.Contains("is under way", await RefusedAsync(again.Grains.GetGrain<ICoordinatorGrain>("long"), Spec with { Population = "long", Training = Spec.Training with { Iterations = 1_000_000 } }), StringComparison.Ordinal);
        await third.StopAsync();

        Task<Outcome> AskAsync(string line) => InProcess.RunAsync(directory.Root, variables.GetValueOrDefault, [.. line.Split(' '), "--cluster", "postgres"]);

        static async Task<string> RefusedAsync(ICoordinatorGrain coordinator, PopulationSpec spec)
        {
            await coordinator.StartAsync(spec);
            return (await Assert.ThrowsAsync<SrpoGrainException>(coordinator.DeleteAsync)).Message;
        }
    }

    [PostgresFact]
    public async Task A_silo_joins_although_all_others_died_a_moment_ago()
    {
        using var directory = new TemporaryDirectory();
        var text = await server.CreateAsync();
        var file = directory.Write("connection", text);
        (await InProcess.RunAsync(directory.Root, "admin", "init-db", "--connection-file", file)).Expect(ExitCode.Ok);
        var gone = FreePorts(2);
        await ScalarAsync(text, "INSERT INTO srpo_cluster (cluster) VALUES ('srpo')");
        foreach (var port in gone)
        {
            await ScalarAsync(text, $"INSERT INTO srpo_silo (cluster, address, port, generation, name, host, status, gateway_port, started, alive) VALUES ('srpo', '127.0.0.1', {port}, 1, 'gone', 'gone', 3, 0, now(), now())");
        }

        var silo = SiloHost.Build([.. Arguments(directory, text, FreePorts(3)), "--Srpo:Cluster:AliveSeconds=1", "--Srpo:Cluster:ProbeSeconds=0.5"]);
        await silo.StartAsync().WaitAsync(TimeSpan.FromSeconds(240));
        Assert.Equal(2L, await ScalarAsync(text, "SELECT count(*) FROM srpo_silo WHERE status = 6 AND name = 'gone'"));
        Assert.Equal(1L, await ScalarAsync(text, "SELECT count(*) FROM srpo_silo WHERE status = 3"));
        await silo.StopAsync();
        await silo.DisposeAsync();
    }

    private static async Task<WebApplication> SiloAsync(TemporaryDirectory directory, string connection)
    {
        var silo = SiloHost.Build(Arguments(directory, connection, FreePorts(3)));
        await silo.StartAsync();
        return silo;
    }

    private static string[] Arguments(TemporaryDirectory directory, string connection, int[] ports) =>
    [
        "--Srpo:Cluster:Kind=postgres",
        $"--Srpo:Cluster:ConnectionString={connection}",
        "--Srpo:ClusterId=srpo",
        "--Srpo:Storage:Kind=postgres",
        "--Srpo:Storage:ChunkBytes=1024",
        "--Srpo:Workers=1",
        $"--Srpo:DataDirectory={directory["runs"]}",
        $"--Srpo:SiloPort={ports[0]}",
        $"--Srpo:GatewayPort={ports[1]}",
        $"--Srpo:HealthUrl=http://127.0.0.1:{ports[2]}",
    ];

    private static async Task<object?> ScalarAsync(string text, string sql)
    {
        await using var connection = new NpgsqlConnection(text);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
