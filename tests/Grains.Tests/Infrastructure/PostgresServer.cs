using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>
/// A PostgreSQL server of its own in a temporary directory, on a free port of this machine, gone after the tests. Started as
/// the user postgres where the tests run as root, which the server refuses.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>Password of the user; tests look that it appears nowhere.</summary>
    public const string Password = "s3cret-of-tests";

    private const string User = "srpo";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    private readonly int _port = FreePort();
    private string _root = "";
    private Process? _process;
    private HeldPorts? _held;
    private int _databases;

    /// <summary>Directory of the server's programs; null where there are none.</summary>
    public static string? Programs { get; } = FindPrograms();

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Programs is null) return;
        _root = Directory.CreateTempSubdirectory("srpo-pg-").FullName;
        await File.WriteAllTextAsync(Path.Combine(_root, "password"), Password + "\n");
        if (IsRoot) await RunAsync("chown", ["-R", "postgres", _root]);
        await RunAsync("initdb", ["-D", Data, "-U", User, "-A", "scram-sha-256", "--pwfile", Path.Combine(_root, "password"), "--no-sync", "-E", "UTF8", "--locale", "C"], asServer: true);
        await StartAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (Programs is null) return;
        await StopAsync();
        _held?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Makes a new, empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateAsync()
    {
        var name = $"t{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(Text("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return Text(name);
    }

    /// <summary>Makes a new database with the schema of this program.</summary>
    public async Task<PostgresConnection> PreparedAsync()
    {
        var connection = PostgresConnection.Parse(await CreateAsync());
        await PostgresSchema.ApplyAsync(connection, CancellationToken.None);
        return connection;
    }

    /// <summary>Starts the server, as at first or after <see cref="StopAsync"/>, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        _held?.Dispose();
        _process = Start("postgres", ["-D", Data, "-p", Port, "-k", _root, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off"], asServer: true);
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(Text("postgres") + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (clock.Elapsed < Limit && !_process.HasExited)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Stops the server at once, as a crash would, and waits until it is gone.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        await RunAsync("pg_ctl", ["stop", "-D", Data, "-m", "immediate", "-w"], asServer: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        (_process, _held) = (null, new HeldPorts(_port));
    }

    /// <summary>Stops the server and what it has started from running, with its connections open: whoever asks gets no answer.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal("CONT");

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_root, "data");

    private string Port => Number(_port);

    private string Text(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username={User};Password={Password}";

    private static string Number(int number) => number.ToString();

    /// <summary>The process that started another, from its line in /proc: number, name in parentheses, state, number of the parent.</summary>
    private static string ParentOf(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ')[2];
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string? FindPrograms()
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).ToList();
        const string debian = "/usr/lib/postgresql";
        if (Directory.Exists(debian)) places.AddRange(Directory.GetDirectories(debian).OrderDescending().Select(version => Path.Combine(version, "bin")));
        return places.Find(place => File.Exists(Path.Combine(place, "initdb")) && File.Exists(Path.Combine(place, "postgres")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Signal(string name)
    {
        var children = Directory.GetDirectories("/proc").Select(folder => Path.GetFileName(folder)!).Where(number => char.IsAsciiDigit(number[0]) && ParentOf(number) == Number(_process!.Id));
        using var kill = Process.Start("kill", ["-" + name, Number(_process!.Id), .. children]);
        kill.WaitForExit();
    }

    private Process Start(string program, string[] arguments, bool asServer)
    {
        var path = asServer ? Path.Combine(Programs!, program) : program;
        var start = asServer && IsRoot ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments]) : new ProcessStartInfo(path, arguments);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.WorkingDirectory) = (true, true, _root);
        return Process.Start(start)!;
    }

    private async Task RunAsync(string program, string[] arguments, bool asServer = false)
    {
        using var process = Start(program, arguments, asServer);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output} {await error}");
    }
}

/// <summary>A test against a real PostgreSQL server; skipped, with the reason, where there is none to start.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (PostgresServer.Programs is null) Skip = "needs the programs of a PostgreSQL server (initdb, postgres), on PATH or in /usr/lib/postgresql";
    }
}
