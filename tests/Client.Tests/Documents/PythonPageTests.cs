using System.Text.Json;
using System.Text.RegularExpressions;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Documents;

/// <summary>The programs of docs/python.md, run as they stand there on files that this program has written.</summary>
public sealed partial class PythonPageTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    private enum Block
    {
        Numpy,
        NumpyWithMemory,
        Torch,
        Figure,
    }

    [PythonFact("numpy")]
    public async Task Numpy_gives_the_probabilities_of_the_policy()
    {
        using var directory = trained.Copy();
        var expected = await PrepareAsync(directory, "r.srpo/0", "overcooked");
        foreach (var block in new[] { Block.Numpy, Block.NumpyWithMemory }) AssertNear(expected, Run(directory, "numpy", block));
    }

    [PythonFact("numpy")]
    public async Task Numpy_gives_them_of_networks_with_memory_and_layer_normalisation_and_shared_trunks()
    {
        using var directory = trained.Copy();
        foreach (var (name, change) in new[] { ("m", "network.layerNorm=true"), ("s", "network.activation=gelu") })
        {
            string[] start = ["population", "start", name, "--preset", "recall", "--method", "ippo", "--seeds", "1", "--iterations", "2", "--set", "curveInterval=0", "--set", "lanes=4", "--set", change, "--set", "network.sharedTrunk=true"];
            (await InProcess.RunAsync(directory.Root, start)).Expect(ExitCode.Ok);
            AssertNear(await PrepareAsync(directory, $"{name}/0", "recall"), Run(directory, "numpy", Block.NumpyWithMemory));
        }
    }

    [PythonFact("torch")]
    public async Task Torch_gives_the_probabilities_of_the_policy()
    {
        using var directory = trained.Copy();
        AssertNear(await PrepareAsync(directory, "r.ippo/1", "overcooked"), Run(directory, "torch", Block.Torch));
    }

    [PythonFact("matplotlib")]
    public void Matplotlib_draws_the_matrices_of_a_run()
    {
        using var directory = trained.Copy();
        File.Copy(directory["runs/r/cells.csv"], directory["cells.csv"]);
        Assert.Equal("2 matrices in fig2.pdf and fig2.png", Run(directory, "matplotlib", Block.Figure));
        Assert.StartsWith("%PDF", File.ReadAllText(directory["fig2.pdf"]), StringComparison.Ordinal);
    }

    /// <summary>Exports the policy of seat 0 and what it observes first.</summary>
    /// <returns>Its probabilities then, as the replay says.</returns>
    private static async Task<double[]> PrepareAsync(TemporaryDirectory directory, string team, string environment)
    {
        (await InProcess.RunAsync(directory.Root, "export", $"{team}/0", "agent.safetensors", "--force")).Expect(ExitCode.Ok);
        var observed = (await InProcess.RunAsync(directory.Root, "show", "observation", environment, "--seat", "0", "--encoding", "absolute", "--json")).Expect(ExitCode.Ok);
        directory.Write("observation.json", observed.Out);
        var replay = (await InProcess.RunAsync(directory.Root, "replay", team, "--steps", "1", "--json")).Expect(ExitCode.Ok);
        var frames = JsonDocument.Parse(replay.Out).RootElement.GetProperty("frames");
        Assert.Equal(JsonDocument.Parse(observed.Out).RootElement.GetProperty("drawing").GetString(), frames[0].GetProperty("drawing").GetString());
        return [.. frames[1].GetProperty("probabilities")[0].EnumerateArray().Select(probability => probability.GetDouble())];
    }

    private static string Run(TemporaryDirectory directory, string package, Block block)
    {
        var programs = Programs().Matches(File.ReadAllText(Repository.PathOf("docs", "python.md")));
        Assert.Equal(Enum.GetValues<Block>().Length, programs.Count);
        directory.Write("program.py", programs[(int)block].Groups[1].Value);
        var ran = Python.Run(Python.With(package)!, directory.Root, "program.py")!;
        Assert.True(ran.Code == 0, ran.Error);
        return ran.Out.Trim();
    }

    private static void AssertNear(double[] expected, string printed)
    {
        var found = JsonSerializer.Deserialize<double[]>(printed)!;
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.True(expected.Max() - expected.Min() > 1e-3, "the policy is too near to uniform to tell anything");
    }

    [GeneratedRegex("```python\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Programs();
}
