using System.Text.Json;
using System.Text.RegularExpressions;
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
        Assert.Contains("The report says who earns what with whom, in 18 rows.", played.Out, StringComparison.Ordinal);
        Assert.Matches(@"layout +seat 0 +seat 1 [^$]*\n +training +carrier +srpo +2 ", (await RunAsync(directory, "crossplay carrier rider r.srpo --episodes 2 --steps 20 --id one")).Out);
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
    public async Task Asked_what_it_would_do_it_goes_by_seat_and_by_what_is_legal()
    {
        using var directory = new TemporaryDirectory();

        // The runner of Tag flees, where a chaser that saw the same numbers would go for them: as it does in the game.
        await RunAsync(directory, "import scripted:pursuit --environment tag --as pursuit");
        var runner = await AnswerAsync("show observation tag --seat 2", "scripted:pursuit --environment tag");
        var played = Frames(await JsonAsync(directory, "replay pursuit/0 --steps 1"))[1].GetProperty("probabilities")[2];
        Assert.Equal(played.EnumerateArray().Select(number => number.GetDouble()), runner);
        Assert.NotEqual(Array.IndexOf(await AnswerAsync("show observation tag --seat 2", "scripted:pursuit --environment tag", text => text.Replace("\"seat\": 2", "\"seat\": 0", StringComparison.Ordinal)), 1), Array.IndexOf(runner, 1));

        // With all tokens in stock nothing may be discarded.
        var hanabi = await AnswerAsync("show observation hanabi", "scripted:hanabi-iggi --environment hanabi");
        Assert.Equal(0, hanabi.Take(3).Sum());
        Assert.Equal(1, hanabi.Sum(), 6);

        await File.WriteAllTextAsync(directory["bare.json"], "[0, 1, 0, 1, 0, 0, 1, 1]");
        Assert.Contains("--check: scripted:carrier goes by its seat", (await RunAsync(directory, "import scripted:carrier --environment overcooked --check bare.json", ExitCode.Usage)).Error, StringComparison.Ordinal);
        await RefusedAsync("\"seat\": 2", "\"seat\": 9");
        Assert.Contains("at observation 0: the scripted player 'carrier' in seat 0", (await AskAsync("show observation overcooked", "scripted:carrier --environment overcooked", text => Regex.Replace(text, "\"value\": [0-9]+", "\"value\": -1"), ExitCode.Usage)).Error, StringComparison.Ordinal);

        async Task RefusedAsync(string from, string to) =>
            Assert.Contains("which the file does not say", (await AskAsync("show observation tag --seat 2", "scripted:pursuit --environment tag", text => text.Replace(from, to, StringComparison.Ordinal), ExitCode.Usage)).Error, StringComparison.Ordinal);

        async Task<double[]> AnswerAsync(string shown, string player, Func<string, string>? edit = null) =>
            [.. JsonDocument.Parse((await AskAsync(shown, player + " --json", edit)).Out).RootElement.GetProperty("policies")[0].GetProperty("probabilities")[0].EnumerateArray().Select(number => number.GetDouble())];

        async Task<Outcome> AskAsync(string shown, string player, Func<string, string>? edit = null, ExitCode code = ExitCode.Ok)
        {
            var text = (await RunAsync(directory, shown + " --json")).Out;
            await File.WriteAllTextAsync(directory["asked.json"], edit is null ? text : edit(text));
            return await RunAsync(directory, $"import {player} --check asked.json", code);
        }
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
        await SaysAsync("replay scripted:carrier/0", "'scripted:carrier' is a player and no population");
        await RunAsync(directory, "import scripted:uniform --environment hanabi --as elsewhere");
        await RunAsync(directory, "import scripted:uniform --environment overcooked --as here");
        await SaysAsync("crossplay here elsewhere", "'elsewhere' was imported for hanabi, and 'training' is one of gridworld; import it for gridworld under another name");
        await SaysAsync("show players --layout official", "--layout: name the environment whose layout it is");
        await RunAsync(directory, "population status x", ExitCode.NotFound);

        async Task SaysAsync(string line, string what) => Assert.Contains(what, (await RunAsync(directory, line, ExitCode.Usage)).Error, StringComparison.Ordinal);
    }

    private static JsonElement[] Frames(JsonElement replay) => [.. replay.GetProperty("frames").EnumerateArray()];

    private static async Task<Outcome> RunAsync(TemporaryDirectory directory, string line, ExitCode code = ExitCode.Ok) => (await InProcess.RunAsync(directory.Root, line.Split(' '))).Expect(code);

    private static async Task<JsonElement> JsonAsync(TemporaryDirectory directory, string line) => JsonDocument.Parse((await RunAsync(directory, line + " --json")).Out).RootElement;
}
