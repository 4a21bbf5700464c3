namespace Srpo.Onnx.Tests.Support;

/// <summary>Small graphs, each with what it computes in plain doubles.</summary>
internal static class TestGraphs
{
    /// <summary>Numbers of an observation.</summary>
    public const int Inputs = 12;

    /// <summary>Actions.</summary>
    public const int Actions = 5;

    private const int Hidden = 16;

    public delegate double[] Plain(float[] observation);

    /// <summary>tanh between two layers, as PyTorch's nn.Linear is exported: weights [outputs, inputs].</summary>
    public static (byte[] File, Plain Logits) Perceptron(object? batch = null, string output = "logits")
    {
        var (w1, b1, w2, b2) = (Numbers(1, Hidden * Inputs), Numbers(2, Hidden), Numbers(3, Actions * Hidden), Numbers(4, Actions));
        return (Perceptron(Inputs, Hidden, Actions, w1, b1, w2, b2, batch ?? "N", output).Write(), x => Linear(Array.ConvertAll(Linear(x, w1, b1, Hidden), Math.Tanh), w2, b2, Actions));
    }

    /// <summary>The same of any sizes and weights.</summary>
    public static OnnxWriter Perceptron(int inputs, int hidden, int actions, float[] w1, float[] b1, float[] w2, float[] b2, object batch, string output = "logits", long opset = 17) =>
        new OnnxWriter { Opset = opset }
            .Input("observation", [batch, inputs]).Output(output, [batch, actions])
            .Weights("w1", [hidden, inputs], w1).Weights("b1", [hidden], b1).Weights("w2", [actions, hidden], w2).Weights("b2", [actions], b2)
            .Node("Gemm", "observation w1 b1", "h", ("transB", 1L)).Node("Tanh", "h", "t").Node("Gemm", "t w2 b2", output, ("transB", 1L));

    /// <summary>ReLU between two layers of which the observations are normalised before, as running statistics do.</summary>
    public static (byte[] File, Plain Logits) Normalised()
    {
        var (mean, deviation) = (Numbers(5, Inputs), Array.ConvertAll(Numbers(6, Inputs), x => 0.5f + Math.Abs(x)));
        var (w1, b1, w2) = (Numbers(7, Inputs * Hidden), Numbers(8, Hidden), Numbers(9, Hidden * Actions));
        var file = new OnnxWriter()
            .Input("obs", ["batch", Inputs]).Output("scores", ["batch", Actions])
            .Weights("mean", [Inputs], mean).Weights("deviation", [Inputs], deviation).Weights("w1", [Inputs, Hidden], w1).Weights("b1", [Hidden], b1).Weights("w2", [Hidden, Actions], w2)
            .Node("Sub", "obs mean", "centred").Node("Div", "centred deviation", "scaled").Node("MatMul", "scaled w1", "m1").Node("Add", "m1 b1", "a1").Node("Relu", "a1", "r1").Node("MatMul", "r1 w2", "scores");
        return (file.Write(), observation =>
        {
            var x = observation.Select((value, i) => ((double)value - mean[i]) / deviation[i]).ToArray();
            var h = Enumerable.Range(0, Hidden).Select(j => Math.Max(0, b1[j] + Enumerable.Range(0, Inputs).Sum(i => x[i] * w1[(i * Hidden) + j]))).ToArray();
            return [.. Enumerable.Range(0, Actions).Select(a => Enumerable.Range(0, Hidden).Sum(j => h[j] * w2[(j * Actions) + a]))];
        }
        );
    }

    /// <summary>A convolution over the observation as a picture of 3 x 4, then a layer.</summary>
    public static (byte[] File, Plain Logits) Convolution()
    {
        const int rows = 3, columns = 4, channels = 2;
        var (kernel, bias, w, b) = (Numbers(10, channels * 9), Numbers(11, channels), Numbers(12, Actions * channels * Inputs), Numbers(13, Actions));
        var file = new OnnxWriter()
            .Input("picture", ["N", 1, rows, columns]).Output("logits", ["N", Actions])
            .Weights("kernel", [channels, 1, 3, 3], kernel).Weights("bias", [channels], bias).Weights("w", [Actions, channels * Inputs], w).Weights("b", [Actions], b)
            .Node("Conv", "picture kernel bias", "c", ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })).Node("Relu", "c", "r").Node("Flatten", "r", "f", ("axis", 1L))
            .Node("Gemm", "f w b", "logits", ("transB", 1L));
        return (file.Write(), x =>
        {
            var features = new double[channels * Inputs];
            for (var channel = 0; channel < channels; channel++)
            {
                for (var place = 0; place < Inputs; place++)
                {
                    var sum = (double)bias[channel];
                    for (var k = 0; k < 9; k++)
                    {
                        var (row, column) = ((place / columns) + (k / 3) - 1, (place % columns) + (k % 3) - 1);
                        if (row is >= 0 and < rows && column is >= 0 and < columns) sum += kernel[(channel * 9) + k] * x[(row * columns) + column];
                    }

                    features[(channel * Inputs) + place] = Math.Max(0, sum);
                }
            }

            return Linear(features, w, b, Actions);
        }
        );
    }

    /// <summary>The perceptron with the softmax in the graph.</summary>
    public static (byte[] File, Plain Probabilities) WithSoftmax()
    {
        var (_, logits) = Perceptron();
        var (w1, b1, w2, b2) = (Numbers(1, Hidden * Inputs), Numbers(2, Hidden), Numbers(3, Actions * Hidden), Numbers(4, Actions));
        var file = Perceptron(Inputs, Hidden, Actions, w1, b1, w2, b2, "N").Output("probabilities", ["N", Actions]).Node("Softmax", "logits", "probabilities", ("axis", 1L));
        return (file.Write(), x => Softmax(logits(x)));
    }

    /// <summary>A graph of one layer, to be spoilt.</summary>
    public static OnnxWriter Layer(object[] input, object[] output, int inputs = Inputs, int actions = Actions, long opset = 17, long ir = 8) => new OnnxWriter { Opset = opset, IrVersion = ir }
        .Input("x", input).Output("y", output).Weights("w", [inputs, actions], Numbers(20, inputs * actions)).Node("MatMul", "x w", "y");

    /// <summary>What <see cref="Layer"/> computes, of the usual sizes.</summary>
    public static double[] LayerLogits(float[] x)
    {
        var w = Numbers(20, Inputs * Actions);
        return [.. Enumerable.Range(0, Actions).Select(a => Enumerable.Range(0, Inputs).Sum(i => (double)x[i] * w[(i * Actions) + a]))];
    }

    public static double[] Softmax(double[] logits)
    {
        var exponentials = Array.ConvertAll(logits, z => Math.Exp(z - logits.Max()));
        return Array.ConvertAll(exponentials, e => e / exponentials.Sum());
    }

    /// <summary>Observations of zeros and ones, and of other numbers.</summary>
    public static float[][] Observations(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(row => Enumerable.Range(0, Inputs).Select(_ => row % 2 == 0 ? random.Next(2) : (float)(3 * (random.NextDouble() - 0.5))).ToArray())];
    }

    public static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private static double[] Linear(float[] x, float[] w, float[] b, int outputs) => Linear(Array.ConvertAll(x, value => (double)value), w, b, outputs);

    private static double[] Linear(double[] x, float[] w, float[] b, int outputs) =>
        [.. Enumerable.Range(0, outputs).Select(j => b[j] + Enumerable.Range(0, x.Length).Sum(i => x[i] * w[(j * x.Length) + i]))];
}
