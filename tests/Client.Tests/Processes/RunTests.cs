using System.Text;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Processes;

/// <summary>Whole runs as processes of their own, with tiny settings.</summary>
public sealed class RunTests : IDisposable
{
    /// <summary>Small enough for a test, long enough to be caught in the middle.</summary>
    private static readonly string[] Small =
        ["run", "overcooked-paper", "--id", "r", "--seeds", "2", "--set", "lanes=4", "--set", "horizon=50", "--set", "curveInterval=4000", "--set", "evaluation.episodes=4"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_run_trains_plays_and_writes_every_output()
    {
        var outcome = (await SrpoProcess.RunAsync(_directory.Root, [.. Small, "--iterations", "20"])).Expect(ExitCode.Ok);
        Assert.Contains("report: ", outcome.Out, StringComparison.Ordinal);
        Assert.Matches(@"order of \S+ and \S+ is not decisive: 2 runs are too few|did not learn", outcome.Out);
        Assert.Contains("training 4 teams for 24 k env-steps, playing 4 x 4 runs on 4 layouts for 256 episodes of 32.8 k env-steps\nabout ", outcome.Error, StringComparison.Ordinal);
        foreach (var name in new[] { "run.json", "summary.json", "report.html", "learning-curves.csv", "crossplay-training.csv", "crossplay-held-out-a.csv", "crossplay-held-out-b.csv", "crossplay-held-out-c.csv" })
            Assert.True(File.Exists(_directory[$"runs/r/{name}"]), $"{name} is missing");
        Assert.Equal(4, Directory.GetFiles(_directory["runs/r/checkpoints/ippo"], "*.safetensors").Length);
        Assert.Equal(8, Directory.GetFiles(_directory["runs/r/checkpoints/srpo"], "*.safetensors").Length);

        var summary = JsonDocument.Parse(await File.ReadAllTextAsync(_directory["runs/r/summary.json"])).RootElement;
        foreach (var layout in new[] { "training", "held-out-a", "held-out-b", "held-out-c" })
        {
            foreach (var method in new[] { "ippo", "srpo" })
            {
                var block = summary.GetProperty("layouts").GetProperty(layout).GetProperty(method);
                Assert.Equal(JsonValueKind.Number, block.GetProperty("crossPlay").GetProperty("mean").ValueKind);
                Assert.Equal(JsonValueKind.Number, block.GetProperty("selfPlay").GetProperty("mean").ValueKind);
                Assert.Equal(JsonValueKind.Number, block.GetProperty("freeRiding").ValueKind);
            }
        }

        Assert.Equal(outcome.Out.Split('\n').Count(line => line.Length > 0 && summary.GetProperty("verdict").EnumerateArray().Any(sentence => sentence.GetString() == line)), summary.GetProperty("verdict").GetArrayLength());
        Assert.False(summary.GetProperty("ranking").GetProperty("training").GetProperty("decisive").GetBoolean());

        // The disk that was announced is enough, and not many times too much.
        var announced = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, [.. Small, "--iterations", "20", "--dry-run", "--json"])).Expect(ExitCode.Ok).Out).RootElement.GetProperty("size");
        double Written(string path, SearchOption depth) => Directory.EnumerateFiles(path, "*", depth).Sum(file => (double)new FileInfo(file).Length);
        Assert.InRange(announced.GetProperty("stateBytes").GetDouble() / Written(_directory["runs/.grains"], SearchOption.AllDirectories), 0.8, 3);
        Assert.InRange(announced.GetProperty("outputBytes").GetDouble() / Written(_directory["runs/r"], SearchOption.AllDirectories), 0.8, 3);

        // 2 teams x 20 updates x 4 lanes x 50 steps, twice that for SRPO.
        Assert.Equal(24_000, summary.GetProperty("envSteps").GetInt64());
        Assert.True(summary.GetProperty("trainingSeconds").GetDouble() > 0);

        await AfterwardsAsync();
    }

    [Fact]
    public async Task A_run_that_was_killed_and_paused_ends_with_the_same_bytes()
    {
        string[] arguments = [.. Small, "--iterations", "300", "--set", "checkpointInterval=20"];
        using var straight = new TemporaryDirectory();
        (await InProcess.RunAsync(straight.Root, [.. arguments, "--workers", "1"])).Expect(ExitCode.Ok);

        using (var killed = SrpoProcess.Start(_directory.Root, arguments))
        {
            await killed.UntilAsync("SRPO has a checkpoint", () => Task.FromResult(Directory.Exists(_directory["runs/.grains/actors/agent/r.srpo/1/1"])));
            await killed.KillAsync();
        }

        using (var paused = SrpoProcess.Start(_directory.Root, "resume", "r"))
        {
            await paused.UntilAsync("training goes on", async () =>
                File.Exists(_directory["runs/.live/r.json"])
                && (await File.ReadAllTextAsync(_directory["runs/.live/r.json"])).Contains($"\"processId\": {paused.Id}", StringComparison.Ordinal));
            paused.Terminate();
            var outcome = (await paused.EndAsync()).Expect(ExitCode.Interrupted);
            Assert.Contains("srpo resume r", outcome.Error, StringComparison.Ordinal);
        }

        (await InProcess.RunAsync(_directory.Root, "resume", "r")).Expect(ExitCode.Ok);
        SameFiles.Assert(straight["runs/r/checkpoints"], _directory["runs/r/checkpoints"]);
        foreach (var table in new[] { "crossplay-training.csv", "crossplay-held-out-c.csv", "learning-curves.csv" })
            Assert.Equal(await File.ReadAllTextAsync(straight[$"runs/r/{table}"]), await File.ReadAllTextAsync(_directory[$"runs/r/{table}"]));

        // Once more changes nothing.
        (await InProcess.RunAsync(_directory.Root, "resume", "r")).Expect(ExitCode.Ok);
        SameFiles.Assert(straight["runs/r/checkpoints"], _directory["runs/r/checkpoints"]);
    }

    [Fact]
    public async Task Other_processes_look_on_and_pause_but_do_not_disturb()
    {
        using var run = SrpoProcess.Start(_directory.Root, [.. Small, "--iterations", "10000000", "--set", "checkpointInterval=20"]);
        await run.UntilAsync("training shows in another process", async () =>
        {
            if (!Directory.Exists(_directory["runs/.live"])) return false;
            var list = await InProcess.RunAsync(_directory.Root, "population", "list", "--json");
            return list.Code == 0 && list.Out.Contains("\"training\"", StringComparison.Ordinal);
        });
        await run.UntilAsync("an agent in another process' memory has learned", async () =>
        {
            var agent = await InProcess.RunAsync(_directory.Root, "query", "agent", "r.ippo/0/0", "--json");
            return agent.Code == 0 && JsonDocument.Parse(agent.Out).RootElement.GetProperty("version").GetInt32() > 0;
        });
        SrpoProcess.StandBack(run.Id);

        var second = (await InProcess.RunAsync(_directory.Root, Small)).Expect(ExitCode.InUse);
        Assert.Contains("'r' is in use", second.Error, StringComparison.Ordinal);
        var other = (await InProcess.RunAsync(_directory.Root, "run", "overcooked", "--id", "other", "--iterations", "1")).Expect(ExitCode.InUse);
        Assert.Contains("is working in", other.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["runs/other"]));

        // A learner that this process made itself would have trained nothing.
        var learner = (await InProcess.RunAsync(_directory.Root, "query", "learner", "cpu/0", "--json")).Expect(ExitCode.Ok);
        Assert.True(JsonDocument.Parse(learner.Out).RootElement.GetProperty("updates").GetInt64() > 0);
        (await InProcess.RunAsync(_directory.Root, "population", "status", "r.ippo")).Expect(ExitCode.Ok);

        var played = (await InProcess.TypeAsync(_directory.Root, "w\nq\n", "play", "overcooked", "r.ippo/0")).Expect(ExitCode.Ok);
        Assert.Contains("left after 1 steps", played.Out, StringComparison.Ordinal);
        Assert.Contains("there is no agent 'r.ippo/9/1'", (await InProcess.RunAsync(_directory.Root, "play", "overcooked", "r.ippo/9")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);

        var paused = (await InProcess.RunAsync(_directory.Root, "population", "pause", "r.ippo")).Expect(ExitCode.Ok);
        Assert.Contains("paused", paused.Out, StringComparison.Ordinal);
        var ended = (await run.EndAsync()).Expect(ExitCode.Interrupted);
        Assert.Contains("srpo resume r", ended.Error, StringComparison.Ordinal);
    }

    [MountFact]
    public async Task A_full_disk_is_named_and_the_run_goes_on_once_there_is_room()
    {
        Directory.CreateDirectory(_directory["disk"]);
        using var disk = SmallDisk.TryMount(_directory["disk"], "1m")!;
        string[] arguments = [.. Small, "--iterations", "40", "--data", _directory["disk/runs"]];
        var refused = (await InProcess.RunAsync(_directory.Root, arguments)).Expect(ExitCode.Environment);
        Assert.Matches(@"about 5\.\d MB are needed in \S+, and \S+ [kM]B are free; make room, use another disk with --data DIR, or begin it all the same with --large", refused.Error);
        var full = (await InProcess.RunAsync(_directory.Root, [.. arguments, "--large"])).Expect(ExitCode.Environment);
        Assert.Contains("disk is full", full.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", full.Error, StringComparison.Ordinal);

        disk.Remount("size=64m");
        (await InProcess.RunAsync(_directory.Root, "resume", "r", "--data", _directory["disk/runs"])).Expect(ExitCode.Ok);
        Assert.True(File.Exists(_directory["disk/runs/r/summary.json"]));
    }

    [MountFact]
    public async Task A_read_only_data_directory_can_be_read_and_is_not_written()
    {
        Directory.CreateDirectory(_directory["disk"]);
        using var disk = SmallDisk.TryMount(_directory["disk"], "64m")!;
        (await InProcess.RunAsync(_directory.Root, [.. Small, "--iterations", "2", "--data", _directory["disk"]])).Expect(ExitCode.Ok);
        disk.Remount("ro");

        var run = (await InProcess.RunAsync(_directory.Root, "run", "overcooked", "--data", _directory["disk"])).Expect(ExitCode.Environment);
        Assert.Contains("cannot be written", run.Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "resume", "r", "--data", _directory["disk"])).Expect(ExitCode.Environment);
        (await InProcess.RunAsync(_directory.Root, "query", "agent", "r.srpo/0/0", "--data", _directory["disk"])).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "population", "list", "--data", _directory["disk"])).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_named_and_resume_mends_it()
    {
        (await InProcess.RunAsync(_directory.Root, [.. Small, "--iterations", "20"])).Expect(ExitCode.Ok);
        var exported = _directory["runs/r/checkpoints/srpo/1-0.safetensors"];
        var before = await File.ReadAllBytesAsync(exported);
        var states = Directory.GetFiles(_directory["runs/.grains/actors/agent/r.srpo/1/0"], "*.state");
        Assert.NotEmpty(states);
        foreach (var state in states)
        {
            var content = await File.ReadAllBytesAsync(state);
            content[content.Length / 2] ^= 0x10;
            await File.WriteAllBytesAsync(state, content);
        }

        var damaged = (await InProcess.RunAsync(_directory.Root, "query", "agent", "r.srpo/1/0")).Expect(ExitCode.Damaged);
        Assert.Contains(".state", damaged.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(exported));

        (await InProcess.RunAsync(_directory.Root, "resume", "r")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "query", "agent", "r.srpo/1/0")).Expect(ExitCode.Ok);
        Assert.Equal(before, await File.ReadAllBytesAsync(exported));
    }

    [LinuxFact]
    public async Task A_crossplay_that_is_interrupted_at_any_moment_says_how_to_go_on()
    {
        (await InProcess.RunAsync(_directory.Root, [.. Small, "--iterations", "2"])).Expect(ExitCode.Ok);
        (string When, Func<SrpoProcess, bool> Now, string[] Signals)[] moments =
        [
            ("a silo is being started", process => process.Assemblies.Contains("Orleans.Runtime.dll"), ["INT"]),
            ("it has its id", _ => File.Exists(_directory["runs/.live/m1.lock"]), ["TERM"]),
            ("pairs are played", _ => Directory.Exists(_directory["runs/.grains/tournaments/tournament/m2.training"]), ["INT"]),
            ("`timeout` ends it, which sends its signal twice", process => process.Errors.Contains("cross-play training", StringComparison.Ordinal), ["INT", "INT"]),
        ];
        for (var i = 0; i < moments.Length; i++)
        {
            var (when, now, signals) = moments[i];
            using var process = SrpoProcess.Start(_directory.Root, "crossplay", "r.srpo", "r.ippo", "--episodes", "1000000", "--id", $"m{i}");
            await process.UntilAsync(when, () => Task.FromResult(now(process)));
            foreach (var signal in signals) process.Signal(signal);
            var ended = (await process.EndAsync()).Expect(ExitCode.Interrupted);
            Assert.Contains($"To go on:\n  srpo crossplay r.srpo r.ippo --episodes 1000000 --id m{i}", ended.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        }
    }

    [LinuxFact]
    public async Task A_run_that_is_interrupted_while_it_starts_goes_on()
    {
        using (var process = SrpoProcess.Start(_directory.Root, [.. Small, "--iterations", "2"]))
        {
            await process.UntilAsync("it is a run", () => Task.FromResult(File.Exists(_directory["runs/r/run.json"])));
            process.Signal("INT");
            Assert.Contains("srpo resume r", (await process.EndAsync()).Expect(ExitCode.Interrupted).Error, StringComparison.Ordinal);
        }

        (await InProcess.RunAsync(_directory.Root, "resume", "r")).Expect(ExitCode.Ok);
    }

    /// <summary>What can be asked of a run that has ended.</summary>
    private async Task AfterwardsAsync()
    {
        var agent = (await InProcess.RunAsync(_directory.Root, "query", "agent", "r.srpo/1/0", "--json")).Expect(ExitCode.Ok);
        Assert.Equal(20, JsonDocument.Parse(agent.Out).RootElement.GetProperty("version").GetInt32());
        (await InProcess.RunAsync(_directory.Root, "query", "adversary", "r.srpo/1/1")).Expect(ExitCode.Ok);
        var environment = (await InProcess.RunAsync(_directory.Root, "query", "environment", "r.srpo/1/1")).Expect(ExitCode.Ok);
        Assert.Matches(@"state +not playing: its team has finished its training\n", environment.Out);
        Assert.DoesNotContain("rollouts played", environment.Out, StringComparison.Ordinal);
        var rested = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "query", "environment", "r.srpo/1/1", "--json")).Expect(ExitCode.Ok).Out).RootElement;
        Assert.False(rested.GetProperty("playing").GetBoolean());
        Assert.Equal(JsonValueKind.Null, rested.GetProperty("lastMeanReturn").ValueKind);
        var cells = JsonDocument.Parse(await File.ReadAllTextAsync(_directory["runs/r/summary.json"])).RootElement.GetProperty("layouts").GetProperty("training").GetProperty("srpo");
        var tournament = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "query", "tournament", "r.training", "--json")).Expect(ExitCode.Ok).Out).RootElement;
        var srpo = tournament.GetProperty("populations")[1];
        Assert.Equal("r.srpo", srpo.GetProperty("population").GetString());
        Assert.Equal(cells.GetProperty("selfPlay").GetProperty("mean").GetDouble() - cells.GetProperty("crossPlay").GetProperty("mean").GetDouble(), srpo.GetProperty("gap").GetDouble(), 1e-6);
        Assert.Matches("^r.srpo/[01]$", srpo.GetProperty("worst").GetProperty("row").GetString());
        Assert.Equal(16, tournament.GetProperty("pairsDone").GetInt32());
        var text = (await InProcess.RunAsync(_directory.Root, "query", "tournament", "r.training")).Expect(ExitCode.Ok).Out;
        Assert.Matches(@"population +self-play +cross-play +gap +worst pair +its runs", text);
        Assert.Matches(@"r\.srpo .* r\.srpo/[01] x r\.srpo/[01]", text);
        (await InProcess.RunAsync(_directory.Root, "export", "r.srpo/1/1", "agent.safetensors")).Expect(ExitCode.Ok);
        Assert.Equal(await File.ReadAllBytesAsync(_directory["runs/r/checkpoints/srpo/1-1.safetensors"]), await File.ReadAllBytesAsync(_directory["agent.safetensors"]));
        (await InProcess.RunAsync(_directory.Root, "export", "r.srpo/1/1", "agent.safetensors")).Expect(ExitCode.InUse);

        // A population as a whole: the same files as the run wrote.
        (await InProcess.RunAsync(_directory.Root, "export", "r.srpo", "all")).Expect(ExitCode.Ok);
        foreach (var written in Directory.GetFiles(_directory["runs/r/checkpoints/srpo"]))
            Assert.Equal(await File.ReadAllBytesAsync(written), await File.ReadAllBytesAsync(Path.Combine(_directory["all"], Path.GetFileName(written))));
        (await InProcess.RunAsync(_directory.Root, "export", "r.srpo", "all")).Expect(ExitCode.InUse);

        var replay = (await InProcess.RunAsync(_directory.Root, "replay", "r.srpo/0", "r.ippo/1", "--steps", "5", "--layout", "held-out-b", "--json")).Expect(ExitCode.Ok);
        Assert.Equal(6, JsonDocument.Parse(replay.Out).RootElement.GetProperty("frames").GetArrayLength());
        var shown = (await InProcess.RunAsync(_directory.Root, "replay", "r.srpo/0", "r.ippo/1", "--steps", "5")).Expect(ExitCode.Ok);
        Assert.Contains("step 5/5", shown.Out, StringComparison.Ordinal);

        // What they observe there is not what they were trained on.
        foreach (var command in new[] { "play overcooked r.srpo/0 --layout wide", "play overcooked r.srpo/0 --layout wide --table", "replay r.srpo/0 --layout wide" })
            Assert.Contains("cannot play in gridworld wide: it observes ", (await InProcess.RunAsync(_directory.Root, command.Split(' '))).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);

        (await InProcess.RunAsync(_directory.Root, "crossplay", "r.srpo", "r.ippo", "--layout", "held-out-b", "--episodes", "2", "--id", "again")).Expect(ExitCode.Ok);
        Assert.True(File.Exists(_directory["runs/again/crossplay-held-out-b.csv"]));
        await CrossPlayFiguresAsync();
        (await InProcess.RunAsync(_directory.Root, "report", "r", "--out", _directory["copy"])).Expect(ExitCode.Ok);
        Assert.Equal(await File.ReadAllTextAsync(_directory["runs/r/crossplay-training.csv"]), await File.ReadAllTextAsync(_directory["copy/crossplay-training.csv"]));
        (await InProcess.RunAsync(_directory.Root, [.. Small, "--iterations", "20"])).Expect(ExitCode.InUse);
        await FiguresAsync();
    }

    /// <summary>The figures of the run `r`, as its own and anew.</summary>
    private async Task FiguresAsync()
    {
        var names = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "figures", "r", "--list", "--json")).Expect(ExitCode.Ok).Out).RootElement.EnumerateArray().Select(figure => figure.GetProperty("name").GetString()!).ToArray();
        Assert.Contains("learning", names);
        Assert.Equal(names.SelectMany(name => new[] { $"{name}.pdf", $"{name}.svg" }).Order(StringComparer.Ordinal), Directory.GetFiles(_directory["runs/r/figures"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        string[] one = ["figures", "r", "--only", "learning", "--width", "84mm", "--format", "pdf", "--format", "png", "--dpi", "150", "--out", "paper"];
        (await InProcess.RunAsync(_directory.Root, one)).Expect(ExitCode.Ok);
        Assert.Equal(["learning.pdf", "learning.png"], Directory.GetFiles(_directory["paper"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.StartsWith("%PDF-", Encoding.ASCII.GetString((await File.ReadAllBytesAsync(_directory["paper/learning.pdf"]))[..8]), StringComparison.Ordinal);

        // 84 mm at 150 dots to an inch: the width of a PNG stands in its header.
        Assert.Equal(496, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian((await File.ReadAllBytesAsync(_directory["paper/learning.png"])).AsSpan(16)));
        Assert.Contains("learning.pdf", (await InProcess.RunAsync(_directory.Root, one)).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, [.. one, "--force"])).Expect(ExitCode.Ok);
        Assert.Contains("did you mean 'learning'", (await InProcess.RunAsync(_directory.Root, "figures", "r", "--only", "lerning")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        foreach (var refused in new[] { "--width 3", "--width 3,25in", "--width 1in", "--format eps", "--dpi 300", "--force", "--list --out x" })
            (await InProcess.RunAsync(_directory.Root, ["figures", "r", .. refused.Split(' ')])).Expect(ExitCode.Usage);
    }

    /// <summary>Report and figures of the cross-play `again`, from what its tournaments have stored.</summary>
    private async Task CrossPlayFiguresAsync()
    {
        string[] Names(string list) => [.. JsonDocument.Parse(list).RootElement.EnumerateArray().Select(figure => figure.GetProperty("name").GetString()!)];
        var names = Names((await InProcess.RunAsync(_directory.Root, "figures", "again", "--list", "--json")).Expect(ExitCode.Ok).Out);
        Assert.Contains("crossplay-held-out-b", names);
        Assert.DoesNotContain("learning", names);
        Assert.Equal(names.SelectMany(name => new[] { $"{name}.pdf", $"{name}.svg" }).Order(StringComparer.Ordinal), Directory.GetFiles(_directory["runs/again/figures"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        (await InProcess.RunAsync(_directory.Root, "figures", "again", "--only", "bars", "--width", "84mm", "--format", "png", "--out", "cross")).Expect(ExitCode.Ok);
        Assert.Equal(["bars.png"], Directory.GetFiles(_directory["cross"]).Select(path => Path.GetFileName(path)!));
        (await InProcess.RunAsync(_directory.Root, "report", "again", "--out", "again-copy")).Expect(ExitCode.Ok);
        SameFiles.Assert(_directory["runs/again/figures"], _directory["again-copy/figures"]);
        foreach (var file in Directory.GetFiles(_directory["again-copy"])) Assert.Equal(await File.ReadAllTextAsync(_directory["runs/again/" + Path.GetFileName(file)]), await File.ReadAllTextAsync(file));

        // Repeated on another layout, it is about that one; refused, it is about what it was.
        string[] repeated = ["crossplay", "r.srpo", "r.ippo", "--layout", "training", "--episodes", "2", "--id", "again"];
        (await InProcess.RunAsync(_directory.Root, [.. repeated, "--steps", "7"])).Expect(ExitCode.Ok);
        Assert.Contains("crossplay-training", Names((await InProcess.RunAsync(_directory.Root, "figures", "again", "--list", "--json")).Expect(ExitCode.Ok).Out));
        (await InProcess.RunAsync(_directory.Root, [.. repeated, "--layout", "held-out-a"])).Expect(ExitCode.InUse);
        Assert.DoesNotContain("crossplay-held-out-a", Names((await InProcess.RunAsync(_directory.Root, "figures", "again", "--list", "--json")).Expect(ExitCode.Ok).Out));

        // A name is as good as the id; what an earlier build noted lacks the layouts.
        (await InProcess.RunAsync(_directory.Root, "runs", "rename", "again", "strangers")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "figures", "strangers", "--list")).Expect(ExitCode.Ok);
        var stored = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(_directory["runs/again/crossplay-run.json"]))!.AsObject();
        Assert.True(stored.Remove("layouts"));
        await File.WriteAllTextAsync(_directory["runs/again/crossplay-run.json"], stored.ToJsonString());
        Assert.Contains("The same `srpo crossplay` with --id again notes them", (await InProcess.RunAsync(_directory.Root, "figures", "again")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, [.. repeated, "--steps", "7"])).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "figures", "again")).Expect(ExitCode.Ok);
    }
}
