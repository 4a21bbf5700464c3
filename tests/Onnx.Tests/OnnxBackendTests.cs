using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Learning;
using Srpo.Learning.Devices;
using Srpo.Onnx.Tests.Support;

namespace Srpo.Onnx.Tests;

/// <summary>Graphs give what plain arithmetic gives, and what cannot play is refused with what was expected and what was found.</summary>
public sealed class OnnxBackendTests
{
    private static readonly OnnxBackend Backend = new();

    public static TheoryData<string> Kinds => ["perceptron", "one row", "any axes", "normalised", "convolution", "softmax"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_graph_gives_the_probabilities_of_plain_arithmetic(string kind)
    {
        var (file, logits) = kind switch
        {
            "perceptron" => TestGraphs.Perceptron(),
            "one row" => TestGraphs.Perceptron(batch: 1),
            "any axes" => (TestGraphs.Layer(["N", "features"], ["N", "actions"]).Write(), TestGraphs.LayerLogits),
            "normalised" => TestGraphs.Normalised(),
            "convolution" => TestGraphs.Convolution(),
            _ => TestGraphs.WithSoftmax(),
        };
        var form = kind == "softmax" ? Form(file, GraphHead.Probabilities, "probabilities") : Form(file);
        var report = Backend.Inspect(file, form);
        Assert.Equal("srpo-tests", report.Producer);
        Assert.Equal(17, report.Opset);
        Assert.True(report.Parameters >= TestGraphs.Inputs * TestGraphs.Actions && report.Nodes > 0);
        var observations = TestGraphs.Observations(7);
        var found = Evaluate(form, file, observations);
        for (var row = 0; row < observations.Length; row++)
        {
            var expected = kind == "softmax" ? logits(observations[row]) : TestGraphs.Softmax(logits(observations[row]));
            Assert.True(expected.Max() - expected.Min() > 0.01, "too near to uniform to tell anything");
            Assert.All(expected.Zip(found[row]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

            // The bits do not depend on what is asked beside it.
            Assert.Equal(found[row], Evaluate(form, file, [observations[row]])[0]);
        }
    }

    [Fact]
    public void Actions_in_another_order_and_legal_ones_alone()
    {
        var (file, logits) = TestGraphs.Perceptron();
        int[] order = [3, 0, 4, 1, 2];
        var x = TestGraphs.Observations(2)[1];
        var expected = TestGraphs.Softmax(logits(x));
        var found = Evaluate(Form(file) with { Graph = Form(file).Graph with { Actions = order } }, file, [x])[0];
        Assert.All(order.Select((from, action) => (expected[from], (double)found[action])), pair => Assert.Equal(pair.Item1, pair.Item2, 1e-5));

        byte[] legal = [0, 1, 0, 1, 0];
        var masked = Evaluate(Form(file), file, [x], legal)[0];
        Assert.Equal(expected[1] / (expected[1] + expected[3]), masked[1], 1e-5);
        Assert.Equal([0f, 0f, 0f], [masked[0], masked[2], masked[4]]);

        // Of probabilities the legal ones are scaled; where all of them are 0, they are alike.
        var (given, _) = TestGraphs.WithSoftmax();
        Assert.Equal(masked[1], Evaluate(Form(given, GraphHead.Probabilities, "probabilities"), given, [x], legal)[0][1], 1e-5);
        var certain = new OnnxWriter().Input("x", ["N", TestGraphs.Inputs]).Output("y", ["N", TestGraphs.Actions])
            .Weights("w", [TestGraphs.Inputs, TestGraphs.Actions], new float[TestGraphs.Inputs * TestGraphs.Actions]).Weights("b", [TestGraphs.Actions], [1, 0, 0, 0, 0])
            .Node("MatMul", "x w", "m").Node("Add", "m b", "y").Write();
        Assert.Equal([0, 0.5f, 0, 0.5f, 0], Evaluate(Form(certain, GraphHead.Probabilities), certain, [x], legal)[0]);
    }

    public static TheoryData<string, string[]> Refusals => new()
    {
        { "inputs", ["its input is 'x' of type float, [N, 9]", "expected one input of type float, [N, 12]: an observation"] },
        { "batch", ["its input is 'x' of type float, [4, 12]"] },
        { "double", ["its input is 'x' of type double, [N, 12]", "expected one input of type float"] },
        { "memory", ["it has 2 inputs: 'x' of type float, [N, 12], 'state' of type float, [N, 4]", "Networks with memory"] },
        { "actions", ["its output 'y' is [1, 4] for one observation; expected [1, 5]"] },
        { "outputs", ["it has 2 outputs: 'y' of type float, [N, 5], 'z' of type float, [N, 5]", "\"output\": \"y\""] },
        { "named", ["it has no output 'logits', which the names map asks for; it has 'y' of type float"] },
        { "whole", ["its output is 'y' of type int64", "expected type float, [N, 5]"] },
        { "outside", ["its weights lie in other files (weights.bin)", "external_data=False"] },
        { "random", ["it draws random numbers (RandomUniformLike)"] },
        { "opset", ["it is written for operators of version 99 (opset)", "expected opset "] },
        { "format", ["format 99 (IR)"] },
        { "operator", ["Unheard"] },
        { "infinite", ["number 0 of its output 'y' is ", "expected finite numbers"] },
        { "sum", ["which adds up to ", "expected probabilities, which add up to 1", "\"head\": \"logits\""] },
        { "order", ["the map's 'actions' names 3 outputs; expected 5"] },
        { "reshape", ["it fails when it is given one observation"] },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_play_is_refused_with_what_was_expected_and_what_was_found(string fault, string[] said)
    {
        object[] x = ["N", TestGraphs.Inputs], y = ["N", TestGraphs.Actions];
        var writer = fault switch
        {
            "inputs" => TestGraphs.Layer(["N", 9], y, inputs: 9),
            "batch" => TestGraphs.Layer([4, TestGraphs.Inputs], [4, TestGraphs.Actions]),
            "double" => new OnnxWriter().Input("x", x, OnnxWriter.Double).Output("y", x, OnnxWriter.Double).Node("Identity", "x", "y"),
            "memory" => TestGraphs.Layer(x, y).Input("state", ["N", 4]),
            "actions" => TestGraphs.Layer(x, ["N", 4], actions: 4),
            "outputs" => TestGraphs.Layer(x, y).Output("z", y).Node("Identity", "y", "z"),
            "whole" => new OnnxWriter().Input("x", x).Output("y", x, OnnxWriter.Int64).Node("Cast", "x", "y", ("to", (long)OnnxWriter.Int64)),
            "outside" => new OnnxWriter().Input("x", x).Output("y", y).WeightsOutside("w", [TestGraphs.Inputs, TestGraphs.Actions], "weights.bin").Node("MatMul", "x w", "y"),
            "random" => new OnnxWriter().Input("x", x).Output("y", y).Weights("w", [TestGraphs.Inputs, TestGraphs.Actions], TestGraphs.Numbers(1, 60)).Node("MatMul", "x w", "m").Node("RandomUniformLike", "m", "r").Node("Add", "m r", "y"),
            "opset" => TestGraphs.Layer(x, y, opset: 99),
            "format" => TestGraphs.Layer(x, y, ir: 99),
            "operator" => new OnnxWriter().Input("x", x).Output("y", y).Node("Unheard", "x", "y"),
            "infinite" => new OnnxWriter().Input("x", x).Output("y", y).Weights("w", [TestGraphs.Inputs, TestGraphs.Actions], TestGraphs.Numbers(1, 60)).Node("MatMul", "x w", "m").Node("Log", "m", "y"),
            "reshape" => TestGraphs.Layer([1, TestGraphs.Inputs], ["a", "b"]).Weights("shape", [7]).Node("Reshape", "y shape", "z").Output("z", [7]),
            _ => TestGraphs.Layer(x, y),
        };
        var file = writer.Write();
        var form = fault switch
        {
            "named" => Form(file, output: "logits"),
            "reshape" => Form(file, output: "z"),
            "sum" => Form(file, GraphHead.Probabilities),
            "order" => Form(file) with { Graph = Form(file).Graph with { Actions = [0, 1, 2] } },
            _ => Form(file),
        };
        var error = Assert.Throws<SrpoException>(() => Backend.Inspect(file, form));
        Assert.Equal(ErrorKind.Usage, error.Kind);
        Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(".cc:", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ErrorCode", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sessions_are_shared_by_file_and_closed_by_the_last()
    {
        var file = TestGraphs.Layer(["N", TestGraphs.Inputs], ["N", TestGraphs.Actions], ir: 7).Write();
        using var first = OnnxSession.Acquire(file);
        using (var second = OnnxSession.Acquire([.. file])) Assert.Same(first.Session, second.Session);
        using var third = OnnxSession.Acquire(file);
        Assert.Same(first.Session, third.Session);
        var session = first.Session;
        first.Dispose();
        first.Dispose();
        third.Dispose();
        using var fresh = OnnxSession.Acquire(file);
        Assert.NotSame(session, fresh.Session);
    }

    [Fact]
    public void Damaged_files_are_refused_and_end_nothing()
    {
        var (file, _) = TestGraphs.Convolution();
        var form = Form(file);
        var (refused, damaged) = (0, 0);
        for (var length = 0; length < file.Length; length += 1 + (length / 40)) Try(file[..length]);
        var random = new Random(5);
        for (var trial = 0; trial < 300; trial++)
        {
            byte[] changed = [.. file];
            for (var i = 0; i <= trial % 4; i++) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Try(changed);
        }

        Try(new byte[1000]);
        Try([.. "{\"a\": 1}"u8]);
        Assert.True(refused > 100 && damaged > 50, $"{refused} refused, of which {damaged} damaged");

        void Try(byte[] bytes)
        {
            try
            {
                // A change within a weight leaves a graph that plays.
                Backend.Inspect(bytes, form);
            }
            catch (SrpoException error)
            {
                refused++;
                damaged += error.Kind == ErrorKind.Damaged ? 1 : 0;
                Assert.True(error.Kind is ErrorKind.Damaged or ErrorKind.Usage, error.Message);
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    [Fact]
    public async Task Threads_share_a_session()
    {
        var (file, logits) = TestGraphs.Normalised();
        var observations = TestGraphs.Observations(50);
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Evaluate(Form(file), file, observations))));
        Assert.All(all, found => Assert.Equal(all[0], found));
        Assert.Equal(TestGraphs.Softmax(logits(observations[9]))[2], all[3][9][2], 1e-5);
    }

    [Fact]
    public void A_packed_file_comes_back()
    {
        for (var length = 0; length < 9; length++)
        {
            var file = Enumerable.Range(0, length).Select(i => (byte)(255 - i)).ToArray();
            foreach (var most in new[] { length, length + 1, length + 5 })
            {
                var numbers = PackedFile.Pack(file, most);
                Assert.Equal(PackedFile.Length(most), numbers.Length);
                Assert.True(LearnerState.AreFinite(numbers));
                Assert.Equal(file, PackedFile.Unpack([.. numbers, 7f]));
            }
        }

        Assert.Throws<FormatException>(() => PackedFile.Unpack([1f]));
        Assert.Throws<FormatException>(() => PackedFile.Unpack([0f, 4f, 1f]));
        Assert.Throws<FormatException>(() => PackedFile.Unpack([0f, 3f, 0.5f]));
        Assert.Throws<FormatException>(() => PackedFile.Unpack([-1f, 3f, 1f]));
        Assert.Throws<ArgumentException>(() => PackedFile.Pack(new byte[4], 3));
    }

    private static GraphForm Form(byte[] file, GraphHead head = GraphHead.Logits, string? output = null) => new(new ImportedGraph(file.Length, head, output), TestGraphs.Inputs, TestGraphs.Actions);

    private static float[][] Evaluate(GraphForm form, byte[] file, float[][] observations, byte[]? legal = null)
    {
        using var network = Backend.CreatePolicy(form);
        network.Load(PackedFile.Pack(file, file.Length));
        var (probabilities, logs) = (new float[observations.Length * form.Actions], new float[observations.Length * form.Actions]);
        network.Evaluate(new PolicyBatch { Rows = observations.Length, Observations = observations.SelectMany(row => row).ToArray(), Legal = legal ?? [], LogProbabilities = logs, Probabilities = probabilities });
        Assert.All(probabilities.Zip(logs), pair => Assert.True(pair.First == 0 || Math.Abs(Math.Log(pair.First) - pair.Second) < 1e-4));
        return [.. probabilities.Chunk(form.Actions)];
    }
}
