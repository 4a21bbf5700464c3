using System.Text.Json;
using System.Xml.Linq;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Processes;

/// <summary>Whole runs with opponents, partners and shared policies, with tiny settings, and what can be done with their agents.</summary>
public sealed class TagAndHanabiTests : IDisposable
{
    private const string Tag = """
        { "preset": "tag", "seeds": 2, "seed": 3, "checkpointInterval": 2,
          "training": { "iterations": 4, "lanes": 4, "horizon": 20, "network": { "hidden": [8] }, "curveInterval": 80, "curveEpisodes": 2 },
          "populations": {
            "fcp": { "method": "fcp", "partners": "pool", "opponents": "runners/0" },
            "srpo": { "method": "srpo", "opponents": "runners/0" },
            "ippo": { "method": "ippo", "opponents": "runners/0" },
            "pool": { "method": "self-play", "opponents": "runners/0", "evaluate": false },
            "runners": { "method": "ippo", "evaluate": false },
          },
          "evaluation": { "opponents": ["runners/0", "runners/1"], "episodes": 3, "steps": 20 } }
        """;

    private const string Hanabi = """
        { "preset": "hanabi-4p", "seeds": 2,
          "training": { "iterations": 2, "lanes": 8, "horizon": 20, "epochs": 2, "network": { "hidden": [16] }, "curveInterval": 160, "curveEpisodes": 2 },
          "populations": { "ippo": { "method": "ippo" }, "srpo": { "method": "srpo" } },
          "evaluation": { "episodes": 3 } }
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_run_with_opponents_and_partners_reports_both_shifts()
    {
        _directory.Write("tag.json", Tag);
        var outcome = (await InProcess.RunAsync(_directory.Root, "run", "tag.json", "--id", "t")).Expect(ExitCode.Ok);
        Assert.Contains("opponent", outcome.Out, StringComparison.Ordinal);
        var summary = Json("runs/t/summary.json");
        Assert.Equal(["training", "runners-1"], summary.GetProperty("layouts").EnumerateObject().Select(layout => layout.Name));
        Assert.Equal(["fcp", "srpo", "ippo"], summary.GetProperty("layouts").GetProperty("training").EnumerateObject().Select(method => method.Name));
        Assert.Equal("team score", summary.GetProperty("score").GetString());
        Assert.Equal("runners/0", summary.GetProperty("matches").GetProperty("training").GetProperty("opponents").GetString());
        var methods = summary.GetProperty("shifts").GetProperty("training").GetProperty("methods");
        Assert.Equal(JsonValueKind.Number, methods.GetProperty("fcp").GetProperty("both").GetProperty("mean").ValueKind);
        Assert.Equal(JsonValueKind.Number, methods.GetProperty("srpo").GetProperty("selfPlayCost").GetProperty("mean").ValueKind);

        // Three seats learn where both sides do, two where the runner is frozen, one where a policy is shared.
        Assert.Equal([6, 4, 8, 2, 2], new[] { "runners", "ippo", "srpo", "pool", "fcp" }.Select(label => Directory.GetFiles(_directory[$"runs/t/checkpoints/{label}"], "*.safetensors").Length));
        var page = XDocument.Parse(await File.ReadAllTextAsync(_directory["runs/t/report.html"]));

        // Of two runs of each of three methods the worse and the better order.
        Assert.Equal(6, page.Descendants("svg").Count(svg => ((string?)svg.Attribute("class"))?.Contains("scene", StringComparison.Ordinal) == true));

        await ReplaysAsync();

        // The opponents that the teams trained against are held to their last round, too; checkpoints are of the rounds 2 and 4.
        var newest = _directory["runs/.grains/actors/agent/t.runners/0/2/checkpoint1.state"];
        var content = await File.ReadAllBytesAsync(newest);
        content[content.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(newest, content);
        foreach (var line in new[] { "replay t.srpo/0 --steps 2 --json", "crossplay t.srpo --episodes 1 --steps 5 --id o", "report t --out again", "play tag t.srpo/0 --table" })
        {
            var refused = (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.Damaged);
            Assert.Contains("agent 't.runners/0/2' stands at round 2: its newest checkpoint, of round 4, cannot be read", refused.Error, StringComparison.Ordinal);
            var allowed = (await InProcess.RunAsync(_directory.Root, [.. line.Split(' '), "--allow-older"])).Expect(ExitCode.Ok);
            Assert.Contains("agent 't.runners/0/2' stands at round 2", allowed.Error, StringComparison.Ordinal);
            if (line.StartsWith("replay", StringComparison.Ordinal)) Assert.Equal(2, JsonDocument.Parse(allowed.Out).RootElement.GetProperty("players")[2].GetProperty("round").GetInt32());
        }
    }

    [Fact]
    public async Task A_run_killed_between_populations_that_need_each_other_ends_with_the_same_bytes()
    {
        _directory.Write("tag.json", Tag);
        using var straight = new TemporaryDirectory();
        straight.Write("tag.json", Tag);
        string[] arguments = ["run", "tag.json", "--id", "t", "--iterations", "60"];
        (await InProcess.RunAsync(straight.Root, [.. arguments, "--workers", "1"])).Expect(ExitCode.Ok);
        using (var killed = SrpoProcess.Start(_directory.Root, arguments))
        {
            await killed.UntilAsync("SRPO has a checkpoint", () => Task.FromResult(Directory.Exists(_directory["runs/.grains/actors/agent/t.srpo/1/1"])));
            await killed.KillAsync();
        }

        (await InProcess.RunAsync(_directory.Root, "resume", "t")).Expect(ExitCode.Ok);
        foreach (var file in new[] { "crossplay-training.csv", "crossplay-runners-1.csv", "learning-curves.csv", "checkpoints/fcp/1-0.safetensors", "checkpoints/srpo/0-1.adversary.safetensors" })
            Assert.Equal(await File.ReadAllBytesAsync(straight[$"runs/t/{file}"]), await File.ReadAllBytesAsync(_directory[$"runs/t/{file}"]));
    }

    [Fact]
    public async Task Four_players_with_one_policy_are_mixed_replayed_and_joined_by_a_person()
    {
        _directory.Write("hanabi.json", Hanabi);
        (await InProcess.RunAsync(_directory.Root, "run", "hanabi.json", "--id", "h")).Expect(ExitCode.Ok);
        var match = Json("runs/h/summary.json").GetProperty("matches").GetProperty("training");
        Assert.Equal(14, match.GetProperty("episodes").GetInt32());
        Assert.Contains("all 14 ways", match.GetProperty("seating").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_directory["runs/h/checkpoints/ippo"], "*.safetensors").Length);

        var replay = (await InProcess.RunAsync(_directory.Root, "replay", "h.srpo/1", "--json")).Expect(ExitCode.Ok);
        var agents = JsonDocument.Parse(replay.Out).RootElement.GetProperty("agents").EnumerateArray().Select(agent => agent.GetString());
        Assert.Equal(["h.srpo/1/0", "h.srpo/1/0", "h.srpo/1/0", "h.srpo/1/0"], agents);
        (await InProcess.RunAsync(_directory.Root, "replay", "h.srpo/1", "h.ippo/0", "h.ippo/1", "h.srpo/0", "--steps", "3")).Expect(ExitCode.Ok);
        var few = (await InProcess.RunAsync(_directory.Root, "replay", "h.srpo/1", "h.ippo/0")).Expect(ExitCode.Usage);
        Assert.Contains("an agent for each of 4", few.Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "replay", "h.srpo/1", "--svg", "x.svg")).Expect(ExitCode.Usage);

        var played = (await InProcess.TypeAsync(_directory.Root, "p9\nhint\np0\nq\n", "play", "hanabi", "h.ippo/0", "--seat", "2", "--seed", "4")).Expect(ExitCode.Ok);
        Assert.Contains("'p9' is no action", played.Out, StringComparison.Ordinal);
        Assert.Contains("you: play 0; reward", played.Out, StringComparison.Ordinal);
        Assert.Contains("left after ", played.Out, StringComparison.Ordinal);
        var own = played.Out[played.Out.IndexOf("seat 2 (you)", StringComparison.Ordinal)..];
        Assert.Contains("??", own, StringComparison.Ordinal);

        // Whoever plays the first legal action gets to the end of the game.
        var through = (await InProcess.TypeAsync(_directory.Root, string.Concat(Enumerable.Repeat("p0\n", 40)), "play", "hanabi", "h.ippo/0", "h.srpo/0", "h.srpo/1")).Expect(ExitCode.Ok);
        Assert.Contains("the episode is over; score ", through.Out, StringComparison.Ordinal);
        var wrong = (await InProcess.RunAsync(_directory.Root, "play", "overcooked", "h.ippo/0")).Expect(ExitCode.Usage);
        Assert.Contains("was trained on hanabi 3x3-4p, not on overcooked", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("0 to 3", (await InProcess.RunAsync(_directory.Root, "play", "hanabi", "h.ippo/0", "--seat", "4")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_plays_overcooked_through_a_pipe()
    {
        (await InProcess.RunAsync(_directory.Root, "population", "start", "o", "--method", "ippo", "--seeds", "1", "--iterations", "1", "--set", "curveInterval=0")).Expect(ExitCode.Ok);
        var piped = (await InProcess.TypeAsync(_directory.Root, "w\n \nrihgt\n\n3\nstay\n", "play", "overcooked", "o/0", "--seed", "3")).Expect(ExitCode.Ok);
        Assert.Contains("did you mean 'right'?", piped.Out, StringComparison.Ordinal);
        Assert.Contains("type a number, a key or a name", piped.Out, StringComparison.Ordinal);
        Assert.Contains("left after 4 steps; score ", piped.Out, StringComparison.Ordinal);
        Assert.Equal(["up", "stay", "right", "stay"], piped.Out.Split('\n').Where(line => line.StartsWith("you: ", StringComparison.Ordinal)).Select(line => line[5..line.IndexOf(',', StringComparison.Ordinal)]));

        // Equal seeds and answers give the same episode; without grains, to its end.
        var whole = string.Concat(Enumerable.Repeat("4\n", 6));
        var first = await InProcess.TypeAsync(_directory.Root, whole, "play", "overcooked", "o/0", "--steps", "6");
        Assert.Equal(first.Out, (await InProcess.TypeAsync(_directory.Root, whole, "play", "overcooked", "o/0", "--steps", "6")).Out);
        Assert.Contains("the episode is over; score ", first.Out, StringComparison.Ordinal);
    }

    private async Task ReplaysAsync()
    {
        var replay = (await InProcess.RunAsync(_directory.Root, "replay", "t.srpo/1", "--steps", "5", "--json")).Expect(ExitCode.Ok);
        var root = JsonDocument.Parse(replay.Out).RootElement;
        Assert.Equal(["t.srpo/1/0", "t.srpo/1/1", "t.runners/0/2"], root.GetProperty("agents").EnumerateArray().Select(agent => agent.GetString()));
        Assert.Equal(5, root.GetProperty("frames")[0].GetProperty("scene").GetArrayLength());
        var mixed = (await InProcess.RunAsync(_directory.Root, "replay", "t.srpo/1", "t.fcp/0", "t.runners/1", "--steps", "5", "--no-wait")).Expect(ExitCode.Ok);
        Assert.Contains("t.fcp/0/0", mixed.Out, StringComparison.Ordinal);
        Assert.Contains("t.runners/1/2", mixed.Out, StringComparison.Ordinal);
        var both = (await InProcess.RunAsync(_directory.Root, "replay", "t.runners/1", "--steps", "2")).Expect(ExitCode.Ok);
        Assert.Contains("t.runners/1/2", both.Out, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "replay", "t.srpo/1", "--svg", "episode.svg")).Expect(ExitCode.Ok);
        var svg = XDocument.Parse(await File.ReadAllTextAsync(_directory["episode.svg"]));
        Assert.Contains(svg.Descendants(), element => element.Name.LocalName == "animate");
        var one = (await InProcess.RunAsync(_directory.Root, "replay", "t.srpo/1/0")).Expect(ExitCode.Usage);
        Assert.Contains("is trained for one seat", one.Error, StringComparison.Ordinal);

        (await InProcess.RunAsync(_directory.Root, "crossplay", "t.srpo", "t.ippo", "--opponent", "t.runners/1", "--episodes", "2", "--id", "c")).Expect(ExitCode.Ok);
        Assert.Equal("t.runners/1", Json("runs/c/summary.json").GetProperty("matches").EnumerateObject().Single().Value.GetProperty("opponents").GetString());
        (await InProcess.RunAsync(_directory.Root, "crossplay", "t.srpo", "--opponent", "t.fcp/0")).Expect(ExitCode.Usage);
        (await InProcess.RunAsync(_directory.Root, "crossplay", "t.runners")).Expect(ExitCode.Usage);
    }

    private JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(_directory[file])).RootElement;
}
