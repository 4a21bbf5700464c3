using System.Diagnostics;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Data;

namespace Srpo.Plugins.Tests.Python;

/// <summary>Training in Python environments, by the commands that users type.</summary>
public sealed class PythonRunTests : IDisposable
{
    private static readonly string[] Small =
    [
        "--seeds", "1", "--iterations", "2", "--set", "lanes=3", "--set", "horizon=20", "--set", "minibatches=1", "--set", "curveInterval=60", "--set", "curveEpisodes=2", "--set", "network.oneHot=false",
    ];

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [PythonFact("json")]
    public async Task The_sample_is_trained_with_srpo_and_ippo_and_equal_seeds_give_equal_results()
    {
        CopySample();
        foreach (var id in new[] { "one", "two" }) (await RunAsync(["run", "corridor.json", "--id", id, .. Small])).Expect(ExitCode.Ok);
        foreach (var file in new[] { "cells.csv", "learning-curves.csv" })
        {
            var content = await File.ReadAllTextAsync(_directory[$"runs/one/{file}"]);
            Assert.Contains("ippo", content, StringComparison.Ordinal);
            Assert.Contains("srpo", content, StringComparison.Ordinal);
        }

        Assert.Equal(await File.ReadAllTextAsync(_directory["runs/one/cells.csv"]), await File.ReadAllTextAsync(_directory["runs/two/cells.csv"]));
        using var stored = JsonDocument.Parse(await File.ReadAllTextAsync(_directory["runs/one/run.json"]));
        var kept = stored.RootElement.GetProperty("experiment").GetProperty("plugins")[0];
        Assert.Equal("python.corridor.make", kept.GetProperty("plugin").GetProperty("name").GetString());
        Assert.Equal("corridor.py", kept.GetProperty("sources")[0].GetString());
        Assert.Equal(_directory["corridor.py"], kept.GetProperty("file").GetString());
    }

    [PythonFact("json")]
    public async Task What_was_begun_is_found_again_until_its_source_changes()
    {
        CopySample();
        (await RunAsync(["population", "start", "one", "--environment", "python:corridor.make", "--method", "srpo", .. Small])).Expect(ExitCode.Ok);
        (await RunAsync("check", "environment", "python:corridor.make")).Expect(ExitCode.Ok);
        var replay = (await RunAsync("replay", "one/0", "--steps", "3", "--no-wait")).Expect(ExitCode.Ok);
        Assert.Matches(@"(?m)^\s*[.01]{9}\s*$", replay.Out);

        // From elsewhere, where there is no such module.
        Directory.CreateDirectory(_directory["elsewhere"]);
        (await SrpoProcess.RunAsync(_directory["elsewhere"], "replay", "one/0", "--steps", "3", "--no-wait", "--data", _directory["runs"])).Expect(ExitCode.Ok);

        await File.AppendAllTextAsync(_directory["corridor.py"], "# changed\n");
        var changed = (await RunAsync("replay", "one/0", "--steps", "3", "--no-wait")).Expect(ExitCode.NotFound);
        Assert.Contains("it needs the plug-in 'python.corridor.make' source (sha256 ", changed.Error, StringComparison.Ordinal);
        Assert.Contains("corridor.py has changed since); load it with --plugin python:corridor.make", changed.Error, StringComparison.Ordinal);
        var again = await RunAsync(["population", "start", "one", "--environment", "python:corridor.make", "--method", "srpo", .. Small]);
        Assert.NotEqual(ExitCode.Ok, again.ExitCode);
        Assert.Contains("plugins.python.corridor.make", again.Error, StringComparison.Ordinal);
    }

    /// <summary>A directory of somebody else may name modules, and bring them.</summary>
    [PythonFact("json")]
    public async Task What_a_directory_remembers_is_not_run_by_a_user_who_never_named_it()
    {
        _directory.Write("traced.py", Modules.Text(top: "import os; open(os.path.join(os.path.dirname(__file__), 'ran'), 'w').close()"));
        (await RunAsync(["population", "start", "one", "--environment", "python:traced.make", "--method", "ippo", .. Small])).Expect(ExitCode.Ok);
        File.Delete(_directory["ran"]);
        var other = new Dictionary<string, string> { [TrustedPlugins.FolderVariable] = _directory["other"] };
        var refused = (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.NotFound);
        Assert.Contains("traced.py is not loaded unasked, as you have never named it); load it with --plugin python:traced.make", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["ran"]));

