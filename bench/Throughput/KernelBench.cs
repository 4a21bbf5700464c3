using Srpo.Core.Settings;
using Srpo.Learning;
using Srpo.Learning.Devices;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Bench.Throughput;

/// <summary>
/// The kernels on one core, with as many rows as networks are evaluated in at a time. Inputs are ordinary numbers of both signs, and are put back
/// where kernels work in place: what is multiplied again and again would sink into the range of denormal numbers, which take several times as
/// long.
/// </summary>
internal sealed unsafe class KernelBench(KernelSet kernels) : IDisposable
{
    private const int Rows = 96;
    private const int Actions = 6;

    /// <summary>Floating-point operations of a tanh as the kernels compute it, a division counting one.</summary>
    private const int TanhFlops = 30;

    /// <summary>The same for an action's probability and its logarithm.</summary>
    private const int SoftmaxFlops = 33;

    /// <summary>The same for a step of Adam on one parameter.</summary>
    private const int AdamFlops = 13;

    private readonly List<NativeBuffer> _buffers = [];
    private readonly List<IDisposable> _networks = [];

    /// <summary>What is measured.</summary>
    public IReadOnlyList<Probe> Probes()
    {
        var probes = new List<Probe>();
        foreach (var width in new[] { 64, 128, 256, 512 }) probes.AddRange(Dense(width));
        probes.AddRange(Elementwise());
        foreach (var memory in new[] { 0, 64 }) probes.Add(Network(memory));
        return probes;
    }

    public void Dispose()
    {
        foreach (var network in _networks) network.Dispose();
        foreach (var buffer in _buffers) buffer.Dispose();
    }

    /// <summary>The product of a forward pass, and the two of a backward pass. What is summed grows slowly and stays ordinary.</summary>
    private Probe[] Dense(int width)
    {
        var (x, w, bias, y) = (Filled(Rows * width, 1), Filled(width * width, 2), Filled(width, 3), Filled(Rows * width, 4));
        var (transposed, d, g) = (Filled(width * width, 5), Filled(Rows * width, 6), Filled(width * width, 7));
        var flops = DenseFlops(Rows, width, width);
        var (activations, weights) = (sizeof(float) * Rows * (long)width, sizeof(float) * (long)width * width);
        var detail = $"{Rows} rows, {width} to {width}";
        return
        [
            Probe.OfCalls(
                BenchGroups.Kernels, $"dense forward {width}", detail, ("GFLOP/s", 1e9),
                new Work(flops, flops, (2 * activations) + weights + (sizeof(float) * width), (2 * activations) + weights),
                () => kernels.Multiply(x.Pointer, width, w.Pointer, bias.Pointer, y.Pointer, Rows, width, width)),
            Probe.OfCalls(
                BenchGroups.Kernels, $"dense backward {width}", detail, ("GFLOP/s", 1e9),
                new Work(2 * flops, 2 * flops, (4 * activations) + (3 * weights), (3 * activations) + (2 * weights)),
                () =>
                {
                    kernels.AccumulateOuter(x.Pointer, width, d.Pointer, g.Pointer, Rows, width, width);
                    kernels.Multiply(d.Pointer, width, transposed.Pointer, null, y.Pointer, Rows, width, width);
                }),
        ];
    }

    /// <summary>Operations of a product with a weight matrix, whichever way: a multiply-add for every row and weight.</summary>
    public static double DenseFlops(double rows, int inputs, int outputs) => 2.0 * rows * inputs * outputs;

    private Probe[] Elementwise()
    {
        const int Count = Rows * 64;
        const int Parameters = 4096;
        var (x, d) = (Copied(Count, 1), Copied(Count, 2));
        var h = Filled(Count, 3);
        var gradient = Filled(Parameters, 8);
        var (parameters, first) = (Copied(Parameters, 9), Copied(Parameters, 10));
        var second = Copied(Parameters, 11, value => (value * value) + 1e-4f);
        return
        [
            InPlace("tanh", Count, TanhFlops, moved: 2, arrays: 1, () => kernels.Tanh(x.Work.Pointer, Count), x.Restore),
            InPlace("tanh gradient", Count, flops: 4, moved: 3, arrays: 2, () => kernels.TanhGradient(h.Pointer, d.Work.Pointer, Count), d.Restore),
            InPlace("relu", Count, flops: 1, moved: 2, arrays: 1, () => kernels.Relu(x.Work.Pointer, Count), x.Restore),
            InPlace("relu gradient", Count, flops: 1, moved: 3, arrays: 2, () => kernels.ReluGradient(h.Pointer, d.Work.Pointer, Count), d.Restore),
            Softmax(),
            InPlace(
                "adam", Parameters, AdamFlops, moved: 7, arrays: 4,
                () => kernels.Adam(gradient.Pointer, parameters.Work.Pointer, first.Work.Pointer, second.Work.Pointer, Parameters, 1e-4f, 1f, 1e-8f),
                () =>
                {
                    parameters.Restore();
                    first.Restore();
                    second.Restore();
                }),
        ];
    }

