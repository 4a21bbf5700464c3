using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Srpo.Grains.Storage;

namespace Srpo.Grains.Tests;

/// <summary>
/// Azurite, the emulator of Azure Storage, with a temporary directory and free ports of this machine, gone after the tests. The version
/// that test.sh installs below artifacts/, else the one on PATH.
/// </summary>
public sealed class AzuriteServer : IAsyncLifetime
{
    /// <summary>The account's key, the same in every emulator; tests look that it appears nowhere.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    private readonly int[] _ports = FreePorts(3);
    private readonly string _root = Directory.CreateTempSubdirectory("srpo-azurite-").FullName;
    private Process? _process;
    private HeldPorts? _held;
    private int _names;

    /// <summary>What starts it; null where it is not installed.</summary>
    public static string[]? Program { get; } = FindProgram();

    /// <summary>For silos and clients.</summary>
    public string ConnectionString => Text(Key);

    /// <inheritdoc/>
    public Task InitializeAsync() => Program is null ? Task.CompletedTask : StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await StopAsync();
        _held?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>The connection string with another key.</summary>
    public string Text(string key) => $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={key};BlobEndpoint=http://127.0.0.1:{_ports[0]}/devstoreaccount1;QueueEndpoint=http://127.0.0.1:{_ports[1]}/devstoreaccount1;TableEndpoint=http://127.0.0.1:{_ports[2]}/devstoreaccount1;";

    /// <summary>The account.</summary>
    public AzureAccount Account => AzureAccount.Parse(ConnectionString);

    /// <summary>A name that no other test uses, for a cluster or a container.</summary>
    public string NewName() => $"test{Interlocked.Increment(ref _names)}";

    /// <summary>Starts it, as at first or after <see cref="StopAsync"/>, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        string[] arguments =
        [
            .. Program![1..], "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", _root, "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
            "--blobPort", Number(_ports[0]), "--queuePort", Number(_ports[1]), "--tablePort", Number(_ports[2]),
        ];
        _held?.Dispose();
        _process = Process.Start(new ProcessStartInfo(Program[0], arguments) { WorkingDirectory = _root, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
        var clock = Stopwatch.StartNew();
        while (!await ListensAsync(_ports[0]) || !await ListensAsync(_ports[2]))
        {
            if (_process.HasExited) throw new InvalidOperationException($"Azurite ended with {_process.ExitCode}: {await output} {await error}");
            if (clock.Elapsed > Limit) throw new TimeoutException("Azurite does not listen");
            await Task.Delay(50);
        }
    }

    /// <summary>Ends it, and waits until it is gone. What it has acknowledged is kept.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        Signal("CONT");
        Signal("TERM");
        await _process.WaitForExitAsync().WaitAsync(Limit);
        _process.Dispose();
        (_process, _held) = (null, new HeldPorts(_ports));
    }

    /// <summary>Stops it from running, with its connections open: whoever asks gets no answer.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal("CONT");

    private static string Number(int number) => number.ToString();

    private static string[]? FindProgram()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (path.Select(folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists) is not { } node) return null;
        const string script = "artifacts/azurite/node_modules/azurite/dist/src/azurite.js";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, script))) return [node, Path.Combine(folder.FullName, script)];
        return path.Select(folder => Path.Combine(folder, "azurite")).FirstOrDefault(File.Exists) is { } program ? [program] : null;
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Number(_process!.Id)]);
        kill.WaitForExit();
    }
}

/// <summary>A test against Azurite; skipped, with the reason, where it is not installed.</summary>
internal sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute()
    {
        if (AzuriteServer.Program is null) Skip = "needs node, and Azurite, which test.sh installs below artifacts/ where npm can";
    }
}
