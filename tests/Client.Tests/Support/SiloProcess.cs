using System.Diagnostics;
using System.Text;

namespace Srpo.Client.Tests.Support;

/// <summary>A silo as a process of its own, as operators run it, on ports of this machine that were free.</summary>
internal sealed class SiloProcess : IDisposable
{
    /// <summary>How long a silo may take for anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private SiloProcess(Process process, int[] ports)
    {
        (_process, SiloPort, GatewayPort, HttpPort) = (process, ports[0], ports[1], ports[2]);
        _http.BaseAddress = new Uri("http://127.0.0.1:" + Number(HttpPort));
    }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    public int HttpPort { get; }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    public bool HasExited => _process.HasExited;

    /// <summary>What `--cluster` takes.</summary>
    public string Gateway => "127.0.0.1:" + Number(GatewayPort);

    /// <summary>Everything that it has written up to now, log and errors.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts a silo and returns at once.</summary>
    /// <param name="directory">Its working directory; state goes below it.</param>
    /// <param name="settings">Settings without "Srpo:" in front, or of another section with it: "Cluster:Kind=postgres", "Serilog:...".</param>
    public static SiloProcess Start(string directory, params string[] settings)
    {
        var ports = Operations.HttpSilo.FreePorts(3);
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Srpo.Silo.dll"));
        string[] own = [$"SiloPort={Number(ports[0])}", $"GatewayPort={Number(ports[1])}", $"HealthUrl=http://127.0.0.1:{Number(ports[2])}", "Workers=1"];
        foreach (var setting in own.Concat(settings))
            start.ArgumentList.Add("--" + (setting.StartsWith("Serilog:", StringComparison.Ordinal) ? setting : "Srpo:" + setting));
        var silo = new SiloProcess(new Process { StartInfo = start }, ports);
        silo._process.OutputDataReceived += (_, line) => silo.Append(line.Data);
        silo._process.ErrorDataReceived += (_, line) => silo.Append(line.Data);
        silo._process.Start();
        silo._process.StandardInput.Close();
        silo._process.BeginOutputReadLine();
        silo._process.BeginErrorReadLine();
        return silo;
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public Task ReadyAsync() => UntilAsync("it is ready", async () => await ReadinessAsync() == "ready");

    /// <summary>What /health/ready says; empty while nobody answers.</summary>
    public async Task<string> ReadinessAsync()
    {
        try
        {
            return (await (await _http.GetAsync("/health/ready")).Content.ReadAsStringAsync()).Trim();
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return "";
        }
    }

    /// <summary>Waits until something holds while it runs; fails with its log if it ends before.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.False(HasExited, $"the silo ended with code {(HasExited ? ExitCode : 0)} before {what}\n{Said}");
            Assert.True(clock.Elapsed < Patience, $"not within {Patience.TotalSeconds} s: {what}\n{Said}");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return ExitCode;
    }

    /// <summary>Asks it to end, and waits until it has stored what was under way.</summary>
    public Task<int> StopAsync()
    {
        Signal("TERM");
        return EndAsync();
    }

    /// <summary>kill -9.</summary>
    public Task<int> KillAsync()
    {
        _process.Kill();
        return EndAsync();
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Number(Id)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!HasExited) _process.Kill();
        _process.Dispose();
        _http.Dispose();
    }

    private static string Number(int number) => number.ToString();

    private void Append(string? line)
    {
        if (line is null) return;
        lock (_said) _said.AppendLine(line);
    }
}
