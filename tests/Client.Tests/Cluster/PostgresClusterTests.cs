using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Core.Settings;
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
        await silo.StartAsync().WaitAsync(TimeSpan.FromSeconds(90));
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
