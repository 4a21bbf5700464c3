using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Learning.Plugins;

namespace Srpo.Plugins.Tests;

/// <summary>A run of the samples "k": the kitchen with IPPO, SRPO and the sample's method, two teams each, as an experiment of the user's.</summary>
public sealed class KitchenRun : IAsyncLifetime, IDisposable
{
    /// <summary>The plug-ins lie beside the experiment, as a user would keep them.</summary>
    internal TemporaryDirectory Directory { get; } = new();

    public async Task InitializeAsync()
    {
        System.IO.Directory.CreateDirectory(Directory["lib"]);
        foreach (var file in new[] { Samples.Kitchen, Samples.Tsallis }) File.Copy(file, Path.Combine(Directory["lib"], Path.GetFileName(file)));
        Directory.Write("mine/small.json", """
            {
              "plugins": ["../lib/Kitchen.dll", "../lib/Tsallis.dll"],
              "preset": "kitchen",
              "seeds": 2,
              "training": { "iterations": 3, "lanes": 4, "horizon": 40, "epochs": 2, "minibatches": 2, "curveInterval": 160, "curveEpisodes": 2, "continueEpisodes": true, "network": { "hidden": [16] } },
              "populations": { "ippo": { "method": "ippo" }, "srpo": { "method": "srpo" }, "sparse": { "method": "tsallis-srpo", "tsallis-srpo": { "q": 1.5 } } },
              "evaluation": { "layouts": ["training", "mirrored.txt"], "episodes": 2, "steps": 40 }
            }
            """);
        Directory.Write("mine/mirrored.txt", "cookTime = 5\nXXPXX\nO  2O\nX1  X\nXSXDX\n");
        (await RunAsync("run", "mine/small.json", "--id", "k")).Expect(ExitCode.Ok);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => Directory.Dispose();

    internal Task<Outcome> RunAsync(params string[] arguments) => InProcess.RunAsync(Directory.Root, arguments);
}

public sealed class RunTests(KitchenRun run) : IClassFixture<KitchenRun>
{
    [Fact]
    public async Task A_run_keeps_name_version_and_hash_of_its_plugins_and_where_they_were()
    {
        using var stored = JsonDocument.Parse(await File.ReadAllTextAsync(run.Directory["runs/k/run.json"]));
        var plugins = stored.RootElement.GetProperty("experiment").GetProperty("plugins").EnumerateArray().ToArray();
        Assert.Equal(["kitchen", "tsallis"], plugins.Select(plugin => plugin.GetProperty("plugin").GetProperty("name").GetString()).Order());
        var kitchen = plugins.Single(plugin => plugin.GetProperty("plugin").GetProperty("name").GetString() == "kitchen");
        Assert.Equal("0.1.0", kitchen.GetProperty("plugin").GetProperty("version").GetString());
        Assert.Equal(LoadedPlugins.HashOf(Samples.Kitchen), kitchen.GetProperty("plugin").GetProperty("hash").GetString());
        Assert.True(Path.IsPathRooted(kitchen.GetProperty("file").GetString()));
    }

    [Fact]
    public async Task Reports_show_environment_methods_and_layouts_of_plugins()
    {
        (await run.RunAsync("report", "k")).Expect(ExitCode.Ok);
        var html = await File.ReadAllTextAsync(run.Directory["runs/k/report.html"]);
        Assert.Contains("Plug-in kitchen", html, StringComparison.Ordinal);
        Assert.Contains($"0.1.0, sha256 {LoadedPlugins.HashOf(Samples.Kitchen)}", html, StringComparison.Ordinal);
        Assert.Contains("SRPO with Tsallis entropy", html, StringComparison.Ordinal);
        Assert.Contains("mirrored", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replays_draw_the_kitchen()
    {
        var replay = (await run.RunAsync("replay", "k.sparse/0", "--steps", "3", "--no-wait")).Expect(ExitCode.Ok);
        Assert.Contains("O   .   .   2^  O", replay.Out, StringComparison.Ordinal);
        Assert.Contains("1 faces north and holds nothing", replay.Out, StringComparison.Ordinal);
        (await run.RunAsync("replay", "k.srpo/0", "--layout", "mine/mirrored.txt", "--steps", "2", "--no-wait")).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task Every_command_knows_what_plugins_bring()
    {
        var observation = (await run.RunAsync("show", "observation", "kitchen", "--layout", "cramped_room")).Expect(ExitCode.Ok);
        Assert.Contains("player 1 is at row 2 column 1", observation.Out, StringComparison.Ordinal);
        Assert.Contains("tsallis-srpo", (await run.RunAsync("experiments", "--methods")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains("tsallis-srpo.q", (await run.RunAsync("experiments", "--keys")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains("k.sparse", (await run.RunAsync("population", "list")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains("tsallis-srpo", (await run.RunAsync("population", "status", "k.sparse")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        (await run.RunAsync("query", "agent", "k.sparse/0/1")).Expect(ExitCode.Ok);
        (await run.RunAsync("export", "k.sparse", "weights")).Expect(ExitCode.Ok);
        (await run.RunAsync("crossplay", "k.ippo", "k.sparse", "--layout", "cramped_room", "--episodes", "2", "--steps", "10", "--id", "again")).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task A_population_by_itself_trains_with_plugins_of_the_command_line()
    {
        var trained = await run.RunAsync(
            "population", "start", "alone", "--plugin", Samples.Kitchen, "--plugin=" + Samples.Tsallis, "--preset", "kitchen", "--layout", "cramped_room", "--method", "tsallis-srpo", "--seeds", "1", "--iterations", "2",
            "--set", "lanes=2", "--set", "horizon=10", "--set", "minibatches=1", "--set", "tsallis-srpo.q=3");
        trained.Expect(ExitCode.Ok);
        Assert.Contains("kitchen cramped_room", trained.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_plays_with_keys_and_guide()
    {
        var played = await InProcess.TypeAsync(run.Directory.Root, "w\na\ninteract\nq\n", "play", "kitchen", "k.srpo/0", "--layout", "cramped_room");
        Assert.Contains("Cook soups of 3 onions", played.Out, StringComparison.Ordinal);
        Assert.Contains("1 faces west and holds an onion", played.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_loaded_is_refused_at_its_place()
    {
        run.Directory.Write("mine/gone.json", """
            {
              "plugins": [
                "../lib/Gone.dll"
              ],
              "populations": { "a": {} }
            }
            """);
        var refused = (await run.RunAsync("run", "mine/gone.json")).Expect(ExitCode.Usage);
        Assert.Contains("gone.json:3", refused.Error, StringComparison.Ordinal);
        Assert.Contains("plugins[0]", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Gone.dll", (await run.RunAsync("runs", "list", "--plugin", "Gone.dll")).Error, StringComparison.Ordinal);
    }
}
