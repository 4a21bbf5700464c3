using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Commands;

/// <summary>What is said and refused before anything is trained or played.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_evaluation_that_could_not_be_played_is_refused_before_training()
    {
        _directory.Write("exp.json", """
            {"seeds":2,"training":{"iterations":8,"curveInterval":0},"evaluation":{"episodes":2,"layouts":["training","wide"]},
             "populations":{"ippo":{"method":"ippo"}}}
            """);
        foreach (string[] more in new string[][] { [], ["--dry-run"] })
        {
            var outcome = (await InProcess.RunAsync(_directory.Root, ["run", "exp.json", .. more])).Expect(ExitCode.Usage);
            Assert.StartsWith("srpo: exp.json:1:107: evaluation.layouts: 'ippo' cannot play on 'wide': it observes ", outcome.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_directory["runs"]));
        }
    }

    [Theory]
    [InlineData("run overcooked --set iterations=4 --iterations 5", "--iterations 5: iterations: contradicts --set iterations=4; give one of the two")]
    [InlineData("run overcooked --set tau=4 --set tau=5", "--set tau=5: tau: contradicts --set tau=4")]
    [InlineData("run overcooked --seeds 3 --set seeds=4", "contradicts")]
    [InlineData("run overcooked --set iterations=0", "--set iterations=0: training.iterations: 0 is not possible; use a whole number from 1 to 1000000000")]
    [InlineData("population start x --method ippo --set method=srpo", "contradicts")]
    [InlineData("population start x --preset tag --set preset=official", "contradicts")]
    [InlineData("run overcooked-quick --seeds 10000", "20000 runs are measured, each with each, which makes 400000000 pairs on every layout; 2000 runs are the most")]
    [InlineData("run overcooked --iterations 1000000000", "more than 7 days; use fewer seeds, iterations or episodes, or begin it all the same with --large")]
    [InlineData("population start x --iterations 1000000000", "more than 7 days")]
    [InlineData("run overcooked --id -x", "'-x' is not a valid id; use 1 to 60 letters, digits, '-' or '_', not beginning with '-'")]
    [InlineData("resume overcooked-1.ippo/0", "'overcooked-1.ippo/0' is not the id of a run but of a part of one; the run is 'overcooked-1'")]
    [InlineData("run loop.json", "is a symbolic link that leads back to itself, not a file; name a file")]
    [InlineData("run @words", "unknown experiment '@words'")]
    public async Task Contradictions_and_work_beyond_measure_are_refused(string line, string expected)
    {
        if (line.Contains("loop", StringComparison.Ordinal)) File.CreateSymbolicLink(_directory["loop.json"], _directory["loop.json"]);
        var outcome = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.Usage);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.TrimEnd('\n').Split('\n'));
        Assert.False(Directory.Exists(_directory["runs"]));
    }

    /// <summary>All that is missing is said at once, with its line, and no model is trained for questions that are not there or do not fit.</summary>
    [Fact]
    public async Task A_debate_without_its_questions_and_models_is_refused_before_any_model_is_trained()
    {
        _directory.Write("exp.json", """
            {"preset": "debate",
             "layout": "gsm8k",
             "populations": {
               "a": {"method": "ippo", "language": {"model": "trained:qwen2-small"}},
               "b": {"method": "srpo", "language": {"model": "trained:nothing"}},
               "c": {"method": "srpo", "language": {"model": "models/none", "temperature": 0}},
               "d": {"method": "srpo", "language": {"model": "models/none"}}}}
            """);
        var lines = (await InProcess.RunAsync(_directory.Root, "run", "exp.json")).Expect(ExitCode.Usage).Error.TrimEnd('\n').Split('\n');
        Assert.Collection(
            lines,
            line => Assert.Contains("exp.json:6:80: populations.c.language.temperature: ", line, StringComparison.Ordinal),
            line => Assert.Contains($"exp.json:2:12: layout: the questions of the debate 'gsm8k' are not there: {Path.GetFullPath("gsm8k")} is no folder or file; ", line, StringComparison.Ordinal),
            line => Assert.Contains("exp.json:4:50: populations.a.language.model: the debate 'gsm8k' needs a context of 4096 tokens, and qwen2-small has 1024; ", line, StringComparison.Ordinal),
            line => Assert.Contains("exp.json:5:50: populations.b.language.model: unknown trained model 'nothing'", line, StringComparison.Ordinal),
            line => Assert.Contains($"exp.json:7:50: populations.d.language.model: there is no folder {_directory["models/none"]}; ", line, StringComparison.Ordinal));
        Assert.Equal(["exp.json"], Directory.EnumerateFileSystemEntries(_directory.Root).Select(Path.GetFileName));

        lines = (await InProcess.RunAsync(_directory.Root, "run", "debate-gsm8k")).Expect(ExitCode.Usage).Error.TrimEnd('\n').Split('\n');
        Assert.Equal(10, lines.Length);
        Assert.All(lines, line => Assert.Contains("debate-gsm8k.json:", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_says_how_much_it_is_and_writes_nothing()
    {
        var outcome = (await InProcess.RunAsync(_directory.Root, "run", "overcooked-quick", "--dry-run")).Expect(ExitCode.Ok);
        Assert.Contains("training 8 teams for 12.3 M env-steps, playing 8 x 8 runs for 3200 episodes of 410 k env-steps", outcome.Out, StringComparison.Ordinal);
        Assert.Empty(outcome.Error);
        var json = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "run", "overcooked-quick", "--dry-run", "--json")).Expect(ExitCode.Ok).Out).RootElement;
        Assert.Equal(12_288_000, json.GetProperty("size").GetProperty("trainingSteps").GetDouble());
        Assert.Equal(["ippo", "srpo"], json.GetProperty("populations").EnumerateArray().Select(each => each.GetProperty("label").GetString()));
        Assert.Contains("solves two-robots for 400 values of tau", (await InProcess.RunAsync(_directory.Root, "run", "figure-1i", "--dry-run")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }

    /// <summary>Maps on which pot, source or partner cannot be got to are trained, with a warning.</summary>
    [Fact]
    public async Task A_map_on_which_nothing_can_be_got_to_is_warned_of_and_what_cannot_be_played_there_is_refused()
    {
        _directory.Write("boxed.txt", "map:\n1#..\n##OP\n2#..\n");
        _directory.Write("unreach.txt", "\nmap:\n1.#..\n..#P.\nO2#..\n");
        _directory.Write("exp.json", """{ "layout": "unreach.txt", "populations": { "a": {} } }""");
        var dry = (await InProcess.RunAsync(_directory.Root, "run", "exp.json", "--dry-run")).Expect(ExitCode.Ok);
        Assert.Equal("srpo: warning: layout unreach: no onion can ever be delivered: the player who starts at (0,0) can get to no pot, and the player who starts at (2,1) can get to no pot\n", dry.Error);

        var outcome = (await InProcess.RunAsync(
            _directory.Root, "population", "start", "x", "--layout", "boxed.txt", "--seeds", "2", "--iterations", "1", "--set", "lanes=1", "--set", "horizon=8", "--set", "curveInterval=0")).Expect(ExitCode.Ok);
        Assert.Contains("srpo: warning: layout boxed: no onion can ever be delivered: the player who starts at (0,0) can get to no source and no pot", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("srpo: warning: layout boxed: the players can never meet", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("training 2 teams for 32 env-steps", outcome.Error, StringComparison.Ordinal);

        var refused = (await InProcess.RunAsync(_directory.Root, "crossplay", "x", "--layout", "training", "--layout", "wide", "--id", "c")).Expect(ExitCode.Usage);
        Assert.Contains("'x' cannot play on 'wide': it observes 7 numbers (Absolute) and has 5 actions", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["runs/c"]));
        (await InProcess.RunAsync(_directory.Root, "query", "tournament", "c.training")).Expect(ExitCode.NotFound);
        var played = (await InProcess.RunAsync(_directory.Root, "crossplay", "x", "--episodes", "2", "--id", "c")).Expect(ExitCode.Ok);
        Assert.Contains("playing 2 x 2 runs for 8 episodes of 1024 env-steps", played.Error, StringComparison.Ordinal);
        Assert.Contains("srpo: warning: layout boxed", (await InProcess.RunAsync(_directory.Root, "replay", "x/0", "--steps", "1")).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);

        // What is refused is not announced first.
        foreach (var line in new[] { "crossplay x --episodes 3 --id c", "population start x --layout boxed.txt --seeds 3 --iterations 1 --set lanes=1 --set horizon=8 --set curveInterval=0" })
        {
            var late = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.InUse);
            Assert.Contains("exists with other settings", late.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("env-steps", late.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>What a message about a file goes on with helps with that file.</summary>
    [LinuxFact]
    public async Task A_layout_that_is_no_file_or_has_an_unknown_key_is_refused_in_words_that_help()
    {
        _directory.Write("key.txt", "nmae: x\n\n1P\nO2\n");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [_directory["pipe"]])) await made.WaitForExitAsync();
        var key = (await InProcess.RunAsync(_directory.Root, "population", "start", "x", "--layout", "key.txt")).Expect(ExitCode.Usage);
        Assert.Matches(@"key\.txt:1:1: layout: unknown header key 'nmae'; did you mean 'name'\? Known header keys: .*, map; docs/environments/gridworld\.md", key.Error);
        foreach (var path in new[] { "pipe", _directory["pipe"], "/dev/null" })
        {
            var refused = (await InProcess.RunAsync(_directory.Root, "population", "start", "x", "--layout", path)).Expect(ExitCode.Usage);
            Assert.Contains("not a file; name a file", refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("meant relative to", refused.Error, StringComparison.Ordinal);
        }

        Assert.Contains($"a file of your own is meant relative to {_directory.Root}", (await InProcess.RunAsync(_directory.Root, "population", "start", "x", "--layout", "no.txt")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    /// <summary>Something else in place of a run's records is said to be so; it is not waited for, and no type of the program is named.</summary>
    [LinuxFact]
    public async Task Records_of_a_run_that_are_something_else_are_damaged()
    {
        _directory.Write("runs/a/labels.json", """{ "name": 5 }""");
        Directory.CreateDirectory(_directory["runs/b"]);
        foreach (var path in (string[])["runs/a/run.json", "runs/b/run.json"])
        {
            using var made = System.Diagnostics.Process.Start("mkfifo", [_directory[path]]);
            await made.WaitForExitAsync();
        }

        var resumed = (await InProcess.RunAsync(_directory.Root, "resume", "b")).Expect(ExitCode.Damaged);
        Assert.Contains("b/run.json cannot be read: it is a pipe, not a file. ", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("damaged", (await InProcess.RunAsync(_directory.Root, "runs", "list")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        var tagged = (await InProcess.RunAsync(_directory.Root, "runs", "tag", "a", "x")).Expect(ExitCode.Damaged);
        Assert.Contains("a/labels.json cannot be read: ", tagged.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Srpo.", tagged.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", tagged.Error, StringComparison.Ordinal);

        // A directory is nothing that can be read either, and nothing of a run is hidden by one.
        foreach (var path in (string[])["c/run.json", "d/sweep-run.json", "e/crossplay-run.json", "f/labels.json"]) Directory.CreateDirectory(_directory["runs/" + path]);
        _directory.Write("runs/g/sweep-run.json", "{");
        _directory.Write("runs/h/crossplay-run.json", "{}");
        var listed = JsonDocument.Parse((await InProcess.RunAsync(_directory.Root, "runs", "list", "--json")).Expect(ExitCode.Ok).Out).RootElement.EnumerateArray()
            .ToDictionary(run => run.GetProperty("id").GetString()!, run => run.GetProperty("state").GetString());
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g", "h"], listed.Keys);
        Assert.All(listed, run => Assert.Equal((run.Key, "damaged"), (run.Key, run.Value)));
        foreach (var (line, file) in new[] { ("resume c", "c/run.json"), ("report d", "d/sweep-run.json"), ("runs tag f x", "f/labels.json"), ("report g", "g/sweep-run.json") })
            Assert.Contains($"{_directory["runs/" + file]} cannot be read: ", (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        Assert.Contains("'h' is no run of an experiment but a cross-play; `srpo runs show h`", (await InProcess.RunAsync(_directory.Root, "resume", "h")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        _directory.Write("runs/i/summary.json", "{}");
        Assert.Contains("the file run.json that says of what is missing", (await InProcess.RunAsync(_directory.Root, "report", "i")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
    }
}
