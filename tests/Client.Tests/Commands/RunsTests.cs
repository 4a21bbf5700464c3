using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Data;

namespace Srpo.Client.Tests.Commands;

/// <summary>Runs as one names, finds and removes them.</summary>
public sealed class RunsTests : IDisposable
{
    private static readonly string[] Tiny = ["--seeds", "1", "--set", "lanes=2", "--set", "horizon=10", "--set", "evaluation.episodes=1", "--set", "evaluation.steps=5"];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_run_is_listed_shown_named_tagged_and_annotated()
    {
        await TrainAsync("r");
        (await RunAsync("crossplay r.srpo --episodes 1 --steps 5 --id again")).Expect(ExitCode.Ok);
        (await RunAsync("run figure-1ii --id curve")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, ["population", "start", "alone", "--iterations", "2", "--seeds", "1", "--set", "lanes=2", "--set", "horizon=10"])).Expect(ExitCode.Ok);
        Directory.CreateDirectory(_directory["runs/mine"]); // nothing of this program's

        Assert.Equal(["again crossPlay finished", "alone population finished", "curve sweep finished", "r experiment finished"],
            (await JsonAsync("runs list")).EnumerateArray().Select(run => $"{run.GetProperty("id")} {run.GetProperty("kind")} {run.GetProperty("state")}"));
        var shown = await JsonAsync("runs show r");
        Assert.Equal(["r.ippo", "r.srpo"], shown.GetProperty("populations").EnumerateArray().Select(population => population.GetProperty("population").GetString()));
        Assert.Equal("the tournament 'again.training' plays r.srpo", shown.GetProperty("neededBy")[0].GetString());
        Assert.Equal("finished", shown.GetProperty("run").GetProperty("state").GetString());
        Assert.Contains("srpo run overcooked-paper", (await RunAsync("runs show r")).Out, StringComparison.Ordinal);

        // What has no file of its own is asked where it stands, for one run as for the list.
        Assert.Equal("finished", (await JsonAsync("runs show alone")).GetProperty("run").GetProperty("state").GetString());