    private Probe Softmax()
    {
        const int Stride = 16;
        var (logits, mask) = (Filled(Rows * Stride, 4), Filled(Stride, 5));
        var (logProbabilities, probabilities) = (Filled(Rows * Stride, 6), Filled(Rows * Stride, 7));
        for (var a = 0; a < Stride; a++) mask.Pointer[a] = a < Actions ? 1 : 0;
        for (var i = 0; i < Rows * Stride; i++) logits.Pointer[i] *= mask.Pointer[i % Stride];
        return Probe.OfCalls(
            BenchGroups.Kernels, "softmax", $"{Rows} rows of {Actions} actions, with logarithms", ("G elements/s", 1e9),
            new Work(Rows * Actions, SoftmaxFlops * Rows * Actions, 3 * sizeof(float) * Rows * Actions, 3 * sizeof(float) * Rows * Stride),
            () => kernels.LogSoftmax(logits.Pointer, mask.Pointer, 0, logProbabilities.Pointer, probabilities.Pointer, Rows, Actions, Stride));
    }

    /// <summary>A kernel that changes what it is given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="flops">Operations for each.</param>
    /// <param name="moved">Numbers read and written for each.</param>
    /// <param name="arrays">Arrays of so many elements that it works in.</param>
    /// <param name="call">The call.</param>
    /// <param name="restore">Puts the inputs back.</param>
    private static Probe InPlace(string name, int count, int flops, int moved, int arrays, Action call, Action restore) => Probe.OfCalls(
        BenchGroups.Kernels, name, $"{count} elements", ("G elements/s", 1e9),
        new Work(count, (double)flops * count, (double)moved * sizeof(float) * count, (long)arrays * sizeof(float) * count), call, restore);

    /// <summary>A whole policy as it plays, a step of its memory included where it has one: that settles at what it would carry for ever.</summary>
    private Probe Network(int memory)
    {
        var shape = new NetworkShape(32, [64, 64], Actions, Activation.Tanh, gru: memory);
        var network = new CpuDevice(kernels).CreatePolicy(shape);
        _networks.Add(network);
        var parameters = new float[shape.ParameterCount];
        for (var i = 0; i < parameters.Length; i++) parameters[i] = Value(i, 1) / 4;
        network.Load(parameters);
        var observations = new float[Rows * shape.Inputs];
        for (var i = 0; i < observations.Length; i++) observations[i] = Value(i, 2);
        var (state, probabilities) = (new float[Rows * memory], new float[Rows * Actions]);
        return Probe.OfCalls(
            BenchGroups.Kernels, memory > 0 ? $"policy with GRU {memory}" : "policy", $"{Rows} rows, {shape.Inputs}-64-64{(memory > 0 ? $"-GRU {memory}" : "")}-{Actions}", ("M rows/s", 1e6),
            new Work(Rows, Rows * NetworkFlops.Forward(shape)),
            () => network.Evaluate(new PolicyBatch { Rows = Rows, Observations = observations, State = state, Probabilities = probabilities }));
    }

    private NativeBuffer Filled(int count, int salt)
    {
        var buffer = new NativeBuffer();
        _buffers.Add(buffer);
        var p = buffer.Ensure(count);
        for (var i = 0; i < count; i++) p[i] = Value(i, salt);
        return buffer;
    }

    /// <summary>Numbers that a kernel changes, and how they come back.</summary>
    private (NativeBuffer Work, Action Restore) Copied(int count, int salt, Func<float, float>? value = null)
    {
        var (work, kept) = (Filled(count, salt), Filled(count, salt));
        for (var i = 0; value is not null && i < count; i++) kept.Pointer[i] = value(kept.Pointer[i]);
        return (work, () => new ReadOnlySpan<float>(kept.Pointer, count).CopyTo(new Span<float>(work.Pointer, count)));
    }

    /// <summary>A number from -0.5 to 0.5, in no order that a processor could foresee.</summary>
    private static float Value(int index, int salt)
    {
        var bits = ((uint)index * 2654435761u) ^ ((uint)salt * 2246822519u);
        bits = (bits ^ (bits >> 15)) * 2246822519u;
        bits = (bits ^ (bits >> 13)) * 3266489917u;
        return ((bits >> 8) / (float)(1 << 24)) - 0.5f;
    }
}

/// <summary>Arithmetic of networks, for one row: the products with their weights; what is done to single elements is not counted.</summary>
internal static class NetworkFlops
{
    /// <summary>A forward pass.</summary>
    public static double Forward(NetworkShape shape) =>
        shape.Body.Layers.Sum(Product) + (shape.Gru > 0 ? Product(shape.Recurrence) + shape.Head!.Layers.Sum(Product) : 0);

    /// <summary>A backward pass: the gradient of every layer's weights, and of every layer's input but the observation's.</summary>
    public static double Backward(NetworkShape shape) => (2 * Forward(shape)) - Product(shape.Body.Layers[0]);

    /// <summary>A product with the weights of a layer, either way, or the outer product of their gradient.</summary>
    private static double Product(LinearLayer layer) => KernelBench.DenseFlops(1, layer.Inputs, layer.Outputs);
}
