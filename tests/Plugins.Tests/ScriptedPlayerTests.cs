using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Conformance;
using Srpo.Conformance.Players;
using Srpo.Core.Errors;
using Srpo.Environments;
using Srpo.Learning.Plugins;

namespace Srpo.Plugins.Tests;

/// <summary>Scripted players of plug-ins, for environments that are built in.</summary>
public sealed class ScriptedPlayerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_players_plugin_is_kept_with_what_is_stored_and_demanded_by_name()
    {
        Compile("Waiters.dll", "waiters", Player("waiter", "turn.Take(4)"));
        (await RunAsync("import scripted:waiter --environment overcooked --as waits --plugin Waiters.dll")).Expect(ExitCode.Ok);
        (await RunAsync("import scripted:carrier --environment overcooked --as carries")).Expect(ExitCode.Ok);

        // Found again by itself, as it was named before; what was stored says whose it is.
        (await RunAsync("crossplay waits carries --episodes 2 --steps 20 --id c")).Expect(ExitCode.Ok);
        Assert.Equal(5, (await File.ReadAllLinesAsync(_directory["runs/c/cells.csv"])).Length);
        Assert.Contains("imported from  scripted player 'waiter' of the plug-in 'waiters' 0.0.0.0 (sha256 ", (await RunAsync("population status waits")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains("waiters", (await RunAsync("show players overcooked --plugin Waiters.dll")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains("scripted:waiter on gridworld official: ", (await RunAsync("check plugin Waiters.dll")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);

        // Another build is another player.
        Compile("Waiters.dll", "waiters", Player("waiter", "turn.Take(3)"));
        Assert.Contains("it needs the plug-in 'waiters' 0.0.0.0 (sha256 ", (await RunAsync("replay waits/0 --steps 2")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.Contains("another build", (await RunAsync("crossplay waits carries --plugin Waiters.dll")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        (await RunAsync("replay carries/0 --steps 2")).Expect(ExitCode.Ok);
    }

    /// <summary>The example of docs/plugins.md, as it stands there.</summary>
    [Fact]
    public void The_example_of_the_page_passes_its_checks()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/plugins.md"));
        const string begin = "registry.Add(new ScriptedPlayer(", end = "{ Notes = _ => 1 });";
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var example = page[(from + "registry.Add(".Length)..(page.IndexOf(end, from, StringComparison.Ordinal) + end.Length - ");".Length)];
        Compile("Example.dll", "example", example);
        var player = Assert.Single(LoadedPlugins.Load("Example.dll", _directory.Root).Players);
        Assert.All(PlayerConformance.Run(player), result => Assert.True(result.Verdict != CheckVerdict.Failed, result.ToString()));
    }

    [Fact]
    public async Task A_player_that_fails_at_play_is_named_with_plugin_and_environment_and_nothing_is_lost()
    {
        Compile("Late.dll", "late", Player("late", "{ if (turn.Observation[1] == turn.Observation[4]) throw new System.InvalidOperationException(\"met\"); turn.Take(turn.Seat == 0 ? 3 : 4); }"));
        (await RunAsync("import scripted:late --environment overcooked --as late --plugin Late.dll")).Expect(ExitCode.Ok);
        var played = (await RunAsync("crossplay late --episodes 4 --id c")).Expect(ExitCode.CheckFailed);
        Assert.Contains("the scripted player 'late' of the plug-in 'late' 0.0.0.0 (sha256 ", played.Error, StringComparison.Ordinal);
        Assert.Contains(" of gridworld official failed: InvalidOperationException: met", played.Error, StringComparison.Ordinal);
        (await RunAsync("population status late")).Expect(ExitCode.Ok);
        (await RunAsync("check plugin Late.dll")).Expect(ExitCode.CheckFailed);

        // One that cannot even begin is not taken.
        Compile("Never.dll", "never", "new ScriptedPlayer(\"never\", \"Never begins.\", null, _ => throw new System.InvalidOperationException(\"no map\"))");
        Assert.Contains("could not begin in gridworld official: InvalidOperationException: no map", (await RunAsync("import scripted:never --environment overcooked --as never --plugin Never.dll")).Expect(ExitCode.CheckFailed).Error, StringComparison.Ordinal);
        (await RunAsync("population status never")).Expect(ExitCode.NotFound);
    }

    [Fact]
    public void Names_that_are_taken_are_refused_and_nothing_of_the_plugin_is_kept()
    {
        Refuses("carrier", "a scripted player 'carrier' is built in; give it another name");
        Refuses("not a name", "'not a name' is no name for a scripted player");
        Compile("Mine.dll", "mine", Player("of-mine", "turn.Take(4)"));
        Assert.Equal(["of-mine"], LoadedPlugins.Load("Mine.dll", _directory.Root).Players);
        Assert.Equal("mine", LoadedPlugins.OfPlayer("of-mine")?.Reference.Name);
        Refuses("of-mine", "a scripted player 'of-mine' is of the plug-in 'mine' 0.0.0.0 (sha256 ");

        void Refuses(string name, string what)
        {
            var plugin = $"p{Guid.NewGuid():N}";
            Compile(plugin + ".dll", plugin, Player($"first-{plugin}", "turn.Take(4)"), Player(name, "turn.Take(4)"));
            var error = Assert.Throws<PluginException>(() => LoadedPlugins.Load(plugin + ".dll", _directory.Root));
            Assert.Equal(ErrorKind.Usage, error.Kind);
            Assert.Contains(what, error.Message, StringComparison.Ordinal);
            Assert.Null(ScriptedPlayers.Find($"first-{plugin}"));
        }
    }

    [Fact]
    public async Task A_silo_without_the_plugin_refuses_by_name_and_one_with_it_plays()
    {
        Compile("Waiters.dll", "waiters-of-silos", Player("waiter-of-silos", "turn.Take(4)"));
        using (var without = SiloProcess.Start(_directory.Root, "ShareDataDirectory=true"))
        {
            await without.ReadyAsync();
            Assert.Contains("it needs the plug-in 'waiters-of-silos' 0.0.0.0 (sha256 ", (await ClientAsync(without, "import scripted:waiter-of-silos --environment overcooked --as waits")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
            (await ClientAsync(without, "population status waits")).Expect(ExitCode.NotFound);
            Assert.Equal(0, await without.StopAsync());
        }

        using var silo = SiloProcess.Start(_directory.Root, "ShareDataDirectory=true", "Plugins:0=Waiters.dll");
        await silo.ReadyAsync();
        (await ClientAsync(silo, "import scripted:waiter-of-silos --environment overcooked --as waits")).Expect(ExitCode.Ok);
        using (var second = SiloProcess.Start(_directory.Root, "ShareDataDirectory=true", "PrimarySiloPort=" + silo.SiloPort))
        {
            await second.ReadyAsync();
            var refused = await ClientAsync(silo, "crossplay waits --episodes 2 --steps 20");
            Assert.NotEqual(ExitCode.Ok, refused.ExitCode);
            Assert.Contains("lacks the plug-in 'waiters-of-silos' 0.0.0.0 (sha256 ", refused.Error, StringComparison.Ordinal);
            Assert.Equal(0, await second.StopAsync());
        }

        (await ClientAsync(silo, "crossplay waits --episodes 2 --steps 20 --id c")).Expect(ExitCode.Ok);
        var agent = JsonDocument.Parse((await ClientAsync(silo, "query agent waits/0/1 --json")).Expect(ExitCode.Ok).Out).RootElement;
        Assert.Equal("waiter-of-silos", agent.GetProperty("network").GetProperty("scripted").GetProperty("name").GetString());
        Assert.Equal(0, await silo.StopAsync());
    }

    private static string Player(string name, string rule) => $"new ScriptedPlayer(\"{name}\", \"Does as it is told.\", \"gridworld\", _ => turn => {rule})";

    private void Compile(string file, string plugin, params string[] players) => Samples.Compile(_directory[file], $$"""
        using Srpo.Environments;
        using Srpo.Learning.Plugins;
        [assembly: SrpoPlugin(typeof(P))]
        public sealed class P : ISrpoPlugin
        {
            public string Name => "{{plugin}}";
            public void Register(IPluginRegistry registry) { {{string.Concat(players.Select(player => $"registry.Add({player}); "))}} }
        }
        """);

    private Task<Outcome> ClientAsync(SiloProcess silo, string line) => RunAsync($"{line} --plugin Waiters.dll --cluster {silo.Gateway}");

    private Task<Outcome> RunAsync(string line) => SrpoProcess.RunAsync(_directory.Root, line.Split(' '));
}