        (await RunAsync("runs rename r best")).Expect(ExitCode.Ok);
        (await RunAsync("runs tag best paper tau-5")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, "runs", "note", "best", "the one of the figure")).Expect(ExitCode.Ok);
        var run = (await JsonAsync("runs list --tag paper")).EnumerateArray().Single();
        Assert.Equal(("r", "best", "the one of the figure"), (run.GetProperty("id").GetString(), run.GetProperty("name").GetString(), run.GetProperty("note").GetString()));
        Assert.Equal(["paper", "tau-5"], run.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal("no run has the tag 'papr'; did you mean 'paper'? tags there are: paper, tau-5\n", (await RunAsync("runs list --tag papr")).Expect(ExitCode.Ok).Out);
        Assert.Equal("no run has the tag 'nope'; tags there are: paper, tau-5\n", (await RunAsync("runs list --tag paper --tag nope")).Expect(ExitCode.Ok).Out);
        Assert.Equal(0, (await JsonAsync("runs list --tag nope")).GetArrayLength());
        Assert.Contains("--out: curve trained nothing", (await RunAsync("report curve --out copy")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        (await RunAsync("report best --out copy")).Expect(ExitCode.Ok);
        (await RunAsync("resume best")).Expect(ExitCode.Ok);

        Assert.Contains("is called 'best' already", (await RunAsync("runs rename again best")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        Assert.Contains("is called 'r' already", (await RunAsync("runs rename again r")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        Assert.Contains("--id chooses another id", (await RunAsync("run overcooked-paper --id best")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'best'?", (await RunAsync("runs show bets")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        (await RunAsync("runs rename r a/b")).Expect(ExitCode.Usage);
        (await RunAsync("runs tag r .x")).Expect(ExitCode.Usage);
        Assert.Contains("paper, tau-5", (await RunAsync("runs tag r --remove none")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        (await RunAsync("runs tag r --remove tau-5")).Expect(ExitCode.Ok);
        (await RunAsync("runs rename r")).Expect(ExitCode.Ok);
        (await RunAsync("runs note r new --remove")).Expect(ExitCode.Usage);
        (await RunAsync("runs note r --remove")).Expect(ExitCode.Ok);
        run = (await JsonAsync("runs list --tag paper")).EnumerateArray().Single();
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, 1), (run.GetProperty("name").ValueKind, run.GetProperty("note").ValueKind, run.GetProperty("tags").GetArrayLength()));
    }

    [Fact]
    public async Task Deleting_says_what_asks_and_leaves_nothing()
    {
        await TrainAsync("r");
        (await RunAsync("crossplay r.srpo --episodes 1 --steps 5 --id again")).Expect(ExitCode.Ok);
        var before = Files();

        Assert.Contains("the tournament 'again.training' plays r.srpo", (await RunAsync("runs delete r --yes")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        var unasked = (await RunAsync("runs delete again")).Expect(ExitCode.Usage);
        Assert.Contains("--yes", unasked.Error, StringComparison.Ordinal);
        Assert.Contains("the tournament again.training", unasked.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was deleted", (await AtTerminalAsync("n\n", "runs delete again")).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);
        Assert.Equal(before, Files());

        (await AtTerminalAsync("y\n", "runs delete again")).Expect(ExitCode.Ok);
        Assert.DoesNotContain(Files(), file => file.Contains("again", StringComparison.Ordinal) && !file.EndsWith(".lock", StringComparison.Ordinal));
        (await RunAsync("runs delete r --yes")).Expect(ExitCode.Ok);
        Assert.Equal(0, (await JsonAsync("runs list")).GetArrayLength());
        Assert.All(Files(), file => Assert.True(file.EndsWith(".lock", StringComparison.Ordinal) || file.Contains("populations/directory", StringComparison.Ordinal), file));
        Assert.Equal(["runs/.grains", "runs/.grains/actors", "runs/.grains/populations", "runs/.grains/populations/directory", "runs/.grains/populations/directory/directory", "runs/.grains/tournaments"],
            Directory.GetDirectories(_directory["runs/.grains"], "*", SearchOption.AllDirectories).Append(_directory["runs/.grains"]).Select(path => Path.GetRelativePath(_directory.Root, path)).Order(StringComparer.Ordinal));

        // The name is free at once, for other settings too.
        await TrainAsync("r", "--iterations", "3");
        Assert.Equal(3, (await JsonAsync("query agent r.srpo/0/0")).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task A_run_whose_directory_was_removed_blocks_no_new_one_and_can_be_deleted()
    {
        string[] experiment = ["run", _directory.Write("exp.json", """{"seeds":1, "training":{"iterations":2,"curveInterval":0},"evaluation":{"episodes":2}, "populations":{"ippo":{"method":"ippo"}}}"""), .. Tiny];
        (await InProcess.RunAsync(_directory.Root, experiment)).Expect(ExitCode.Ok);
        Directory.Delete(_directory["runs/exp-1"], recursive: true);
        (await InProcess.RunAsync(_directory.Root, [.. experiment, "--iterations", "3"])).Expect(ExitCode.Ok);
        Assert.Equal(["exp-1 directory gone", "exp-2 finished"], (await JsonAsync("runs list")).EnumerateArray().Select(run => $"{run.GetProperty("id")} {run.GetProperty("state")}"));
        (await RunAsync("crossplay exp-2.ippo --episodes 1 --steps 5")).Expect(ExitCode.Ok);
        Directory.Delete(_directory["runs/crossplay-1"], recursive: true);
        (await RunAsync("crossplay exp-2.ippo --episodes 1 --steps 5")).Expect(ExitCode.Ok);
        Assert.True(Directory.Exists(_directory["runs/crossplay-2"]));

        (await RunAsync("runs delete exp-1 --yes")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, [.. experiment, "--iterations", "4"])).Expect(ExitCode.Ok);
        Assert.Equal(4, (await JsonAsync("query agent exp-1.ippo/0/0")).GetProperty("version").GetInt32());
    }

    /// <summary>What is stored under a name stays, and the refusal leaves nothing of what was asked for.</summary>
    [Fact]
    public async Task A_name_that_is_stored_with_other_settings_is_refused_with_what_differs()
    {
        string[] start = ["population", "start", "p", "--method", "ippo", "--iterations", "1", "--seeds", "1", "--set", "lanes=2", "--set", "horizon=10"];
        (await InProcess.RunAsync(_directory.Root, start)).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Root, start)).Expect(ExitCode.Ok);
        string[] experiment = ["run", _directory.Write("exp.json", """{"seeds":1, "training":{"iterations":2,"curveInterval":0},"evaluation":{"episodes":2}, "populations":{"ippo":{"method":"ippo"}}}"""), "--id", "r", .. Tiny];
        (await InProcess.RunAsync(_directory.Root, experiment)).Expect(ExitCode.Ok);
        var before = Files();

        var other = (await InProcess.RunAsync(_directory.Root, [.. start, "--set", "entropy=0.5"])).Expect(ExitCode.InUse);
        Assert.Contains("population 'p' exists with other settings (entropy: ", other.Error, StringComparison.Ordinal);
        Assert.Contains("choose another name, give the settings that it was started with, or delete it (`srpo runs delete p`)", other.Error, StringComparison.Ordinal);

        // The run itself, whatever it is asked for.
        foreach (var more in new[] { Array.Empty<string>(), ["--iterations", "3"] })
            Assert.Contains("the run 'r' exists already", (await InProcess.RunAsync(_directory.Root, [.. experiment, .. more])).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        Assert.Equal(before, Files());

        // Its populations, where its directory is gone: with the same settings it is found again, with others it is not begun.
        Directory.Delete(_directory["runs/r"], recursive: true);
        var changed = (await InProcess.RunAsync(_directory.Root, [.. experiment, "--iterations", "3"])).Expect(ExitCode.InUse);
        Assert.Contains("the population 'r.ippo' exists with other settings (", changed.Error, StringComparison.Ordinal);
        Assert.Contains("iterations: 2, not 3", changed.Error, StringComparison.Ordinal);
        Assert.Contains("choose another --id, or delete it (`srpo runs delete r.ippo`)", changed.Error, StringComparison.Ordinal);
        var played = (await InProcess.RunAsync(_directory.Root, [.. experiment, "--set", "evaluation.seed=9"])).Expect(ExitCode.InUse);
        Assert.Contains("the tournament 'r.training' exists with other settings", played.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["runs/r"]));
        (await InProcess.RunAsync(_directory.Root, experiment)).Expect(ExitCode.Ok);
        Assert.Equal(2, (await JsonAsync("query agent r.ippo/0/0")).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Nothing_is_deleted_that_is_needed_or_worked_on()
    {
        // Partners of a population of another run, and a population and a tournament by themselves.
        (await InProcess.RunAsync(_directory.Root, ["run", "overcooked", "--id", "f", "--iterations", "4", "--set", "populations.srpo.seeds=1", .. Tiny])).Expect(ExitCode.Ok);
        var names = (await JsonAsync("runs show f")).GetProperty("populations").EnumerateArray().Select(population => population.GetProperty("population").GetString()!).ToArray();
        var pool = names.Single(name => name.EndsWith("self-play", StringComparison.Ordinal) || name.EndsWith("pool", StringComparison.Ordinal) || name.EndsWith("partners", StringComparison.Ordinal));
        Assert.Contains("trains with partners of " + pool, (await RunAsync($"runs delete {pool} --yes")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        using (RunLock.Take(new DataDirectory(_directory["runs"]), "f"))
        {
            Assert.Contains("is being worked on", (await RunAsync("runs delete f --yes")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
            Assert.Contains("'f' is being worked on", (await RunAsync("runs delete f.training --yes")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
            Assert.Equal("running", (await JsonAsync("runs list"))[0].GetProperty("state").GetString());
        }

        var tournament = (await JsonAsync("runs show f")).GetProperty("tournaments")[0].GetProperty("tournament").GetString();
        (await RunAsync($"runs delete {tournament} --yes")).Expect(ExitCode.Ok);
        (await RunAsync($"query tournament {tournament}")).Expect(ExitCode.NotFound);
        (await RunAsync("runs delete f.nobody --yes")).Expect(ExitCode.NotFound);

        // While another process has the grains, through it.
        var data = new DataDirectory(_directory["runs"]);
        using var held = RunLock.Take(data, "test");
        await using var work = await LocalSession.StartAsync(data, held, "test", workers: 1, CancellationToken.None);
        (await RunAsync("runs delete f --yes")).Expect(ExitCode.Ok);
        Assert.Equal(0, (await JsonAsync("population list")).GetArrayLength());
    }

    private async Task TrainAsync(string id, params string[] more) =>
        (await InProcess.RunAsync(_directory.Root, ["run", "overcooked-paper", "--id", id, .. more.Length == 0 ? ["--iterations", "2"] : more, .. Tiny])).Expect(ExitCode.Ok);

    private Task<Outcome> RunAsync(string line) => InProcess.RunAsync(_directory.Root, line.Split(' '));

    private async Task<JsonElement> JsonAsync(string line) => JsonDocument.Parse((await RunAsync(line + " --json")).Expect(ExitCode.Ok).Out).RootElement;

    /// <summary>A command line where a person is asked.</summary>
    private async Task<Outcome> AtTerminalAsync(string typed, string line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var shell = new Shell(output, error, _directory.Root, 120, false, false) { Variable = _ => null, Arguments = line.Split(' '), In = new StringReader(typed), InIsTerminal = true };
        InProcess.Forget();
        return new Outcome(await CommandLine.RunAsync(shell.Arguments, shell, CancellationToken.None), output.ToString(), error.ToString());
    }

    private string[] Files() =>
        [.. Directory.EnumerateFiles(_directory["runs"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_directory.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
