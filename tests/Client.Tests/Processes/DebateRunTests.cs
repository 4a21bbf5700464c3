using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Learning.Torch;

namespace Srpo.Client.Tests.Processes;

/// <summary>Whole runs of debates with a minute model, where libtorch can be loaded.</summary>
public sealed class DebateRunTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_debate_trains_meets_strangers_and_ends_with_the_same_bytes_after_a_kill()
    {
        if (LibTorch.WhyNot() is not null) return;
        using var straight = new TemporaryDirectory();
        foreach (var directory in new[] { straight, _directory }) await PrepareAsync(directory);
        var outcome = (await InProcess.RunAsync(straight.Root, "run", "debate.json", "--id", "r", "--workers", "1")).Expect(ExitCode.Ok);
        Assert.Contains("report: ", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("free-riding", outcome.Out, StringComparison.OrdinalIgnoreCase);

        using (var killed = SrpoProcess.Start(_directory.Root, "run", "debate.json", "--id", "r", "--workers", "2"))
        {
            await killed.UntilAsync("SRPO has a checkpoint", () => Task.FromResult(Directory.Exists(_directory["runs/.grains/actors/agent/r.srpo/0/0"])));
            await killed.KillAsync();
        }

        (await SrpoProcess.RunAsync(_directory.Root, "resume", "r")).Expect(ExitCode.Ok);
        string[] files = [.. Directory.EnumerateFiles(straight["runs/r/checkpoints"], "*.safetensors", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(straight["runs/r"], file)).Order(StringComparer.Ordinal)];

        // Two teams of two agents, two of an agent and its adversary, and the stranger.
        Assert.Equal(9, files.Length);
        Assert.All(files, file => Assert.True(File.ReadAllBytes(straight[$"runs/r/{file}"]).AsSpan().SequenceEqual(File.ReadAllBytes(_directory[$"runs/r/{file}"])), file));
        Assert.Equal(Debates(straight), Debates(_directory));

        // To be read are debates of the worst, the median and the best pair with the stranger.
        var report = await File.ReadAllTextAsync(straight["runs/r/report.html"]);
        foreach (var rank in new[] { "Worst", "Median", "Best" })
            Assert.Matches($"<summary>{rank} pair with a stranger, [a-z]+/[01] with [a-z]+/[01], joint accuracy [0-9]+ %: (not )?both right at the end</summary>", report);

        // What was learned with is known by its files: with others it is not gone on with.
        var show = (await InProcess.RunAsync(straight.Root, "replay", "r.srpo/0", "--no-wait")).Expect(ExitCode.Ok);
        Assert.Contains("Round 1 of 2", show.Out, StringComparison.Ordinal);
        File.AppendAllText(straight["model/generation_config.json"], "\n");
        var other = await InProcess.RunAsync(straight.Root, "run", "debate.json", "--id", "r2", "--set", "language.weights=" + new string('0', 64));
        Assert.NotEqual(ExitCode.Ok, other.ExitCode);
        Assert.Contains("model", other.Error, StringComparison.Ordinal);

        static string Debates(TemporaryDirectory directory) =>
            JsonDocument.Parse(File.ReadAllText(directory["runs/r/summary.json"])).RootElement.GetProperty("debates").GetRawText();
    }

    private static async Task PrepareAsync(TemporaryDirectory directory)
    {
        directory.Write("minute.json", """
            {"name": "minute", "model": {"family": "llama", "hiddenSize": 16, "intermediateSize": 24, "layers": 1, "heads": 2},
             "tokenizer": {"vocabulary": 300, "kind": "pairs"}, "questions": [{"level": 1}], "texts": {}, "training": {"steps": 10, "batchTokens": 200, "learningRate": 0.01, "warmUp": 2}}
            """);
        directory.Write("debate.json", """
            {"preset": "debate", "seeds": 2, "checkpointInterval": 1,
             "training": {"lanes": 4, "horizon": 2, "evaluationSteps": 2, "minibatches": 1, "iterations": 6, "learningRate": 1e-3, "curveInterval": 16, "curveEpisodes": 3,
                          "language": {"model": "model", "precision": "float32", "loraRank": 2, "criticLearningRate": 1e-3}},
             "populations": {"ippo": {"method": "ippo", "sharePolicy": false}, "srpo": {"method": "srpo"}, "stranger": {"method": "untrained", "seeds": 1, "iterations": 1, "language": {"model": "other"}}},
             "evaluation": {"episodes": 3}}
            """);
        foreach (var folder in new[] { "model", "other" })
        {
            (await InProcess.RunAsync(directory.Root, "language", "train", "minute.json", "--out", folder, "--questions", "0")).Expect(ExitCode.Ok);
        }
    }
}
