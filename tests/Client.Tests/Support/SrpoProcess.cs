using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Srpo.Experiments.Data;

namespace Srpo.Client.Tests.Support;

/// <summary>The program as a process of its own, as users run it.</summary>
internal sealed partial class SrpoProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);

    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    private SrpoProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has written to stderr up to now.</summary>
    public string Errors => Text(_error);

    /// <summary>What it has written to stdout up to now.</summary>
    public string Output => Text(_out);

    /// <summary>Names of the assemblies that it has loaded up to now. Linux only.</summary>
    public IReadOnlySet<string> Assemblies => File.ReadLines($"/proc/{Id}/maps")
        .Select(line => Path.GetFileName(line))
        .Where(name => name.EndsWith(".dll", StringComparison.Ordinal))
        .ToHashSet(StringComparer.Ordinal);

    public static SrpoProcess Start(string directory, params string[] arguments) => Start(directory, new Dictionary<string, string>(), arguments);

    /// <param name="directory">Where the command is typed.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="arguments">The command line.</param>
    public static SrpoProcess Start(string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var running = Launch(directory, environment, arguments);
        running._process.StandardInput.Close();
        return running;
    }

    /// <summary>The same where somebody could type, but does not.</summary>
    public static SrpoProcess StartAtKeyboard(string directory, params string[] arguments) => Launch(directory, new Dictionary<string, string>(), arguments);

    private static SrpoProcess Launch(string directory, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "srpo.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["SRPO_EXPERIMENTS"] = Repository.Experiments;
        start.Environment["SRPO_GAMES"] = Repository.Games;
        start.Environment[TrustedPlugins.FolderVariable] = InProcess.Trust;
        start.Environment.Remove("SRPO_DATA");
        start.Environment.Remove("SRPO_COMMAND");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var running = new SrpoProcess(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, line) => Append(running._out, line.Data);
        running._process.ErrorDataReceived += (_, line) => Append(running._error, line.Data);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    public static async Task<Outcome> RunAsync(string directory, params string[] arguments)
    {
        using var process = Start(directory, arguments);
        return await process.EndAsync();
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, as Ctrl-C and kill do.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Sends a signal, for example STOP, after which it does nothing until CONT.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString()]);
        kill.WaitForExit();
    }

    public async Task<Outcome> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            throw new TimeoutException($"`srpo {string.Join(' ', _process.StartInfo.ArgumentList.Skip(1))}` did not end within {Patience.TotalSeconds} s\n{_out}\n{_error}");
        }

        return new Outcome(_process.ExitCode, Text(_out), Text(_error));
    }

    /// <summary>
    /// Lets the workers of a process, `srpo` or a silo, take what others leave of the machine, for training that has merely to go on while a test looks at
    /// something else. All other threads of the process stay as they are. Linux only; elsewhere nothing changes.
    /// </summary>
    public static void StandBack(int process)
    {
        if (!OperatingSystem.IsLinux()) return;
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{process}/task").Where(IsWorker)) _ = SetPriority(0, uint.Parse(Path.GetFileName(thread)), 10);

        static bool IsWorker(string thread)
        {
            try
            {
                return File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("srpo-compute", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false; // It has ended meanwhile.
            }
        }
    }

    /// <summary>Waits until something is the case while the process runs; fails with its output if it ends before.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var asked = clock.Elapsed;
            if (await condition()) return;
            Assert.False(_process.HasExited, $"the process ended with code {(_process.HasExited ? _process.ExitCode : 0)} before: {what}\n{Text(_out)}\n{Text(_error)}");
            Assert.True(clock.Elapsed < Patience, $"not within {Patience.TotalSeconds} s: {what}");

            // A moment of the process is not to be missed, but whoever asks with whole commands must not keep the machine from it either.
            await Task.Delay(TimeSpan.FromMilliseconds(20) + 2 * (clock.Elapsed - asked));
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit(); // files of its directory are free afterwards
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint thread, int value);

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
