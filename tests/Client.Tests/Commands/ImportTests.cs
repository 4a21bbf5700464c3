using System.Globalization;
using System.Text.Json;
using Srpo.Client.Cli;
using Srpo.Client.Tests.Support;
using Srpo.Core.Checkpoints;

namespace Srpo.Client.Tests.Commands;

/// <summary>Policies of other programs, brought in and played.</summary>
public sealed class ImportTests(TrainedRun trained) : IClassFixture<TrainedRun>
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

    /// <summary>A network of two normalised layers as numpy holds it, [inputs, outputs], its observations, and the probabilities that numpy gives.</summary>
    private const string Numpy = """
        import json, sys, numpy as np
        sizes = json.loads(sys.argv[1])
        rng = np.random.default_rng(7)
        tensors, x = {}, rng.normal(size=(3, sizes[0])).astype(np.float32)
        np.save("obs.npy", x.astype(np.float64))
        h = x.astype(np.float64)
        for i, (n, m) in enumerate(zip(sizes, sizes[1:])):
            w, b = (rng.normal(size=(n, m)) / np.sqrt(n)).astype(np.float32), rng.normal(size=m).astype(np.float32)
            tensors[f"params/Dense_{i}/kernel"], tensors[f"params/Dense_{i}/bias"] = w, b
            h = h @ w + b
            if i + 2 < len(sizes):
                scale, shift = rng.normal(1, 0.1, m).astype(np.float32), rng.normal(size=m).astype(np.float32)
                tensors[f"params/LayerNorm_{i}/scale"], tensors[f"params/LayerNorm_{i}/bias"] = scale, shift
                h = (h - h.mean(1, keepdims=True)) / np.sqrt(h.var(1, keepdims=True) + 1e-5) * scale + shift
                h = np.maximum(h, 0)
        p = np.exp(h - h.max(1, keepdims=True))
        header, data = {}, b""
        for name, value in tensors.items():
            header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + value.nbytes]}
            data += value.tobytes()
        head = json.dumps(header).encode()
        open("flax.safetensors", "wb").write(len(head).to_bytes(8, "little") + head + data)
        print(json.dumps((p / p.sum(1, keepdims=True)).tolist()))
        """;

    [Fact]
    public async Task A_policy_that_left_comes_back_as_the_same_and_plays_as_any_agent()
    {
        using var directory = trained.Copy();
        directory.Write("torch.json", Torch);
        foreach (var seat in new[] { 0, 1 }) await RunAsync(directory, $"export r.srpo/0/{seat} {seat}.safetensors");
        var read = await RunAsync(directory, "import 0.safetensors --names torch.json --environment overcooked");
        Assert.Contains("nothing was stored; --as POPULATION takes it", read.Out, StringComparison.Ordinal);
        Assert.Matches(@"policy\.4\.weight +\[\d+, 64\] +layer 3 weights, 64 to \d+", read.Out);
        Assert.Matches(@"critic\.0\.weight +\[64, \d+\] +not named by the map, left out", read.Out);
        Assert.False(Directory.Exists(directory["runs/.grains/actors/agent/mine"]));

        var stored = await JsonAsync(directory, "import 0.safetensors 1.safetensors --names torch.json --environment overcooked --as mine");
        var original = await JsonAsync(directory, "query agent r.srpo/0/1");
        var imported = await JsonAsync(directory, "query agent mine/0/1");
        Assert.Equal(original.GetProperty("weights").GetString(), imported.GetProperty("weights").GetString());
        Assert.Equal(original.GetProperty("weights").GetString(), stored.GetProperty("policies")[1].GetProperty("weights").GetString());
        var source = imported.GetProperty("imported");
        Assert.Equal("1.safetensors", source.GetProperty("file").GetString());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(directory["1.safetensors"]))), source.GetProperty("sha256").GetString());
        Assert.Contains("1.safetensors, SHA-256 " + source.GetProperty("sha256").GetString()![..16], (await RunAsync(directory, "query agent mine/0/1")).Out, StringComparison.Ordinal);
        Assert.Contains("imported from", (await RunAsync(directory, "population status mine")).Out, StringComparison.Ordinal);
        Assert.Equal("finished", (await JsonAsync(directory, "population status mine")).GetProperty("phase").GetString());

        // The same weights play the same episode, alone and beside agents that were trained here.
        Assert.Equal(Frames(await JsonAsync(directory, "replay r.srpo/0 --steps 5")), Frames(await JsonAsync(directory, "replay mine/0 --steps 5")));
        Assert.Equal(Frames(await JsonAsync(directory, "replay r.srpo/0/0 r.ippo/1/1 --steps 5")), Frames(await JsonAsync(directory, "replay mine/0/0 r.ippo/1/1 --steps 5")));
        Assert.Contains("left after 1 steps", (await InProcess.TypeAsync(directory.Root, "w\nq\n", "play", "overcooked", "mine/0")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        var played = await RunAsync(directory, "crossplay mine r.ippo --episodes 2 --steps 5 --id c");
        Assert.Contains("mine: imported from 0.safetensors, SHA-256 ", played.Out, StringComparison.Ordinal);
        Assert.Contains(original.GetProperty("weights").GetString()!, await File.ReadAllTextAsync(directory["runs/c/summary.json"]), StringComparison.Ordinal);

        // It leaves as it came, travels as any run, and is never trained.
        await RunAsync(directory, "export mine/0/1 again.safetensors");
        Assert.Equal(source.GetProperty("sha256").GetString(), Safetensors.Read(await File.ReadAllBytesAsync(directory["again.safetensors"]), "again").Metadata["imported.sha256"]);
        await RunAsync(directory, "runs pack mine -o mine.srpo");
        await RunAsync(directory, "runs unpack mine.srpo --data other");
        Assert.Equal(Frames(await JsonAsync(directory, "replay mine/0 --steps 5")), Frames(await JsonAsync(directory, "replay mine/0 --steps 5 --data other")));
        Assert.Contains("was imported and is not trained", (await RunAsync(directory, "population resume mine", ExitCode.Usage)).Error, StringComparison.Ordinal);
        Assert.Equal("finished", (await JsonAsync(directory, "population status mine")).GetProperty("phase").GetString());
        Assert.Contains("'mine' here already", (await RunAsync(directory, "import 0.safetensors --names torch.json --environment overcooked --as mine", ExitCode.InUse)).Error, StringComparison.Ordinal);
        await RunAsync(directory, "population start own --method imported --iterations 1", ExitCode.Usage);
        await RunAsync(directory, "runs delete c --yes");
        await RunAsync(directory, "runs delete mine --yes");
        await RunAsync(directory, "import 1.safetensors --names torch.json --environment overcooked --as mine");
        Assert.Equal(original.GetProperty("weights").GetString(), (await JsonAsync(directory, "query agent mine/0/0")).GetProperty("weights").GetString());
    }

    [Fact]
    public async Task Axes_and_actions_in_another_order_are_put_in_order()
    {
        using var directory = trained.Copy();
        await RunAsync(directory, "export r.srpo/0/0 0.safetensors");
        var file = Safetensors.Read(await File.ReadAllBytesAsync(directory["0.safetensors"]), "0");
        var actions = file["policy.4.bias"].Values.Length;
        int[] order = [.. Enumerable.Range(0, actions).Select(action => (action + 2) % actions)];
        var turned = file.Tensors.Where(tensor => tensor.Name.StartsWith("policy.", StringComparison.Ordinal)).Select(tensor => tensor switch
        {
            { Name: "policy.4.bias" } => tensor with { Values = Mixed(tensor.Values, 1) },
            { Name: "policy.4.weight" } => Turned(tensor with { Values = Mixed(tensor.Values, tensor.Shape[1]) }),
            { Shape.Count: 2 } => Turned(tensor),
            _ => tensor,
        });
        await File.WriteAllBytesAsync(directory["turned.safetensors"], Safetensors.Write(new SafetensorsFile([.. turned], new Dictionary<string, string>())));
        directory.Write("turned.json", Torch.Replace("out,in", "in,out", StringComparison.Ordinal).Replace("\"activation\"", $"\"actions\": [{string.Join(", ", order)}],\n  \"activation\"", StringComparison.Ordinal));
        Assert.Equal((await JsonAsync(directory, "query agent r.srpo/0/0")).GetProperty("weights").GetString(), (await JsonAsync(directory, "import turned.safetensors --names turned.json --environment overcooked")).GetProperty("policies")[0].GetProperty("weights").GetString());

        // Output order[a] of the file stands for action a.
        float[] Mixed(float[] values, int width)
        {
            var mixed = new float[values.Length];
            for (var action = 0; action < actions; action++) values.AsSpan(action * width, width).CopyTo(mixed.AsSpan(order[action] * width));
            return mixed;
        }

        static SafetensorsTensor Turned(SafetensorsTensor tensor)
        {
            var (rows, columns) = (tensor.Shape[0], tensor.Shape[1]);
            var values = new float[tensor.Values.Length];
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++) values[column * rows + row] = tensor.Values[row * columns + column];
            }

            return new SafetensorsTensor(tensor.Name, [columns, rows], values);
        }
    }

    [PythonFact("numpy")]
    public async Task A_network_that_numpy_wrote_gives_the_probabilities_of_numpy()
    {
        using var directory = new TemporaryDirectory();
        var observed = (await JsonAsync(directory, "show observation overcooked --encoding absolute")).GetProperty("observation").GetArrayLength();
        directory.Write("network.py", Numpy);
        var ran = Python.Run(Python.With("numpy")!, directory.Root, "network.py", $"[{observed}, 24, 16, 5]")!;
        Assert.True(ran.Code == 0, ran.Error);
        var expected = JsonSerializer.Deserialize<double[][]>(ran.Out)!;
        directory.Write("flax.json", """
            {
              "activation": "relu",
              "axes": "in,out",
              "encoding": "absolute",
              "head": "logits",
              "layers": [
                { "weight": "params/Dense_0/kernel", "bias": "params/Dense_0/bias", "norm": { "scale": "params/LayerNorm_0/scale", "shift": "params/LayerNorm_0/bias" } },
                { "weight": "params/Dense_1/kernel", "bias": "params/Dense_1/bias", "norm": { "scale": "params/LayerNorm_1/scale", "shift": "params/LayerNorm_1/bias" } },
                { "weight": "params/Dense_2/kernel", "bias": "params/Dense_2/bias" }
              ]
            }
            """);
        var found = (await JsonAsync(directory, "import flax.safetensors --names flax.json --environment overcooked --check obs.npy")).GetProperty("policies")[0].GetProperty("probabilities").Deserialize<double[][]>()!;
        Assert.Equal(3, found.Length);
        foreach (var (one, other) in expected.Zip(found))
        {
            Assert.Equal(one.Length, other.Length);
            Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }

        Assert.True(expected[0].Max() - expected[0].Min() > 0.01, "the policy is too near to uniform to tell anything");
        var shown = await RunAsync(directory, "import flax.safetensors --names flax.json --environment overcooked --check obs.npy --as flax");
        Assert.Contains((Math.Floor(1e4 * expected[2][0]) / 1e4).ToString("0.0000", CultureInfo.InvariantCulture), shown.Out, StringComparison.Ordinal);
        await RunAsync(directory, "replay flax/0 --steps 3 --no-wait");
        directory.Write("short.json", "[0, 1]");
        Assert.Contains("an observation has 2 numbers; the policy takes ", (await RunAsync(directory, "import flax.safetensors --names flax.json --environment overcooked --check short.json", ExitCode.Usage)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_is_named_with_what_was_expected()
    {
        using var directory = trained.Copy();
        await RunAsync(directory, "export r.srpo/0/0 0.safetensors");
        directory.Write("torch.json", Torch);
        await RefusedAsync(Torch.Replace("out,in", "in,out", StringComparison.Ordinal), "policy.0.weight (layer 1 weights): expected [", "(inputs, outputs), found [64, ", "it fits with the other order of \"axes\"");
        await RefusedAsync(Torch.Replace("policy.2.bias", "policy.9.bias", StringComparison.Ordinal), "policy.9.bias (layer 2 bias): expected [64], found no such tensor", "Tensors there: policy.0.weight [64, ");
        await RefusedAsync(Torch.Replace("policy.0.bias", "policy.4.bias", StringComparison.Ordinal), "policy.4.bias (layer 1 bias): expected [64], found [");
        await RefusedAsync(Torch.Replace("policy.4.weight", "critic.4.weight", StringComparison.Ordinal), "critic.4.weight (layer 3 weights): expected [", "found [1, 64]");
        await RefusedAsync(Torch.Replace("tanh", "swish", StringComparison.Ordinal), "activation: ", "swish", "(line 2, column ");
        await RefusedAsync(Torch.Replace("axes", "axis", StringComparison.Ordinal), "did you mean 'axes'?");
        await RefusedAsync(Torch.Replace("\"activation\"", "\"head\": \"gaussian\", \"activation\"", StringComparison.Ordinal), "head: ", "write \"logits\"");
        await RefusedAsync(Torch.Replace("\"activation\"", "\"actions\": [0, 0], \"activation\"", StringComparison.Ordinal), "actions: must name every output from 0 to 1 once");
        await RefusedAsync(Torch.Replace("\"activation\"", "\"actions\": [1, 0], \"activation\"", StringComparison.Ordinal), "2 are named");
        await RefusedAsync(Torch.Replace("{ \"weight\": \"policy.0", "{ \"norm\": 1, \"weight\": \"policy.0", StringComparison.Ordinal), "layers[0].norm: must be an object");
        Assert.Contains("expected", (await RunAsync(directory, "import 0.safetensors --names torch.json --environment hanabi", ExitCode.Usage)).Error, StringComparison.Ordinal);
        Assert.Contains("2, one for each seat", (await RunAsync(directory, "import 0.safetensors 0.safetensors 0.safetensors --names torch.json --environment overcooked --as x", ExitCode.Usage)).Error, StringComparison.Ordinal);
        await RunAsync(directory, "import nothing.safetensors --names torch.json --environment overcooked --as x", ExitCode.NotFound);
        await RunAsync(directory, "import torch.json --names torch.json --environment overcooked --as x", ExitCode.Damaged);
        await RunAsync(directory, "population status x", ExitCode.NotFound);

        async Task RefusedAsync(string map, params string[] said)
        {
            directory.Write("wrong.json", map);
            var refused = await RunAsync(directory, "import 0.safetensors --names wrong.json --environment overcooked --as x", ExitCode.Usage);
            foreach (var part in said) Assert.Contains(part, refused.Error, StringComparison.Ordinal);
        }
    }

    private static string Frames(JsonElement replay) => replay.GetProperty("frames").GetRawText();

    private static async Task<Outcome> RunAsync(TemporaryDirectory directory, string line, ExitCode code = ExitCode.Ok) => (await InProcess.RunAsync(directory.Root, line.Split(' '))).Expect(code);

    private static async Task<JsonElement> JsonAsync(TemporaryDirectory directory, string line) => JsonDocument.Parse((await RunAsync(directory, line + " --json")).Out).RootElement;
}
