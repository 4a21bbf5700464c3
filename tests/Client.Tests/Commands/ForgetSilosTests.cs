using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Commands;

[Collection(PostgresTests.Name)]
public sealed class ForgetSilosTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TcpListener _living = Listen();
    private readonly int _silent = UnusedPort();

    private string[] _command = [];
    private string _database = "";

    [PostgresFact]
    public async Task Silos_that_are_gone_are_taken_off_and_those_that_join_stay()
    {
        await PrepareAsync();
        await AddAsync(_silent, 1, status: 3, "1 hour");
        await AddAsync(_silent, 2, status: 6, "2 hours");
        await AddAsync(Port(_living), 1, status: 3, "1 hour");
        await AddAsync(Port(_living), 2, status: 2, "1 hour");

        var shown = (await InProcess.RunAsync(_directory.Root, _command)).Expect(ExitCode.Usage);
        Assert.Contains("--yes takes 3 silos off", shown.Error, StringComparison.Ordinal);
        Assert.Equal(4L, await ScalarAsync("SELECT count(*) FROM srpo_silo"));

        var done = (await InProcess.RunAsync(_directory.Root, [.. _command, "--yes"])).Expect(ExitCode.Ok);
        Assert.Contains($"forgotten  127.0.0.1:{_silent}:1  active, silent for 36", done.Out, StringComparison.Ordinal);
        Assert.Contains($"kept       127.0.0.1:{Port(_living)}:2  joining", done.Out, StringComparison.Ordinal);
        Assert.Equal("2", await ScalarAsync("SELECT string_agg(generation::text, ',') FROM srpo_silo"));
        Assert.Equal(1, await ScalarAsync("SELECT version FROM srpo_cluster"));
        Assert.DoesNotContain(PostgresServer.Password, shown.Error + done.Out, StringComparison.Ordinal);

        var again = (await InProcess.RunAsync(_directory.Root, [.. _command, "--yes"])).Expect(ExitCode.Ok);
        Assert.Contains("nothing to take off", again.Out, StringComparison.Ordinal);
        Assert.Equal(1, await ScalarAsync("SELECT version FROM srpo_cluster"));
    }

    [PostgresFact]
    public Task Nothing_changes_while_a_silo_answers_unless_it_is_forced() => CheckLivingAsync(Port(_living), "1 hour", "answers at its port");

    [PostgresFact]
    public Task Nothing_changes_while_a_silo_notes_that_it_is_alive_unless_it_is_forced() => CheckLivingAsync(_silent, "20 seconds", "noted that it is alive");

    [PostgresFact]
    public async Task A_database_that_is_not_prepared_or_has_another_cluster_is_left_alone()
    {
        _database = await server.CreateAsync();
        var file = _directory.Write("connection", _database);
        string[] nameless = ["admin", "forget-silos", "--yes", "--connection-file", file], command = [.. nameless, "--cluster-id", "srpo"];
        Assert.Contains("--cluster-id NAME, or SRPO_CLUSTER_ID", (await InProcess.RunAsync(_directory.Root, nameless)).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("srpo admin init-db", (await InProcess.RunAsync(_directory.Root, command)).Expect(ExitCode.Environment).Error, StringComparison.Ordinal);

        await PrepareAsync();
        await AddAsync(_silent, 1, status: 3, "1 hour");
        Assert.Contains("'srpo'", (await InProcess.RunAsync(_directory.Root, [.. _command[..^1], "other", "--yes"])).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM srpo_silo"));
    }

    public void Dispose()
    {
        _living.Dispose();
        _directory.Dispose();
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int UnusedPort()
    {
        using var listener = Listen();
        return Port(listener);
    }

    private async Task CheckLivingAsync(int port, string silence, string sign)
    {
        await PrepareAsync();
        await AddAsync(port, 1, status: 3, silence);
        await AddAsync(_silent, 0, status: 6, "1 hour");

        var refused = (await InProcess.RunAsync(_directory.Root, [.. _command, "--yes"])).Expect(ExitCode.InUse);
        Assert.Contains(sign, refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2L, await ScalarAsync("SELECT count(*) FROM srpo_silo"));

        var forced = (await InProcess.RunAsync(_directory.Root, [.. _command, "--yes", "--force", "--json"])).Expect(ExitCode.Ok);
        Assert.Contains("\"status\": \"active\"", forced.Out, StringComparison.Ordinal);
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM srpo_silo"));
    }

    private async Task PrepareAsync()
    {
        _database = await server.CreateAsync();
        var file = _directory.Write("prepared", _database);
        _command = ["admin", "forget-silos", "--connection-file", file, "--cluster-id", "srpo"];
        (await InProcess.RunAsync(_directory.Root, "admin", "init-db", "--connection-file", file)).Expect(ExitCode.Ok);
        await ScalarAsync("INSERT INTO srpo_cluster (cluster) VALUES ('srpo')");
    }

    private Task<object?> AddAsync(int port, int generation, int status, string silence) => ScalarAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        INSERT INTO srpo_silo (cluster, address, port, generation, name, host, status, gateway_port, started, alive)
        VALUES ('srpo', '127.0.0.1', {port}, {generation}, 'name', 'host', {status}, 0, now() - interval '1 day', now() - interval '{silence}')
        """));

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
