using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Experiments.Data;

namespace Srpo.Client.Tests.Commands;

/// <summary>Which weights a command uses: it says so, and uses none that are older than one thinks.</summary>
public sealed class WeightsTests(TrainedRun run) : IClassFixture<TrainedRun>, IDisposable
{
    /// <summary>Every command that uses a policy, and what it writes.</summary>
    private static readonly (string Line, string? Writes)[] Uses =
    [
        ("replay r.srpo/0 --steps 2", null), ("replay r.srpo/0 --steps 2 --json", null), ("export r.srpo/0/0 one.safetensors", "one.safetensors"), ("export r.srpo all", "all"),
        ("crossplay r.srpo --episodes 1 --steps 5 --id c", null), ("play overcooked r.srpo/0 --seat 1", null), ("play overcooked r.srpo/0 --seat 1 --table", null),
        ("query agent r.srpo/0/0", null), ("query agent r.srpo/0/0 --json", null), ("adversaries r.srpo --episodes 2 --steps 3 --json", null),
    ];

    private static readonly string[] Adversaries = ["query adversary r.srpo/1/0", "export r.srpo/1/0 adversary.safetensors --adversary", "export r.srpo again", "adversaries r.srpo --episodes 2 --steps 3"];

    private readonly TemporaryDirectory _directory = run.Copy();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("flip", false)]
    [InlineData("remove", false)]
    [InlineData("flip", true)]
    public async Task Every_command_refuses_older_weights_unless_they_are_allowed(string damage, bool ofGrains)
    {
        Damage("agent/r.srpo/0/0", 0, damage);
        await using var grains = ofGrains ? await AnnounceAsync() : null;
        foreach (var (line, writes) in Uses)
        {
            var refused = (await RunAsync(line)).Expect(ExitCode.Damaged);
            Assert.Contains("agent 'r.srpo/0/0' stands at round 8", refused.Error, StringComparison.Ordinal);
            Assert.Contains("of round 12", refused.Error, StringComparison.Ordinal);
            Assert.Contains("--allow-older", refused.Error, StringComparison.Ordinal);
            Assert.Empty(refused.Out);
            if (writes is not null) Assert.False(File.Exists(_directory[writes]) || Directory.Exists(_directory[writes]) && Directory.EnumerateFileSystemEntries(_directory[writes]).Any());
        }

        foreach (var (line, writes) in Uses)
        {
            var allowed = (await RunAsync(line + " --allow-older")).Expect(ExitCode.Ok);
            Assert.Contains("stands at round 8", allowed.Error, StringComparison.Ordinal);
            if (!line.Contains("crossplay", StringComparison.Ordinal)) Assert.Matches("round *8|\"(round|version)\": 8", allowed.Out);
            else Assert.Contains("r.srpo: round 8, 12", allowed.Out, StringComparison.Ordinal);
            if (writes is not null) Assert.True(Path.Exists(_directory[writes]));
        }

        var status = (await RunAsync("population status r.srpo")).Expect(ExitCode.Ok);
        Assert.Contains("team 0 can be read back from round 8", status.Out, StringComparison.Ordinal);
        var teams = Json(await RunAsync("population status r.srpo --json")).GetProperty("teams");
        Assert.Equal([(12, 8), (12, 12)], teams.EnumerateArray().Select(team => (team.GetProperty("checkpointRound").GetInt32(), team.GetProperty("readableRound").GetInt32())));
    }

    [Fact]
    public async Task Adversaries_are_held_to_the_same_and_an_older_checkpoint_that_is_damaged_hinders_nobody()
    {
        Damage("agent/r.srpo/0/0", 1, "flip"); // round 8
        foreach (var (line, _) in Uses) Assert.DoesNotContain("stands at round", (await RunAsync(line)).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);
        Damage("adversary/r.srpo/1/0", 0, "flip");
        foreach (var line in Adversaries) Assert.Contains("adversary 'r.srpo/1/0' stands at round 8", (await RunAsync(line)).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        foreach (var line in Adversaries) (await RunAsync(line + " --allow-older")).Expect(ExitCode.Ok);
    }

    /// <summary>What was stored and is gone is missing; it is not as if it had never been there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_no_checkpoint_is_left_every_command_says_which_is_missing(bool ofGrains)
    {
        for (var slot = 0; slot < 2; slot++) Damage("agent/r.srpo/0/0", slot, "remove");
        await using (ofGrains ? await AnnounceAsync() : null)
        {
            foreach (var (line, _) in Uses)
            {
                foreach (var older in new[] { "", " --allow-older" })
                {
                    var refused = (await RunAsync(line + older)).Expect(ExitCode.Damaged);
                    Assert.Contains("the checkpoint of round 12 of agent 'r.srpo/0/0' is missing, and no other one is stored", refused.Error, StringComparison.Ordinal);
                    Assert.Contains("`srpo population resume r.srpo`", refused.Error, StringComparison.Ordinal);
                }
            }

            Assert.Contains("r.srpo has the teams 0 to 1", (await RunAsync("replay r.srpo/99/0")).Expect(ExitCode.NotFound).Error.Replace("the population", "r.srpo", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Contains("srpo trains agent 0, agent 1", (await RunAsync("replay r.srpo/1/9")).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
            Assert.Contains("name an agent for each, or the team: r.srpo/1", (await RunAsync("replay r.srpo/1/0")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
            if (ofGrains) return;
        }

        // The remedy is one: the same bits again.
        (await RunAsync("population resume r.srpo")).Expect(ExitCode.Ok);
        Assert.Equal(12, Json(await RunAsync("query agent r.srpo/0/0 --json")).GetProperty("version").GetInt32());
    }

    /// <summary>A directory, a pipe or the like in place of a stored file is damage as any other; a directory, which may hold something, is left alone.</summary>
    [LinuxFact]
    public async Task Something_else_in_place_of_a_stored_file_is_damage()
    {
        var newest = _directory["runs/.grains/actors/agent/r.srpo/0/0/checkpoint0.state"];
        Damage("agent/r.srpo/0/0", 0, "directory");
        foreach (var (line, _) in Uses)
        {
            var refused = (await RunAsync(line)).Expect(ExitCode.Damaged);
            Assert.Contains($"stands at round 8: its newest checkpoint, of round 12, cannot be read (state file '{newest}' cannot be used: it is a directory, not a file)", refused.Error, StringComparison.Ordinal);
        }

        Damage("agent/r.srpo/0/0", 1, "directory");
        foreach (var (line, _) in Uses) Assert.Contains("it is a directory, not a file", (await RunAsync(line)).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        Assert.Contains($"state file '{newest}' cannot be written: a directory is in its place; move that away", (await RunAsync("population resume r.srpo")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(newest, "mine")));

        foreach (var directory in Directory.GetDirectories(Path.GetDirectoryName(newest)!)) Directory.Move(directory, _directory[Path.GetFileName(directory)]);
        (await RunAsync("population resume r.srpo")).Expect(ExitCode.Ok);
        Assert.Equal(12, Json(await RunAsync("query agent r.srpo/0/0 --json")).GetProperty("version").GetInt32());

        var record = _directory["runs/.grains/populations/coordinator/r.srpo"];
        foreach (var file in Directory.GetFiles(record))
        {
            File.Delete(file);
            Directory.CreateDirectory(file);
        }

        foreach (var line in new[] { "population status r.srpo", "population resume r.srpo", "query coordinator r.srpo", "crossplay r.srpo", "resume r" })
            Assert.Contains("it is a directory, not a file; there is no readable record before it. Restore the file from a copy, or remove it to begin anew.", (await RunAsync(line)).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
    }

    /// <summary>What a damaged record makes of a finished population is not said as certain.</summary>
    [Fact]
    public async Task A_population_whose_newest_record_is_damaged_is_not_said_to_be_unfinished_without_saying_so()
    {
        var record = new[] { 0, 1 }.Select(slot => _directory[$"runs/.grains/populations/coordinator/r.srpo/population{slot}.state"]).MaxBy(File.GetLastWriteTimeUtc)!;
        Flip(record);
        var refused = (await RunAsync("crossplay r.srpo --episodes 1 --steps 5")).Expect(ExitCode.Damaged);
        Assert.Contains($"as far as can be read (state file '{record}' cannot be used: ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("resume it and wait until it has finished", refused.Error, StringComparison.Ordinal);
        (await RunAsync("population resume r.srpo")).Expect(ExitCode.Ok);
        (await RunAsync("crossplay r.srpo --episodes 1 --steps 5")).Expect(ExitCode.Ok);

        // One that was merely broken off is not damaged: its newest record says that it trains, and nobody does.
        var older = new[] { 0, 1 }.Select(slot => _directory[$"runs/.grains/populations/coordinator/r.srpo/population{slot}.state"]).OrderBy(File.GetLastWriteTimeUtc).ToArray();
        File.Delete(older[1]);
        var unfinished = await RunAsync("crossplay r.srpo --episodes 1 --steps 5 --id again");
        Assert.True(unfinished.ExitCode is ExitCode.Ok or ExitCode.Usage, unfinished.Error);
        Assert.DoesNotContain("as far as can be read", unfinished.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_asks_policies_refuses_too()
    {
        (await InProcess.RunAsync(_directory.Root, "run", "volunteers-game", "--id", "v", "--seeds", "1", "--iterations", "12", "--set", "checkpointInterval=4", "--set", "evaluation.episodes=1")).Expect(ExitCode.Ok);
        var agent = Directory.GetDirectories(_directory["runs/.grains/actors/agent"], "v.*").Order(StringComparer.Ordinal).Last();
        Damage($"agent/{Path.GetFileName(agent)}/0/0", 0, "flip");
        Assert.Contains("stands at round 8", (await RunAsync("report v --out copy")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        Assert.Contains("stands at round 8", (await RunAsync("report v --out copy --allow-older")).Expect(ExitCode.Ok).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_hash_stands_in_every_result_and_is_that_of_the_bytes_that_an_exported_file_begins_with()
    {
        (await RunAsync("export r.ippo/1/0 file.safetensors")).Expect(ExitCode.Ok);
        var content = await File.ReadAllBytesAsync(_directory["file.safetensors"]);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(content);
        using var header = JsonDocument.Parse(content.AsMemory(8, length));
        var end = header.RootElement.EnumerateObject().Where(tensor => tensor.Name.StartsWith("policy.", StringComparison.Ordinal)).Max(tensor => tensor.Value.GetProperty("data_offsets")[1].GetInt32());
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(8 + length, end)));

        Assert.Equal(hash, header.RootElement.GetProperty("__metadata__").GetProperty("policy.sha256").GetString());
        Assert.Equal(hash, Json(await RunAsync("query agent r.ippo/1/0 --json")).GetProperty("weights").GetString());
        var player = Json(await RunAsync("replay r.ippo/1/0 r.ippo/0/1 --steps 1 --json")).GetProperty("players")[0];
        Assert.Equal((hash, 12), (player.GetProperty("weights").GetString(), player.GetProperty("round").GetInt32()));
        Assert.Equal(hash, Json(await RunAsync("play overcooked r.ippo/1/0 --seat 1 --table")).GetProperty("players")[0].GetProperty("weights").GetString());
        var shown = "weights " + hash[..16];
        Assert.Contains(shown, (await RunAsync("play overcooked r.ippo/1/0 --seat 1")).Out, StringComparison.Ordinal);
        Assert.Contains(shown, (await RunAsync("replay r.ippo/1 --steps 1")).Out, StringComparison.Ordinal);

        (await RunAsync("export r.ippo all")).Expect(ExitCode.Ok);
        foreach (var manifest in new[] { "all/manifest.json", "runs/r/checkpoints/ippo/manifest.json" })
        {
            var file = JsonDocument.Parse(await File.ReadAllTextAsync(_directory[manifest])).RootElement.GetProperty("files").EnumerateArray().Single(entry => entry.GetProperty("file").GetString() == "1-0.safetensors");
            Assert.Equal((hash, 12), (file.GetProperty("weights").GetString(), file.GetProperty("round").GetInt32()));
        }

        var summary = Json(await RunAsync("crossplay r.ippo --episodes 1 --steps 5 --id c --json"));
        var run = summary.GetProperty("matches").GetProperty("training").GetProperty("weights")[1];
        Assert.Equal(("ippo/1", hash, 12), (run.GetProperty("run").GetString(), run.GetProperty("hashes")[0].GetString(), run.GetProperty("rounds")[0].GetInt32()));
        var cells = (await File.ReadAllLinesAsync(_directory["runs/c/cells-by-seat.csv"])).Select(line => line.Split(',')).ToArray();
        Assert.Equal(["seat", "method", "run", "return", "cost", "weights"], cells[0][^6..]);
        Assert.Equal(2, cells.Count(row => (row[^6], row[^5], row[^4]) == ("0", "ippo", "1") && row[^1] == hash[..16]));
    }

    private static JsonElement Json(Outcome outcome) => JsonDocument.Parse(outcome.Expect(ExitCode.Ok).Out).RootElement;

    private async Task<Outcome> RunAsync(string line) => await InProcess.TypeAsync(_directory.Root, "q\n", line.Split(' '));

    private void Damage(string actor, int slot, string how)
    {
        var file = _directory[$"runs/.grains/actors/{actor}/checkpoint{slot}.state"];
        if (how == "remove")
        {
            File.Delete(file);
            return;
        }

        if (how == "directory")
        {
            File.Delete(file);
            Directory.CreateDirectory(file);
            File.WriteAllText(Path.Combine(file, "mine"), "");
            return;
        }

        Flip(file);
    }

    private static void Flip(string file)
    {
        var content = File.ReadAllBytes(file);
        content[content.Length / 2] ^= 0x10;
        File.WriteAllBytes(file, content);
    }

    /// <summary>A process that has the grains, which commands then ask over its socket.</summary>
    private async Task<IAsyncDisposable> AnnounceAsync()
    {
        var data = new DataDirectory(_directory["runs"]);
        var held = RunLock.Take(data, "test");
        return new Owner(held, await LocalSession.StartAsync(data, held, "test", workers: 1, CancellationToken.None));
    }

    private sealed class Owner(RunLock held, IAsyncDisposable work) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await work.DisposeAsync();
            held.Dispose();
        }
    }
}
