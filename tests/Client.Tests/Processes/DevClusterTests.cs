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
    public async Task A_cluster_comes_up_loses_a_silo_goes_down_and_trains_on_when_it_is_up_again()
    {
        var up = (await SrpoProcess.RunAsync(_directory.Root, "dev", "up", "--silos", "2", "--workers", "1")).Expect(ExitCode.Ok);
        Assert.Contains("The cluster in runs/.dev is up: 2 silos with PostgreSQL.", up.Out, StringComparison.Ordinal);
        foreach (var line in (string[])["postgres is ready", "starting silo-1, silo-2", "silo-2 is ready", "dashboard is ready"]) Assert.Contains(line, up.Error, StringComparison.Ordinal);
        var first = await StatusAsync(ExitCode.Ok);
        Assert.Equal(["postgres", "silo-1", "silo-2", "dashboard"], first.Keys);
        Assert.All(first.Values, part => Assert.Equal("ready", part.State));
        Assert.All(first.Values, part => Assert.Equal(part.Process, ProcessTable.SessionOf(part.Process!.Value)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory["runs/.dev/connection"]));
        foreach (var (options, reason) in ((string, string)[])[("--storage azurite", "keeps its state in PostgreSQL; leave --storage out"), ("--silos 1", "--silos 1: silo-2 is running")])
            Assert.Contains(reason, (await InProcess.RunAsync(_directory.Root, ["dev", "up", .. options.Split(' ')])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);

        // What it says to type works, with nothing else set.
        var start = up.Out.Split('\n').Single(line => line.Contains("population start mine", StringComparison.Ordinal)).Trim().Split(' ')[1..];
        (await InProcess.RunAsync(_directory.Root, [.. start, "--seeds", "1", "--iterations", "1000000", "--set", "lanes=2", "--set", "horizon=10", "--set", "curveInterval=0"])).Expect(ExitCode.Ok);
        await Until.HoldsAsync("a checkpoint is stored", async () => await CheckpointAsync(start[^1]) > 0);

        await ProcessTable.KillAsync(first["silo-2"].Process!.Value);
        var broken = await StatusAsync(ExitCode.CheckFailed);
        Assert.Equal(("died", null), (broken["silo-2"].State, broken["silo-2"].Process));
        Assert.NotEmpty(broken["silo-2"].Problem!);
        Assert.Contains("silo-2 died; the last that it said: ", (await InProcess.RunAsync(_directory.Root, "dev", "status")).Expect(ExitCode.CheckFailed).Out, StringComparison.Ordinal);

        var down = (await InProcess.RunAsync(_directory.Root, "dev", "down")).Expect(ExitCode.Ok);
        Assert.Equal(["dashboard ended", "silo-1 ended", "silo-2 had died before", "postgres ended"], down.Out.Split('\n').Take(4).Select(line => line.Trim()));
        Assert.All(first.Values, part => Assert.False(ProcessTable.Lives(part.Process!.Value), $"{part.Process} is still there"));
        Assert.All((await StatusAsync(ExitCode.NotFound)).Values, part => Assert.Equal("down", part.State));
        Assert.Empty(Directory.GetFiles(_directory["runs/.dev"], "*.pid"));

        (await SrpoProcess.RunAsync(_directory.Root, "dev", "up")).Expect(ExitCode.Ok);
        Assert.Equal(first.Keys, (await StatusAsync(ExitCode.Ok)).Keys);
        Assert.True(await CheckpointAsync(start[^1]) > 0, "training began anew");
        Assert.Contains("runs/.dev was deleted.", (await InProcess.RunAsync(_directory.Root, "dev", "down", "--delete")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["runs"]));
    }

    [AzuriteFact]
    public async Task Azurite_takes_the_place_of_the_database_and_up_starts_what_has_died_and_nothing_else()
    {
        var up = (await SrpoProcess.RunAsync(_directory.Root, "dev", "up", "--storage", "azurite", "--silos", "1", "--workers", "1", "--folder", "here")).Expect(ExitCode.Ok);
        Assert.Contains("is up: 1 silo with Azurite.", up.Out, StringComparison.Ordinal);
        var first = await StatusAsync(ExitCode.Ok, "--folder", "here");
        Assert.Equal(["azurite", "silo-1", "dashboard"], first.Keys);
        var cluster = (await JsonAsync(ExitCode.Ok, "--folder", "here")).GetProperty("cluster").GetString()!;
        string[] start = ["population", "start", "mine", "--method", "srpo", "--seeds", "1", "--iterations", "2", "--set", "lanes=2", "--set", "horizon=10", "--set", "curveInterval=0"];
        (await InProcess.RunAsync(_directory.Root, [.. start, "--cluster", cluster])).Expect(ExitCode.Ok);
        await Until.HoldsAsync("the population is finished", async () => await CheckpointAsync(cluster) == 2);

        await ProcessTable.KillAsync(first["dashboard"].Process!.Value);
        var again = (await SrpoProcess.RunAsync(_directory.Root, "dev", "up", "--folder", "here")).Expect(ExitCode.Ok);
        Assert.Equal(["dashboard is ready"], again.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var second = await StatusAsync(ExitCode.Ok, "--folder", "here");
        Assert.All(first.Where(part => part.Key != "dashboard"), part => Assert.Equal(part.Value, second[part.Key]));
        Assert.NotEqual(first["dashboard"].Process, second["dashboard"].Process);
        Assert.Equal(HttpStatusCode.OK, await GetAsync((await JsonAsync(ExitCode.Ok, "--folder", "here")).GetProperty("dashboard").GetString()!));

        (await InProcess.RunAsync(_directory.Root, "dev", "down", "--folder", "here", "--delete")).Expect(ExitCode.Ok);
        Assert.False(Path.Exists(_directory["here"]));
    }

    [PostgresFact]
    public async Task A_start_that_fails_or_is_interrupted_says_why_and_ends_what_it_has_started()
    {
        var failed = (await SrpoProcess.RunAsync(_directory.Root, "dev", "up", "--silo", Script("broken", "echo 'the port is taken by somebody' >&2; exit 5"))).Expect(ExitCode.Environment);
        Assert.Contains("ended while it started; its log is ", failed.Error, StringComparison.Ordinal);
        Assert.Contains("  the port is taken by somebody", failed.Error, StringComparison.Ordinal);
        Assert.Contains("What was started was ended again (postgres, silo-1, silo-2, silo-3)", failed.Error, StringComparison.Ordinal);
        Assert.All((await StatusAsync(ExitCode.NotFound)).Values, part => Assert.Equal("down", part.State));

        using var up = SrpoProcess.Start(_directory.Root, "dev", "up", "--silos", "1", "--silo", Script("silent", "while :; do sleep 1; done"));
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

    /// <summary>The round that is stored of the only team.</summary>
    private async Task<int> CheckpointAsync(string cluster) =>
        JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "population", "status", "mine", "--json", "--cluster", cluster)).Expect(ExitCode.Ok).Out)
            .RootElement.GetProperty("teams")[0].GetProperty("checkpointRound").GetInt32();

    private async Task<JsonElement> JsonAsync(ExitCode code, params string[] more) =>
        JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, ["dev", "status", "--json", .. more])).Expect(code).Out).RootElement;

    /// <summary>The processes of the cluster, by name.</summary>
    private async Task<Dictionary<string, Part>> StatusAsync(ExitCode code, params string[] more) => (await JsonAsync(code, more)).GetProperty("parts").EnumerateArray().ToDictionary(
        part => part.GetProperty("name").GetString()!,
        part => new Part(part.GetProperty("state").GetString()!, part.GetProperty("process") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null, part.GetProperty("problem").GetString()),
        StringComparer.Ordinal);

    private sealed record Part(string State, int? Process, string? Problem);
}
