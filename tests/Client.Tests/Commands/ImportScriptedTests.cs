using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Commands;

/// <summary>Scripted players, brought in and played.</summary>
public sealed class ImportScriptedTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    [Fact]
    public async Task A_scripted_player_sits_wherever_an_agent_does()
    {
        using var directory = trained.Copy();
        Assert.Contains("scripted:carrier ", (await RunAsync(directory, "show players overcooked")).Out, StringComparison.Ordinal);
        Assert.Contains("nothing was stored; --as POPULATION takes it", (await RunAsync(directory, "import scripted:carrier --environment overcooked")).Out, StringComparison.Ordinal);
        var stored = (await JsonAsync(directory, "import scripted:carrier --environment overcooked --as carrier")).GetProperty("policies")[0];
        Assert.Equal("carrier", stored.GetProperty("scripted").GetProperty("name").GetString());
        await RunAsync(directory, "import scripted:free-rider --environment overcooked --as rider");

        // Beside agents that were trained here, also where these were never trained, and beside each other.
        var played = await RunAsync(directory, "crossplay carrier rider r.srpo --episodes 2 --steps 20 --layout training --layout held-out-a --layout held-out-b --id c");
        Assert.Contains("carrier: imported from scripted player 'carrier', ", played.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("did not learn", played.Out, StringComparison.Ordinal);

        // On the terminal as well it stands who earns what with whom, as long as that is not too much.
        Assert.DoesNotContain("Return of pairs from different methods", played.Out, StringComparison.Ordinal);
        Assert.Matches(@"(?s)Return of pairs from different methods.*Training +carrier +srpo +2 ", (await RunAsync(directory, "crossplay carrier rider r.srpo --episodes 2 --steps 20 --id one")).Out);
        Assert.Equal(1 + (3 * 16), (await File.ReadAllLinesAsync(directory["runs/c/cells.csv"])).Length);
        Assert.Contains(stored.GetProperty("weights").GetString()!, await File.ReadAllTextAsync(directory["runs/c/summary.json"]), StringComparison.Ordinal);
        Assert.Contains("carrier", await File.ReadAllTextAsync(directory["runs/c/report.html"]), StringComparison.Ordinal);
        var frames = Frames(await JsonAsync(directory, "replay carrier/0/0 r.srpo/0/1 --steps 20"));
        Assert.Equal(21, frames.Length);
        Assert.Contains("left after 1 steps", (await InProcess.TypeAsync(directory.Root, "w\nq\n", "play", "overcooked", "carrier/0")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);

        // It says what it is, answers what it does at an observation, and has nothing to export.
        var agent = await JsonAsync(directory, "query agent carrier/0/1");
        Assert.Equal("scripted:carrier", agent.GetProperty("imported").GetProperty("file").GetString());
        Assert.Equal(agent.GetProperty("weights").GetString(), stored.GetProperty("sha256").GetString());
        Assert.Matches(@"network +none, plays by rules", (await RunAsync(directory, "query agent carrier/0/1")).Out);
        Assert.Contains("has no weights that could be exported", (await RunAsync(directory, "export carrier/0/1 it.safetensors", ExitCode.Usage)).Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(directory["obs.json"], (await RunAsync(directory, "show observation overcooked --encoding absolute --json")).Out);
        var asked = (await JsonAsync(directory, "import scripted:free-rider --environment overcooked --check obs.json")).GetProperty("policies")[0].GetProperty("probabilities")[0];
        Assert.Equal([0, 0, 0, 0, 1], asked.EnumerateArray().Select(number => number.GetDouble()));

        // It travels as any run, and is never trained.
        await RunAsync(directory, "runs pack carrier -o carrier.srpo");
        await RunAsync(directory, "runs unpack carrier.srpo --data other");
        Assert.Equal(Frames(await JsonAsync(directory, "replay carrier/0 --steps 20")).Select(frame => frame.GetRawText()), Frames(await JsonAsync(directory, "replay carrier/0 --steps 20 --data other")).Select(frame => frame.GetRawText()));
        Assert.Contains("was imported and is not trained", (await RunAsync(directory, "population resume carrier", ExitCode.Usage)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_a_runner_is_who_chasers_play_against()
    {
        using var directory = new TemporaryDirectory();
        await RunAsync(directory, "import scripted:pursuit --environment tag --as pursuit");
        await RunAsync(directory, "import scripted:uniform --environment tag --as uniform --opponent pursuit/0");
        await RunAsync(directory, "crossplay uniform --episodes 2 --id by-training");
        await RunAsync(directory, "crossplay pursuit uniform --opponent pursuit/0 --episodes 2 --id c");
        Assert.Equal(5, (await File.ReadAllLinesAsync(directory["runs/c/cells.csv"])).Length);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_nothing_is_stored()
    {
        using var directory = new TemporaryDirectory();
        await SaysAsync("import scripted:carier --environment overcooked --as x", "scripted:carier: unknown scripted player 'carier'; did you mean 'carrier'?");
        await SaysAsync("import scripted:pursuit --environment overcooked --as x", "scripted:pursuit cannot play in gridworld official: it is for the environment tag; use one of carrier, ");
        await SaysAsync("import scripted:carrier scripted:free-rider --environment overcooked --as x", "scripted:carrier plays all seats of its population");
        await SaysAsync("import scripted:carrier --names map.json --environment overcooked --as x", "scripted:carrier is no file");
        await RunAsync(directory, "import scripted:carrier --environment overcooked --as carrier");
        await SaysAsync("crossplay scripted:carrier", "'scripted:carrier' is a player and no population; `srpo import scripted:carrier --environment ENVIRONMENT --as POPULATION` makes one");
        await SaysAsync("show players --layout official", "--layout: name the environment whose layout it is");
        await RunAsync(directory, "population status x", ExitCode.NotFound);

        async Task SaysAsync(string line, string what) => Assert.Contains(what, (await RunAsync(directory, line, ExitCode.Usage)).Error, StringComparison.Ordinal);
    }

    private static JsonElement[] Frames(JsonElement replay) => [.. replay.GetProperty("frames").EnumerateArray()];

    private static async Task<Outcome> RunAsync(TemporaryDirectory directory, string line, ExitCode code = ExitCode.Ok) => (await InProcess.RunAsync(directory.Root, line.Split(' '))).Expect(code);

    private static async Task<JsonElement> JsonAsync(TemporaryDirectory directory, string line) => JsonDocument.Parse((await RunAsync(directory, line + " --json")).Out).RootElement;
}
