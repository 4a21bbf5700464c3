using System.Diagnostics;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Processes;

/// <summary>Processes end as documented: without enough memory before they begin, and at a signal whatever they do.</summary>
public sealed class EndTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>The runtime would end such a run with a segmentation fault.</summary>
    [Fact]
    public async Task A_limit_below_what_a_run_needs_is_refused_with_its_number()
    {
        _directory.Write("mine.json", """{ "seeds": 3, "training": { "iterations": 5 }, "populations": { "ippo": {}, "srpo": { "method": "srpo" } } }""");
        using var run = SrpoProcess.Start(_directory.Root, new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x1000000" }, "run", "mine.json", "--workers", "1");
        var outcome = (await run.EndAsync()).Expect(ExitCode.Environment);
        Assert.Contains("DOTNET_GCHeapHardLimit=0x1000000 allows 16 MiB", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Out);
        Assert.False(Directory.Exists(_directory["runs/mine-1"]));
    }

    /// <summary>A file that may be a pipe, since secrets often come that way: nothing ever comes through it.</summary>
    [LinuxFact]
    public async Task A_signal_ends_a_command_that_waits_for_what_it_reads()
    {
        using (var made = Process.Start("mkfifo", [_directory["secret"]])) await made.WaitForExitAsync();
        using var waiting = SrpoProcess.Start(_directory.Root, "admin", "init-db", "--connection-file", "secret");
        await SignalledAsync(waiting);
    }

    [LinuxFact]
    public async Task A_signal_ends_a_command_that_computes_without_looking_up()
    {
        using var solving = SrpoProcess.Start(_directory.Root, "rqe", "solve", "volunteers-three", "--starts", "1000000");
        await SignalledAsync(solving);
    }

    /// <summary>Neither a closed stream nor a full disk behind it ends in a trace or hides how the command ended.</summary>
    [LinuxFact]
    public async Task A_stream_that_takes_nothing_does_not_hide_how_a_command_ended()
    {
        (string Line, ExitCode Code, string Message)[] cases =
        [
            ("--version >&-", ExitCode.Environment, "srpo: the output cannot be written: "),
            ("--version >/dev/full", ExitCode.Environment, "srpo: the output cannot be written: No space left on device"),
            ("run nope 2>&-", ExitCode.Usage, ""),
            ("run nope >&- 2>/dev/full", ExitCode.Usage, ""),
        ];
        foreach (var (line, code, message) in cases)
        {
            var start = new ProcessStartInfo("bash", ["-c", $"exec dotnet '{Path.Combine(AppContext.BaseDirectory, "srpo.dll")}' {line}"]) { WorkingDirectory = _directory.Root, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(code == (ExitCode)process.ExitCode, $"{line}: {process.ExitCode}\n{error}");
            Assert.StartsWith(message, error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }
    }

    /// <summary>Ends a process once it is at work: it has a thread for signals from the start of Main on, and takes some time of the processor after that.</summary>
    private static async Task SignalledAsync(SrpoProcess process)
    {
        await process.UntilAsync("it heeds signals and has begun", () => Task.FromResult(
            File.ReadLines($"/proc/{process.Id}/status").Any(line => line.StartsWith("SigCgt:", StringComparison.Ordinal) && (Convert.ToUInt64(line["SigCgt:".Length..].Trim(), 16) & (1UL << 14)) != 0)
            && process.Assemblies.Contains("System.CommandLine.dll")));
        process.Terminate();
        var outcome = (await process.EndAsync()).Expect(ExitCode.Interrupted);
        Assert.Contains("srpo: interrupted", outcome.Error, StringComparison.Ordinal);
    }
}
