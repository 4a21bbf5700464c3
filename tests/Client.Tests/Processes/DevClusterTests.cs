using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Grains.Tests;

namespace Srpo.Client.Tests.Processes;

/// <summary>Development clusters as a developer has them: real silos, real storage, a real dashboard.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DevClusterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public DevClusterTests()
    {
        // As root, PostgreSQL runs as another user, who must get through to its data.
        File.SetUnixFileMode(_directory.Root, File.GetUnixFileMode(_directory.Root) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    [PostgresFact]
    public async Task A_cluster_comes_up_trains_loses_a_silo_gets_it_back_and_ends()
    {
        var up = (await SrpoProcess.RunAsync(_directory.Root, "dev", "up", "--workers", "1")).Expect(ExitCode.Ok);
        Assert.Contains("The cluster in runs/.dev is up: 3 silos with PostgreSQL.", up.Out, StringComparison.Ordinal);
        foreach (var line in (string[])["postgres is ready", "starting silo-1, silo-2, silo-3", "silo-3 is ready", "dashboard is ready"]) Assert.Contains(line, up.Error, StringComparison.Ordinal);
        var first = await StatusAsync(ExitCode.Ok);
        Assert.Equal(["postgres", "silo-1", "silo-2", "silo-3", "dashboard"], first.Keys);
        Assert.All(first.Values, part => Assert.Equal("ready", part.State));
        Assert.All(first.Values, part => Assert.Equal(part.Process, ProcessTable.SessionOf(part.Process!.Value)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory["runs/.dev/connection"]));

        // What it says to type works, with nothing else set.
        var start = up.Out.Split('\n').Single(line => line.Contains("population start mine", StringComparison.Ordinal)).Trim().Split(' ')[1..];
        string[] less = ["--seeds", "1", "--iterations", "2", "--set", "lanes=2", "--set", "horizon=10", "--set", "curveInterval=0"];
        (await InProcess.RunAsync(_directory.Root, [.. start, .. less])).Expect(ExitCode.Ok);
        var cluster = start[^1];
        (await InProcess.RunAsync(_directory.Root, "population", "watch", "mine", "--cluster", cluster)).Expect(ExitCode.Ok);
        Assert.Equal(HttpStatusCode.OK, await GetAsync((await JsonAsync(ExitCode.Ok)).GetProperty("dashboard").GetString()!));

        await ProcessTable.KillAsync(first["silo-2"].Process!.Value);
        var broken = await StatusAsync(ExitCode.CheckFailed);
        Assert.Equal(("died", null), (broken["silo-2"].State, broken["silo-2"].Process));
        Assert.NotEmpty(broken["silo-2"].Problem!);
        Assert.Contains("silo-2 died; the last that it said: ", (await InProcess.RunAsync(_directory.Root, "dev", "status")).Expect(ExitCode.CheckFailed).Out, StringComparison.Ordinal);

        var again = (await SrpoProcess.RunAsync(_directory.Root, "dev", "up")).Expect(ExitCode.Ok);
        Assert.Equal(["starting silo-2", "silo-2 is ready"], again.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(" (")[0]));
        var second = await StatusAsync(ExitCode.Ok);
        Assert.All(first.Where(part => part.Key != "silo-2"), part => Assert.Equal(part.Value, second[part.Key] with { Problem = null }));
        Assert.NotEqual(first["silo-2"].Process, second["silo-2"].Process);
        Assert.Contains("finished", (await InProcess.RunAsync(_directory.Root, "population", "status", "mine", "--cluster", cluster)).Expect(ExitCode.Ok).Out, StringComparison.OrdinalIgnoreCase);

        var refused = (await InProcess.RunAsync(_directory.Root, "dev", "up", "--storage", "azurite")).Expect(ExitCode.Usage);
        Assert.Contains("keeps its state in PostgreSQL; leave --storage out", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--silos 2: silo-3 is running", (await InProcess.RunAsync(_directory.Root, "dev", "up", "--silos", "2")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);

        var down = (await InProcess.RunAsync(_directory.Root, "dev", "down")).Expect(ExitCode.Ok);
        Assert.Equal(["dashboard ended", "silo-1 ended", "silo-2 ended", "silo-3 ended", "postgres ended"], down.Out.Split('\n').Take(5).Select(line => line.Trim()));
        Assert.All(second.Values, part => Assert.False(ProcessTable.Lives(part.Process!.Value), $"{part.Process} is still there"));
        Assert.All((await StatusAsync(ExitCode.NotFound)).Values, part => Assert.Equal("down", part.State));
        Assert.True(File.Exists(_directory["runs/.dev/postgres/data/PG_VERSION"]));
        Assert.Empty(Directory.GetFiles(_directory["runs/.dev"], "*.pid"));

        Assert.Contains("runs/.dev was deleted.", (await InProcess.RunAsync(_directory.Root, "dev", "down", "--delete")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["runs"]));
    }

    [AzuriteFact]
    public async Task Azurite_takes_the_place_of_the_database()
    {
        using var up = SrpoProcess.Start(_directory.Root, "dev", "up", "--storage", "azurite", "--silos", "1", "--workers", "1", "--folder", "here");
        Assert.Contains("is up: 1 silo with Azurite.", (await up.EndAsync()).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        var parts = await StatusAsync(ExitCode.Ok, "--folder", "here");
        Assert.Equal(["azurite", "silo-1", "dashboard"], parts.Keys);
        var cluster = (await JsonAsync(ExitCode.Ok, "--folder", "here")).GetProperty("cluster").GetString()!;
        Assert.Contains("active", (await InProcess.RunAsync(_directory.Root, "cluster", "status", "--cluster", cluster)).Expect(ExitCode.Ok).Out, StringComparison.OrdinalIgnoreCase);
        (await InProcess.RunAsync(_directory.Root, "dev", "down", "--folder", "here", "--delete")).Expect(ExitCode.Ok);
        Assert.False(Path.Exists(_directory["here"]));
    }

    [PostgresFact]
    public async Task A_silo_that_does_not_start_ends_the_start_with_its_reason_and_leaves_nothing_running()
    {
        var silo = Script("silo", "echo 'the port is taken by somebody' >&2; exit 5");
        var up = (await SrpoProcess.RunAsync(_directory.Root, "dev", "up", "--silo", silo)).Expect(ExitCode.Environment);
        Assert.Contains("ended while it started; its log is ", up.Error, StringComparison.Ordinal);
        Assert.Contains("  the port is taken by somebody", up.Error, StringComparison.Ordinal);
        Assert.Contains("What was started was ended again (postgres, silo-1, silo-2, silo-3)", up.Error, StringComparison.Ordinal);
        Assert.All((await StatusAsync(ExitCode.NotFound)).Values, part => Assert.Equal("down", part.State));
    }

    [PostgresFact]
    public async Task An_interrupted_start_ends_what_it_has_started()
    {
        using var up = SrpoProcess.Start(_directory.Root, "dev", "up", "--silos", "1", "--silo", Script("silo", "while :; do sleep 1; done"));
        await up.UntilAsync("a silo starts", () => Task.FromResult(up.Errors.Contains("starting silo-1", StringComparison.Ordinal)));
        var running = await StatusAsync(ExitCode.CheckFailed);
        Assert.Equal(("ready", "notReady", "no answer"), (running["postgres"].State, running["silo-1"].State, running["silo-1"].Problem));
        Assert.Contains("another `srpo dev` is at work in ", (await InProcess.RunAsync(_directory.Root, "dev", "down")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        up.Terminate();
        var outcome = (await up.EndAsync()).Expect(ExitCode.Interrupted);
        Assert.Contains("srpo: interrupted; what was started was ended again (postgres, silo-1)", outcome.Error, StringComparison.Ordinal);
        Assert.All((await StatusAsync(ExitCode.NotFound)).Values, part => Assert.Equal("down", part.State));
        Assert.All(running.Values.Where(part => part.Process is not null), part => Assert.False(ProcessTable.Lives(part.Process!.Value)));
    }

    public void Dispose()
    {
        foreach (var folder in Directory.EnumerateFiles(_directory.Root, "*.pid", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, AttributesToSkip = FileAttributes.None }).Select(Path.GetDirectoryName).Distinct().ToArray())
            InProcess.RunAsync(_directory.Root, "dev", "down", "--wait", "10", "--folder", folder!).GetAwaiter().GetResult();
        _directory.Dispose();
    }

    private static async Task<HttpStatusCode> GetAsync(string link)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = true });
        using var answer = await http.GetAsync(new Uri(link));
        return answer.StatusCode;
    }

    private string Script(string name, string text)
    {
        var file = _directory.Write(name, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
        return file;
    }

    private async Task<JsonElement> JsonAsync(ExitCode code, params string[] more) =>
        JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, ["dev", "status", "--json", .. more])).Expect(code).Out).RootElement;

    /// <summary>The processes of the cluster, by name.</summary>
    private async Task<Dictionary<string, Part>> StatusAsync(ExitCode code, params string[] more) => (await JsonAsync(code, more)).GetProperty("parts").EnumerateArray().ToDictionary(
        part => part.GetProperty("name").GetString()!,
        part => new Part(part.GetProperty("state").GetString()!, part.GetProperty("process") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null, part.GetProperty("problem").GetString()),
        StringComparer.Ordinal);

    private sealed record Part(string State, int? Process, string? Problem);
}
