using System.Diagnostics;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Bench.Throughput;

/// <summary>Times the kernels at the sizes of the gridworld's networks, at every width that this processor runs natively.</summary>
internal static unsafe class KernelBench
{
    private const int Rows = 96;
    private const int Width = 64;

    public static IReadOnlyList<KernelRate> Run(double secondsEach)
    {
        using var x = new NativeBuffer();
        using var w = new NativeBuffer();
        using var y = new NativeBuffer();
        using var moments = new NativeBuffer();
        using var flat = new NativeBuffer();
        Fill(x, Rows * Width, 1);
        Fill(w, Width * Width, 2);
        Fill(y, Rows * Width, 3);
        Fill(moments, 3 * Width * Width, 4);
        var px = x.Pointer;
        var pw = w.Pointer;
        var py = y.Pointer;
        var pm = moments.Pointer;

        // Where the tanh is flat its gradient is 1: what is multiplied in place stays as it is. Elsewhere it would sink to denormal numbers,
        // which take several times as long.
        var ph = flat.Ensure(Rows * Width);
        for (var i = 2 * Width * Width; i < 3 * Width * Width; i++) pm[i] = Math.Abs(pm[i]);
        var rates = new List<KernelRate>();
        foreach (var kernels in NativeWidths())
        {
            Add("multiply", $"{Rows}x{Width} * {Width}x{Width}", 2.0 * Rows * Width * Width, Rows * Width,
                () => kernels.Multiply(px, Width, pw, null, py, Rows, Width, Width));
            Add("accumulateOuter", $"{Width}x{Rows} * {Rows}x{Width}", 2.0 * Rows * Width * Width, Width * Width,
                () => kernels.AccumulateOuter(px, Width, py, pw, Rows, Width, Width));
            Add("tanh", $"{Rows}x{Width}", 0, Rows * Width, () => kernels.Tanh(px, Rows * Width));
            Add("tanhGradient", $"{Rows}x{Width}", 0, Rows * Width, () => kernels.TanhGradient(ph, py, Rows * Width));
            Add("adam", $"{Width * Width}", 0, Width * Width,
                () => kernels.Adam(pw, pm, pm + (Width * Width), pm + (2 * Width * Width), Width * Width, 1e-4f, 1f, 1e-8f));

            void Add(string name, string shape, double flops, int elements, Action call)
            {
                // Fresh inputs: every kernel works on the same numbers.
                Fill(x, Rows * Width, 1);
                Fill(w, Width * Width, 2);
                Fill(y, Rows * Width, 3);
                var seconds = Median(call, secondsEach);
                rates.Add(new KernelRate(
                    name, shape, kernels.Name, Math.Round(seconds * 1e6, 3), Math.Round(flops / seconds / 1e9, 1),
                    Math.Round(seconds * 1e9 / elements, 4)));
            }
        }

        return rates;
    }

    private static IEnumerable<KernelSet> NativeWidths()
    {
        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated) yield return KernelSet.Vector512;
        if (System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated) yield return KernelSet.Vector256;
        yield return KernelSet.Portable;
    }

    private static void Fill(NativeBuffer buffer, int count, int salt)
    {
        var p = buffer.Ensure(count);
        for (var i = 0; i < count; i++) p[i] = (float)Math.Sin((i * 0.7) + salt) * 0.5f;
    }

    /// <summary>Median over ten groups of calls, after a warm-up.</summary>
    private static double Median(Action call, double seconds)
    {
        var clock = Stopwatch.StartNew();
        var calls = 0L;
        while (clock.Elapsed.TotalSeconds < seconds / 3)
        {
            call();
            calls++;
        }

        var group = Math.Max(1, calls / 5);
        var times = new double[10];
        for (var i = 0; i < times.Length; i++)
        {
            clock.Restart();
            for (var c = 0; c < group; c++) call();
            times[i] = clock.Elapsed.TotalSeconds / group;
        }

        Array.Sort(times);
        return (times[4] + times[5]) / 2;
    }
}