        // Named once, it is the user's own, while it stays what and where it is.
        (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait", "--plugin", "python:traced.make")).Expect(ExitCode.Ok);
        Assert.True(File.Exists(_directory["ran"]));
        (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.Ok);
        _directory.Write("brought/traced.py", await File.ReadAllTextAsync(_directory["traced.py"]));
        _directory.Write("brought/random.py", "raise SystemExit('not asked for')");
        _directory.Write("runs/.plugins.json", (await File.ReadAllTextAsync(_directory["runs/.plugins.json"])).Replace(_directory["traced.py"], _directory["brought/traced.py"], StringComparison.Ordinal));
        var elsewhere = (await RunAsync(other, "replay", "one/0", "--steps", "2", "--no-wait")).Expect(ExitCode.NotFound);
        Assert.Contains("brought/traced.py is not loaded unasked", elsewhere.Error, StringComparison.Ordinal);
    }

    [PythonFact("json")]
    public async Task It_is_measured_beside_a_loop_in_python()
    {
        CopySample();
        using var shown = JsonDocument.Parse((await RunAsync("bench", "environment", "python:corridor.make", "--lanes", "1", "--lanes", "3", "--repetitions", "1", "--json")).Expect(ExitCode.Ok).Out);
        Assert.Equal([("python", 1), ("srpo", 1), ("srpo", 3)], shown.RootElement.EnumerateArray().Select(rate => (rate.GetProperty("way").GetString(), rate.GetProperty("lanes").GetInt32())));
        Assert.All(shown.RootElement.EnumerateArray(), rate => Assert.True(rate.GetProperty("best").GetDouble() > 0 && rate.GetProperty("ofPython").GetDouble() > 0));
        _directory.Write("masked.py", Modules.Text().Replace("{\"a\": {}, \"b\": {}}", "{\"a\": {\"action_mask\": [1, 0, 0, 0]}, \"b\": {\"action_mask\": [1, 0, 0, 0]}}", StringComparison.Ordinal)
            .Replace("\"b\": False}, {}", "\"b\": False}, {agent: {\"action_mask\": [1, 0, 0, 0]} for agent in \"ab\"}", StringComparison.Ordinal));
        Assert.Contains("plain Python", (await RunAsync("bench", "environment", "python:masked.make", "--lanes", "2", "--repetitions", "1")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        _directory.Write("raises.py", Modules.Text(step: "raise KeyError('beyond')"));
        Assert.Contains("KeyError: 'beyond'", (await RunAsync("bench", "environment", "python:raises.make", "--lanes", "1")).Expect(ExitCode.CheckFailed).Error, StringComparison.Ordinal);
    }

    [PythonFact("json")]
    public async Task Arguments_are_layouts_and_evaluation_plays_on_several()
    {
        CopySample();
        _directory.Write("long.json", """{ "length": 12 }""");
        (await RunAsync(["run", "corridor.json", "--id", "r", "--set", "evaluation.layouts=training,long.json", .. Small])).Expect(ExitCode.Ok);
        Assert.True(File.Exists(_directory["runs/r/crossplay-long.csv"]));
        _directory.Write("wide.json", """{ "width": 12 }""");
        var refused = (await RunAsync(["run", "corridor.json", "--id", "s", "--set", "layout=wide.json", .. Small])).Expect(ExitCode.Usage);
        Assert.Contains("unexpected keyword argument 'width'", refused.Error, StringComparison.Ordinal);
    }

    [PythonFact("json")]
    public async Task What_cannot_be_had_is_refused_before_anything_is_trained()
    {
        CopySample();
        Assert.Contains("there is no Python module 'nothing'", (await RunAsync(["run", "corridor.json", "--environment", "python:nothing.make", .. Small])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("write python:MODULE.FACTORY", (await RunAsync(["run", "corridor.json", "--environment", "python:corridor", .. Small])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Contains("write python:MODULE.FACTORY", (await RunAsync(["run", "corridor.json", "--plugin", "python:corridor", .. Small])).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        var environment = new Dictionary<string, string> { ["SRPO_PYTHON"] = "/no/python" };
        var outcome = await RunAsync(environment, ["run", "corridor.json", .. Small]);
        Assert.NotEqual(ExitCode.Ok, outcome.ExitCode);
        Assert.Contains("'/no/python' cannot be started", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("$SRPO_PYTHON", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["runs"]) && Directory.EnumerateDirectories(_directory["runs"]).Any(run => File.Exists(Path.Combine(run, "run.json"))));
    }

    [PythonFact("json")]
    public async Task A_step_that_takes_too_long_or_fails_ends_the_run_with_what_happened()
    {
        _directory.Write("slow.py", Modules.Text(step: "import time; time.sleep(60) if self.numbers[0] > 0.9 else None"));
        var late = await RunAsync(new Dictionary<string, string> { ["SRPO_PYTHON_TIMEOUT"] = "6" }, ["population", "start", "a", "--environment", "python:slow.make", "--method", "ippo", .. Small]);
        Assert.NotEqual(ExitCode.Ok, late.ExitCode);
        Assert.Contains("python:slow.make: a step has taken more than 6 seconds", late.Error, StringComparison.Ordinal);
        Assert.Contains("$SRPO_PYTHON_TIMEOUT", late.Error, StringComparison.Ordinal);

        _directory.Write("raises.py", Modules.Text(step: "if self.numbers[0] > 0.9: raise KeyError('beyond')"));
        var failed = await RunAsync(["population", "start", "b", "--environment", "python:raises.make", "--method", "ippo", .. Small]);
        Assert.NotEqual(ExitCode.Ok, failed.ExitCode);
        Assert.Matches(@"python:raises\.make: lane \d+, step \d+ of its episode failed in Python", failed.Error);
        Assert.Contains("KeyError: 'beyond'", failed.Error, StringComparison.Ordinal);
    }

    [PythonFact("json")]
    public async Task A_killed_program_leaves_no_python_behind()
    {
        _directory.Write("marked.py", Modules.Text(top: "import os; open('pids', 'a').write(str(os.getpid()) + chr(10))", step: "import time; time.sleep(0.01)"));
        using var program = SrpoProcess.Start(_directory.Root, ["population", "start", "a", "--environment", "python:marked.make", "--method", "ippo", .. Small.Select(part => part == "2" ? "500" : part)]);
        await program.UntilAsync("it plays", () => Task.FromResult(File.Exists(_directory["pids"]) && File.ReadAllLines(_directory["pids"]).Length > 2));
        await program.KillAsync();
        var clock = Stopwatch.StartNew();
        foreach (var pid in (await File.ReadAllLinesAsync(_directory["pids"])).Select(int.Parse))
        {
            while (IsPython(pid))
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"process {pid} is still there");
                await Task.Delay(50);
            }
        }

        static bool IsPython(int pid)
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                return process.ProcessName.Contains("python", StringComparison.Ordinal);
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException)
            {
                return false;
            }
        }
    }

    [PythonFact("json")]
    public async Task A_cluster_refuses_by_name_where_a_silo_lacks_it_and_trains_where_it_has_it()
    {
        CopySample();
        using (var without = SiloProcess.Start(_directory.Root, "ShareDataDirectory=true"))
        {
            await without.ReadyAsync();
            var refused = await TrainAsync(without);
            Assert.NotEqual(ExitCode.Ok, refused.ExitCode);
            Assert.Contains("plug-in 'python.corridor.make' source (sha256 ", refused.Error, StringComparison.Ordinal);
            Assert.Contains("Srpo:Plugins", refused.Error, StringComparison.Ordinal);
            Assert.Equal(0, await without.StopAsync());
        }

        using var silo = SiloProcess.Start(_directory.Root, "Plugins:0=python:corridor.make", "ShareDataDirectory=true");
        await silo.ReadyAsync();
        (await TrainAsync(silo)).Expect(ExitCode.Ok);
        await silo.UntilAsync("the population is trained", async () =>
            (await RunAsync("population", "status", "c", "--cluster", silo.Gateway, "--plugin", "python:corridor.make")).Out.Contains("finished", StringComparison.Ordinal));
        Assert.Equal(0, await silo.StopAsync());
    }

    /// <summary>What the page shows is what the other tests run.</summary>
    [Fact]
    public void The_page_shows_the_sample_as_it_is()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "python-environments.md"));
        Assert.Contains($"```python\n{File.ReadAllText(Path.Combine(Modules.Sample, "corridor.py"))}```", page, StringComparison.Ordinal);
        Assert.Contains($"```json\n{File.ReadAllText(Path.Combine(Modules.Sample, "corridor.json"))}```", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_whose_environment_cannot_be_had_does_not_start()
    {
        using var silo = SiloProcess.Start(_directory.Root, "Plugins:0=python:nothing.make");
        Assert.Equal(2, await silo.EndAsync());
        Assert.Contains("python:nothing.make", silo.Said, StringComparison.Ordinal);
    }

    private Task<Outcome> TrainAsync(SiloProcess silo) =>
        RunAsync(["population", "start", "c", "--environment", "python:corridor.make", "--method", "ippo", "--cluster", silo.Gateway, .. Small]);

    private async Task<Outcome> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = SrpoProcess.Start(_directory.Root, environment, arguments);
        return await process.EndAsync();
    }

    private Task<Outcome> RunAsync(params string[] arguments) => SrpoProcess.RunAsync(_directory.Root, arguments);

    private void CopySample()
    {
        foreach (var file in new[] { "corridor.py", "corridor.json" }) File.Copy(Path.Combine(Modules.Sample, file), _directory[file]);
    }
}
