using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Core.Checkpoints;
using Srpo.Onnx.Tests.Support;

namespace Srpo.Client.Tests.Commands;

/// <summary>Policies as ONNX files, brought in and played.</summary>
public sealed class ImportGraphTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    private const string Torch = """
        {
          "activation": "tanh",
          "axes": "out,in",
          "layers": [
            { "weight": "policy.0.weight", "bias": "policy.0.bias" },
            { "weight": "policy.2.weight", "bias": "policy.2.bias" },
            { "weight": "policy.4.weight", "bias": "policy.4.bias" }
          ]
        }
        """;

    [Fact]
    public async Task A_graph_plays_as_the_same_policy_does_whose_weights_were_read()
    {
        using var directory = trained.Copy();
        directory.Write("torch.json", Torch);
        foreach (var seat in new[] { 0, 1 })
        {
            await RunAsync(directory, $"export r.srpo/0/{seat} {seat}.safetensors");
            await File.WriteAllBytesAsync(directory[$"{seat}.onnx"], Graph(Safetensors.Read(await File.ReadAllBytesAsync(directory[$"{seat}.safetensors"]), "exported"), padding: 10 * seat));
        }

        // Both programs give the same probabilities.
        await File.WriteAllTextAsync(directory["obs.json"], (await RunAsync(directory, "show observation overcooked --encoding absolute --json")).Out);
        var byWeights = Probabilities(await JsonAsync(directory, "import 1.safetensors --names torch.json --environment overcooked --check obs.json"));
        var byGraph = Probabilities(await JsonAsync(directory, "import 1.onnx --environment overcooked --check obs.json"));
        Assert.All(byWeights.Zip(byGraph), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        var read = await RunAsync(directory, "import 0.onnx --environment overcooked --check obs.json");
        Assert.Contains("nothing was stored; --as POPULATION takes it", read.Out, StringComparison.Ordinal);
        Assert.Matches(@"ONNX graph of 5 operators, opset 17, by srpo-tests", read.Out);
        Assert.Matches(@"observation +\[N, \d+\] +an observation", read.Out);
        Assert.Matches(@"logits +\[N, \d+\] +logits of the actions", read.Out);

        // As populations they play the same matches, beside agents that were trained here.
        await RunAsync(directory, "import 0.safetensors 1.safetensors --names torch.json --environment overcooked --as weights");
        var stored = await JsonAsync(directory, "import 0.onnx 1.onnx --environment overcooked --as graph");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(directory["1.onnx"])));
        Assert.Equal(hash, stored.GetProperty("policies")[1].GetProperty("weights").GetString());
        var frames = Frames(await JsonAsync(directory, "replay graph/0 --steps 20"));
        Assert.Equal(Frames(await JsonAsync(directory, "replay weights/0 --steps 20")).Count, frames.Count);
        Assert.All(Frames(await JsonAsync(directory, "replay weights/0 --steps 20")).Zip(frames), pair => Same(pair.First, pair.Second, 1e-5));
        await RunAsync(directory, "crossplay weights r.srpo --episodes 2 --steps 20 --id by-weights");
        var played = await RunAsync(directory, "crossplay graph r.srpo --episodes 2 --steps 20 --id by-graph");
        Assert.Contains("graph: imported from 0.onnx, SHA-256 ", played.Out, StringComparison.Ordinal);
        var (one, other) = (Returns(directory["runs/by-weights/cells.csv"]), Returns(directory["runs/by-graph/cells.csv"]));
        Assert.Equal(9, one.Length);
        Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Contains(hash, await File.ReadAllTextAsync(directory["runs/by-graph/summary.json"]), StringComparison.Ordinal);
        Assert.Contains("left after 1 steps", (await InProcess.TypeAsync(directory.Root, "w\nq\n", "play", "overcooked", "graph/0")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);

        // It says what it is, and leaves as it came.
        var agent = await JsonAsync(directory, "query agent graph/0/1");
        Assert.Equal(hash, agent.GetProperty("weights").GetString());
        Assert.Equal("1.onnx", agent.GetProperty("imported").GetProperty("file").GetString());
        Assert.Equal(hash, agent.GetProperty("imported").GetProperty("sha256").GetString());
        Assert.Matches(@"network +\d+ to \d+ logits, ONNX graph", (await RunAsync(directory, "query agent graph/0/1")).Out);
        Assert.Contains("name a file that ends with .onnx", (await RunAsync(directory, "export graph/0/1 again.safetensors", ExitCode.Usage)).Error, StringComparison.Ordinal);
        await RunAsync(directory, "export graph/0/1 again.onnx");
        Assert.Equal(await File.ReadAllBytesAsync(directory["1.onnx"]), await File.ReadAllBytesAsync(directory["again.onnx"]));
        await RunAsync(directory, "export graph all");
        Assert.Equal(await File.ReadAllBytesAsync(directory["0.onnx"]), await File.ReadAllBytesAsync(directory["all/0-0.onnx"]));

        // It travels as any run, and is never trained.
        await RunAsync(directory, "runs pack graph -o graph.srpo");
        await RunAsync(directory, "runs unpack graph.srpo --data other");
        Assert.Equal(frames.Select(frame => frame.GetRawText()), Frames(await JsonAsync(directory, "replay graph/0 --steps 20 --data other")).Select(frame => frame.GetRawText()));
        Assert.Contains("was imported and is not trained", (await RunAsync(directory, "population resume graph", ExitCode.Usage)).Error, StringComparison.Ordinal);
        Assert.Contains("'graph' here already", (await RunAsync(directory, "import 0.onnx --environment overcooked --as graph", ExitCode.InUse)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Illegal_actions_are_left_out_and_a_map_says_what_the_output_is()
    {
        using var directory = new TemporaryDirectory();
        var (inputs, actions) = await SizesAsync(directory, "hanabi");
        var weights = TestGraphs.Numbers(1, 8 * inputs);
        var graph = TestGraphs.Perceptron(inputs, 8, actions, weights, TestGraphs.Numbers(2, 8), TestGraphs.Numbers(3, 8 * actions), TestGraphs.Numbers(4, actions), 1)
            .Output("probabilities", [1, actions]).Node("Softmax", "logits", "probabilities", ("axis", 1L));
        await File.WriteAllBytesAsync(directory["two.onnx"], graph.Write());
        Assert.Contains("it has 2 outputs: 'logits' of type float, ", (await RunAsync(directory, "import two.onnx --environment hanabi", ExitCode.Usage)).Error, StringComparison.Ordinal);
        directory.Write("logits.json", """{ "output": "logits" }""");
        directory.Write("probabilities.json", """{ "output": "probabilities", "head": "probabilities" }""");
        directory.Write("wrong.json", """{ "output": "logits", "head": "probabilities" }""");
        Assert.Contains("expected probabilities, which add up to 1", (await RunAsync(directory, "import two.onnx --environment hanabi --names wrong.json", ExitCode.Usage)).Error, StringComparison.Ordinal);
        await RunAsync(directory, "import two.onnx --environment hanabi --names logits.json --as by-logits");
        await RunAsync(directory, "import two.onnx --environment hanabi --names probabilities.json --as by-probabilities");
        var (one, other) = (Frames(await JsonAsync(directory, "replay by-logits/0 --steps 12")), Frames(await JsonAsync(directory, "replay by-probabilities/0 --steps 12")));
        Assert.True(one.Count > 2 && one.Count == other.Count, $"{one.Count} frames, {other.Count} frames");
        Assert.All(one.Zip(other), pair => Same(pair.First, pair.Second, 1e-5));

        // Some actions are never legal at the start: hints need tokens, discards need one that was spent.
        var first = one[1].GetProperty("probabilities").EnumerateArray().First(seat => seat.GetArrayLength() > 0).EnumerateArray().Select(number => number.GetDouble()).ToArray();
        Assert.Contains(0.0, first);
        Assert.Equal(1, first.Sum(), 1e-5);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_and_nothing_is_stored()
    {
        using var directory = new TemporaryDirectory();
        var (inputs, actions) = await SizesAsync(directory, "overcooked");
        await File.WriteAllBytesAsync(directory["narrow.onnx"], TestGraphs.Layer(["N", 3], ["N", actions], 3, actions).Write());
        var refused = await RunAsync(directory, "import narrow.onnx --environment overcooked --as x", ExitCode.Usage);
        Assert.Contains("narrow.onnx cannot play gridworld ", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"(Absolute) has {inputs} numbers and there are {actions} actions: its input is 'x' of type float, [N, 3]", refused.Error, StringComparison.Ordinal);
        directory.Write("noise.onnx", "not a graph");
        Assert.Contains("noise.onnx cannot be read: it is no ONNX file", (await RunAsync(directory, "import noise.onnx --environment overcooked --as x", ExitCode.Damaged)).Error, StringComparison.Ordinal);
        directory.Write("empty.onnx", "");
        await RunAsync(directory, "import empty.onnx --environment overcooked --as x", ExitCode.Damaged);
        await RunAsync(directory, "import nothing.onnx --environment overcooked --as x", ExitCode.NotFound);
        directory.Write("layers.json", Torch);
        Assert.Contains("is for safetensors files", (await RunAsync(directory, "import narrow.onnx --names layers.json --environment overcooked --as x", ExitCode.Usage)).Error, StringComparison.Ordinal);
        directory.Write("other.json", """{ "outputs": "logits" }""");
        Assert.Contains("did you mean 'output'?", (await RunAsync(directory, "import narrow.onnx --names other.json --environment overcooked --as x", ExitCode.Usage)).Error, StringComparison.Ordinal);
        Assert.Contains("--names MAP is missing", (await RunAsync(directory, "import some.safetensors --environment overcooked --as x", ExitCode.Usage)).Error, StringComparison.Ordinal);
        Assert.Contains("some files are ONNX files and others are not", (await RunAsync(directory, "import some.safetensors narrow.onnx --environment overcooked --as x", ExitCode.Usage)).Error, StringComparison.Ordinal);
        await RunAsync(directory, "population status x", ExitCode.NotFound);
    }

    /// <summary>What an export holds, as a graph. Names take the padding, so that files have different lengths.</summary>
    private static byte[] Graph(SafetensorsFile file, int padding)
    {
        var (inputs, hidden, actions) = (file["policy.0.weight"].Shape[1], file["policy.0.weight"].Shape[0], file["policy.4.weight"].Shape[0]);
        var t = "t" + new string('x', padding);
        return new OnnxWriter()
            .Input("observation", ["N", inputs]).Output("logits", ["N", actions])
            .Weights("w1", [hidden, inputs], file["policy.0.weight"].Values).Weights("b1", [hidden], file["policy.0.bias"].Values)
            .Weights("w2", [hidden, hidden], file["policy.2.weight"].Values).Weights("b2", [hidden], file["policy.2.bias"].Values)
            .Weights("w3", [actions, hidden], file["policy.4.weight"].Values).Weights("b3", [actions], file["policy.4.bias"].Values)
            .Node("Gemm", "observation w1 b1", "h1", ("transB", 1L)).Node("Tanh", "h1", t)
            .Node("Gemm", $"{t} w2 b2", "h2", ("transB", 1L)).Node("Tanh", "h2", "u")
            .Node("Gemm", "u w3 b3", "logits", ("transB", 1L)).Write();
    }

    private static async Task<(int Inputs, int Actions)> SizesAsync(TemporaryDirectory directory, string environment)
    {
        var shown = await JsonAsync(directory, $"show observation {environment} --encoding absolute");
        var registration = CommandExtensions.FindEnvironment(environment);
        var info = Srpo.Environments.EnvironmentFactory.Info(new(registration.Name, registration.Variants[0]));
        return (shown.GetProperty("observation").GetArrayLength(), info.Actions);
    }

    private static double[] Probabilities(JsonElement imported) => [.. imported.GetProperty("policies")[0].GetProperty("probabilities")[0].EnumerateArray().Select(number => number.GetDouble())];

    private static List<JsonElement> Frames(JsonElement replay) => [.. replay.GetProperty("frames").EnumerateArray()];

    private static double[] Returns(string path)
    {
        var lines = File.ReadAllLines(path);
        var column = Array.IndexOf(lines[0].Split(','), "return");
        return [.. lines.Skip(1).Select(line => double.Parse(line.Split(',')[column], CultureInfo.InvariantCulture))];
    }

    /// <summary>Two values are the same, numbers up to rounding.</summary>
    private static void Same(JsonElement one, JsonElement other, double tolerance)
    {
        Assert.Equal(one.ValueKind, other.ValueKind);
        switch (one.ValueKind)
        {
            case JsonValueKind.Number:
                Assert.Equal(one.GetDouble(), other.GetDouble(), tolerance);
                break;
            case JsonValueKind.Array:
                Assert.Equal(one.GetArrayLength(), other.GetArrayLength());
                foreach (var (a, b) in one.EnumerateArray().Zip(other.EnumerateArray())) Same(a, b, tolerance);
                break;
            case JsonValueKind.Object:
                foreach (var member in one.EnumerateObject()) Same(member.Value, other.GetProperty(member.Name), tolerance);
                break;
            default:
                Assert.Equal(one.GetRawText(), other.GetRawText());
                break;
        }
    }

    private static async Task<Outcome> RunAsync(TemporaryDirectory directory, string line, ExitCode code = ExitCode.Ok) => (await InProcess.RunAsync(directory.Root, line.Split(' '))).Expect(code);

    private static async Task<JsonElement> JsonAsync(TemporaryDirectory directory, string line) => JsonDocument.Parse((await RunAsync(directory, line + " --json")).Out).RootElement;
}
