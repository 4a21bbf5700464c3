using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Data;

namespace Srpo.Client.Tests.Processes;

/// <summary>Runs as files: packed on one data directory and gone on with on another.</summary>
public sealed class PackTests : IDisposable
{
    private static readonly string[] Tiny = ["--seeds", "1", "--set", "lanes=2", "--set", "horizon=10", "--set", "evaluation.episodes=1", "--set", "evaluation.steps=5"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_run_that_was_killed_goes_on_in_another_directory_with_the_same_bytes()
    {
        // Long enough for a curve that has a page beside the record.
        string[] arguments =
        [
            "run", "overcooked-paper", "--id", "r", "--seeds", "2", "--set", "lanes=4", "--set", "horizon=50", "--set", "curveInterval=200", "--set", "curveEpisodes=1", "--set", "evaluation.episodes=4",
            "--iterations", "700", "--set", "checkpointInterval=20",
        ];
        using var straight = new TemporaryDirectory();
        (await InProcess.RunAsync(straight.Root, arguments)).Expect(ExitCode.Ok);
        using (var killed = SrpoProcess.Start(_directory.Root, arguments))
        {
            await killed.UntilAsync("SRPO has a page of its curve", () => Task.FromResult(File.Exists(_directory["runs/.grains/populations/coordinator/r.srpo/curve0-0.state"])));
            Assert.Contains("is being worked on", (await RunAsync("runs pack r -o busy.srpo")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
            Assert.False(File.Exists(_directory["busy.srpo"]));
            await killed.KillAsync();
        }

        (await RunAsync("runs tag r paper")).Expect(ExitCode.Ok);
        Assert.Contains("r: 2 populations, ", (await RunAsync("runs pack r -o r.srpo")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        using (var zip = ZipFile.OpenRead(_directory["r.srpo"]))
        {
            Assert.Equal(["srpo-run.json", "manifest.json"], [zip.Entries[0].FullName, zip.Entries[^1].FullName]);
            Assert.Contains(zip.Entries, entry => entry.FullName == "states/coordinator/r.srpo/curve0-0.state");
        }

        Assert.Contains("go on with `srpo resume r --data other`", (await RunAsync("runs unpack r.srpo --data other")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetDirectories(_directory["other"]), path => Path.GetFileName(path).StartsWith(".unpack", StringComparison.Ordinal));
        Assert.Contains("\"paper\"", (await RunAsync("runs list --json --data other")).Out, StringComparison.Ordinal);
        (await RunAsync("resume r --data other")).Expect(ExitCode.Ok);
        SameFiles.AssertRuns(straight["runs/r"], _directory["other/r"]);

        // Where it was packed it goes on as well, as if nothing had been.
        (await RunAsync("resume r")).Expect(ExitCode.Ok);
        SameFiles.AssertRuns(straight["runs/r"], _directory["runs/r"]);
    }

    [Fact]
    public async Task What_is_in_the_way_is_named_and_nothing_is_written()
    {
        await TrainAsync("r");
        (await RunAsync("runs pack r -o r.srpo")).Expect(ExitCode.Ok);
        Assert.Contains("r.srpo exists; --force replaces it", (await RunAsync("runs pack r -o r.srpo")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        (await RunAsync("runs pack r -o r.srpo --force")).Expect(ExitCode.Ok);
        Assert.Contains("did you mean 'r'?", (await RunAsync("runs pack rr -o x.srpo")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.Contains("name a file with -o", (await InProcess.OnTerminalAsync(_directory.Root, (100, 30), null, "runs", "pack", "r")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);

        // The name is in use: by the run itself, by what is left of it, as the name of another run.
        Assert.Contains("is stored here already; delete it first (`srpo runs delete r`)", (await RunAsync("runs unpack r.srpo")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        Directory.Move(_directory["runs/r"], _directory["kept"]);
        Assert.Contains("'r.ippo' is stored here already", (await RunAsync("runs unpack r.srpo")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        Directory.Move(_directory["kept"], _directory["runs/r"]);
        (await RunAsync("run figure-1ii --id other --data named")).Expect(ExitCode.Ok);
        (await RunAsync("runs rename other r --data named")).Expect(ExitCode.Ok);
        Assert.Contains("the run 'other' is called 'r' here", (await RunAsync("runs unpack r.srpo --data named")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        (await RunAsync("runs rename other best --data named")).Expect(ExitCode.Ok);
        (await RunAsync("runs rename r best")).Expect(ExitCode.Ok);
        (await RunAsync("runs pack best -o named.srpo")).Expect(ExitCode.Ok);
        Assert.Contains("it is called 'best', as the run 'other' is here", (await RunAsync("runs unpack named.srpo --data named")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        using (RunLock.Take(new DataDirectory(_directory["locked"]), "r"))
            (await RunAsync("runs unpack r.srpo --data locked")).Expect(ExitCode.InUse);
        foreach (var data in new[] { "named", "locked" }) Assert.False(Directory.Exists(_directory[data + "/.grains/actors"]), data);
    }

    [Fact]
    public async Task A_file_that_is_not_whole_or_not_of_this_format_is_refused_with_the_entry()
    {
        await TrainAsync("r");
        (await RunAsync("runs pack r -o r.srpo")).Expect(ExitCode.Ok);
        const string Agent = "states/agent/r.srpo/0/0/checkpoint0.state";
        await RefusedAsync("cannot be used: the entry 'run/run.json' does not have the hash", zip => Replace(zip, "run/run.json", text => text.Replace("\"id\": \"r\"", "\"id\": \"s\"", StringComparison.Ordinal)));
        await RefusedAsync($"the entry '{Agent}' is missing", zip => zip.GetEntry(Agent)!.Delete());
        await RefusedAsync($"the entry '{Agent}' has ", zip => Replace(zip, Agent, text => text[..100]));
        await RefusedAsync("the entry 'run/more' is there and not in its list", zip => zip.CreateEntry("run/more"));
        await RefusedAsync("the entry 'manifest.json' is missing", zip => zip.GetEntry("manifest.json")!.Delete());
        await RefusedAsync("it has format 2, and this program reads format 1 only; use the version of the program that packed it, or a newer one", zip => Replace(zip, "srpo-run.json", text => text.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal)));
        await RefusedAsync("it has format 0", zip => Replace(zip, "srpo-run.json", text => text.Replace("\"format\": 1", "\"format\": 0", StringComparison.Ordinal)));
        foreach (var path in new[] { "run/../../evil", "/evil", "run//evil", "run/a\\b", "run/c:evil" })
            await RefusedAsync($"the entry '{path}' would lie outside", zip => List(zip, "run/run.json", path));
        await RefusedAsync("the entry 'elsewhere/evil' is neither a file nor a state", zip => List(zip, "run/run.json", "elsewhere/evil"));
        await RefusedAsync("'s.srpo' is not the name of a population or tournament of 'r'", zip => Replace(zip, "manifest.json", text => text.Replace("\"r.srpo\"", "\"s.srpo\"", StringComparison.Ordinal)));

        // Bytes as a disk or a network alters or loses them.
        var whole = await File.ReadAllBytesAsync(_directory["r.srpo"]);
        var place = whole.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Agent));
        Assert.True(place > 0);
        await File.WriteAllBytesAsync(_directory["bad.srpo"], whole[..(place + 300)]);
        Assert.Contains($"it ends in or after the entry '{Agent}', without its list of entries: it was cut short", (await RunAsync("runs unpack bad.srpo --data other")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        whole[place + Agent.Length + 200] ^= 1;
        await File.WriteAllBytesAsync(_directory["bad.srpo"], whole);
        Assert.Contains($"the entry '{Agent}' ", (await RunAsync("runs unpack bad.srpo --data other")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        Assert.Contains("is no packed run", (await RunAsync("runs unpack runs/r/run.json --data other")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        (await RunAsync("runs unpack nothing.srpo --data other")).Expect(ExitCode.NotFound);
        Assert.Equal([".live"], Directory.GetFileSystemEntries(_directory["other"]).Select(path => Path.GetFileName(path)));

        async Task RefusedAsync(string why, Action<ZipArchive> spoil)
        {
            File.Copy(_directory["r.srpo"], _directory["bad.srpo"], overwrite: true);
            using (var zip = ZipFile.Open(_directory["bad.srpo"], ZipArchiveMode.Update)) spoil(zip);
            var outcome = await RunAsync("runs unpack bad.srpo --data other");
            Assert.Contains(why, outcome.Error, StringComparison.Ordinal);
            outcome.Expect(ExitCode.Damaged);
        }
    }

    [Fact]
    public async Task Every_kind_of_run_travels_with_results_that_were_elsewhere()
    {
        await TrainAsync("r", "--out", "results");
        File.WriteAllText(_directory["results/mine.txt"], "nothing of this program's");
        (await RunAsync("crossplay r.srpo --episodes 1 --steps 5 --id again")).Expect(ExitCode.Ok);
        (await RunAsync("run figure-1ii --id curve --out curves")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "population", "start", "alone", "--iterations", "2", "--seeds", "1", "--set", "lanes=2", "--set", "horizon=10")).Expect(ExitCode.Ok);
        foreach (var id in new[] { "r", "again", "curve", "alone" }) (await RunAsync($"runs pack {id} -o {id}.srpo")).Expect(ExitCode.Ok);
        Assert.Contains("again also needs the population r.srpo", (await RunAsync("runs pack again -o again.srpo --force")).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);
        Assert.Contains("again needs the population r.srpo, which is not here", (await RunAsync("runs unpack again.srpo --data other")).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);
        foreach (var id in new[] { "r", "curve", "alone" }) Assert.Empty((await RunAsync($"runs unpack {id}.srpo --data other")).Expect(ExitCode.Ok).Error);

        Assert.Equal(States(await RunAsync("runs list --json")), States(await RunAsync("runs list --json --data other")));
        Assert.False(File.Exists(_directory["other/r/mine.txt"]));
        foreach (var file in new[] { "r/summary.json", "curve/sweep.json", "again/summary.json" }) Assert.True(File.Exists(_directory["other/" + file]), file);
        Directory.Delete(_directory["results"], recursive: true);
        (await RunAsync("resume r --data other")).Expect(ExitCode.Ok);
        (await RunAsync("report r --data other")).Expect(ExitCode.Ok);
        (await RunAsync("resume curve --data other")).Expect(ExitCode.Ok);
        (await RunAsync("report again --data other")).Expect(ExitCode.Ok);
        Assert.False(Directory.Exists(_directory["results"]));
        Assert.Equal((await RunAsync("query agent alone/0/0")).Out, (await RunAsync("query agent alone/0/0 --data other")).Out);

        static string[] States(Outcome list) => [.. JsonNode.Parse(list.Expect(ExitCode.Ok).Out)!.AsArray().Select(run => $"{run!["id"]} {run["kind"]} {run["state"]}")];
    }

    [LinuxFact]
    public async Task A_packed_run_goes_through_a_pipe()
    {
        await TrainAsync("r");
        var srpo = $"dotnet {Path.Combine(AppContext.BaseDirectory, "srpo.dll")}";
        Assert.Equal((0, ""), await ShellAsync($"set -e; {srpo} runs pack r 2>said | {srpo} runs unpack - --data other >unpacked"));
        Assert.Contains("r: 2 populations", await File.ReadAllTextAsync(_directory["said"]), StringComparison.Ordinal);
        Assert.Contains("r: 2 populations", await File.ReadAllTextAsync(_directory["unpacked"]), StringComparison.Ordinal);
        Assert.Equal((await RunAsync("query agent r.srpo/0/0")).Out, (await RunAsync("query agent r.srpo/0/0 --data other")).Out);
        Assert.Empty(Directory.GetFiles(_directory["other/.live"], "*.part"));
        (await RunAsync("runs unpack -")).Expect(ExitCode.Usage);

        async Task<(int, string)> ShellAsync(string script)
        {
            using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = _directory.Root, RedirectStandardError = true, RedirectStandardInput = true })!;
            var error = await shell.StandardError.ReadToEndAsync();
            await shell.WaitForExitAsync();
            return (shell.ExitCode, error);
        }
    }

    private static void Replace(ZipArchive zip, string name, Func<string, string> change)
    {
        var entry = zip.GetEntry(name)!;
        string text;
        using (var reader = new StreamReader(entry.Open(), Encoding.Latin1)) text = reader.ReadToEnd();
        entry.Delete();
        using var writer = new StreamWriter(zip.CreateEntry(name).Open(), Encoding.Latin1);
        writer.Write(change(text));
    }

    /// <summary>Gives an entry another name, in the list too.</summary>
    private static void List(ZipArchive zip, string name, string other)
    {
        Replace(zip, "manifest.json", text => text.Replace($"\"{name}\"", JsonValue.Create(other).ToJsonString(), StringComparison.Ordinal));
        using var content = zip.GetEntry(name)!.Open();
        using var copy = zip.CreateEntry(other).Open();
        content.CopyTo(copy);
    }

    private async Task TrainAsync(string id, params string[] more) =>
        (await InProcess.RunAsync(_directory.Root, ["run", "overcooked-paper", "--id", id, "--iterations", "2", .. more, .. Tiny])).Expect(ExitCode.Ok);

    private Task<Outcome> RunAsync(string line) => InProcess.RunAsync(_directory.Root, line.Split(' '));
}
