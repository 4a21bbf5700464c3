using BenchmarkDotNet.Attributes;
using Srpo.Learning.Devices.Cpu;

namespace Srpo.Bench;

/// <summary>
/// The kernels at the sizes of the gridworld's networks; `srpo bench` reports the same sizes without BenchmarkDotNet's rigour. Kernels that work in
/// place get their inputs back in every call, or these would sink to zeros and denormal numbers: subtract what <see cref="Restore"/> takes.
/// </summary>
[MemoryDiagnoser]
public unsafe class KernelBenchmarks
{
    private const int Rows = 96;
    private const int Width = 64;
    private readonly NativeBuffer _x = new();
    private readonly NativeBuffer _w = new();
    private readonly NativeBuffer _y = new();
    private readonly NativeBuffer _kept = new();
    private KernelSet _kernels = KernelSet.Default;

    /// <summary>Vector width.</summary>
    [Params("512", "256", "portable")]
    public string Kernels { get; set; } = "512";

    [GlobalSetup]
    public void Setup()
    {
        _kernels = KernelSet.Choose(Kernels);
        foreach (var (buffer, count) in new[] { (_x, Rows * Width), (_w, Width * Width), (_y, Rows * Width), (_kept, Rows * Width) })
        {
            var p = buffer.Ensure(count);
            for (var i = 0; i < count; i++) p[i] = (float)Math.Sin(i) * 0.5f;
        }
    }

    [Benchmark]
    public void Multiply() => _kernels.Multiply(_x.Pointer, Width, _w.Pointer, null, _y.Pointer, Rows, Width, Width);

    [Benchmark]
    public void AccumulateOuter() => _kernels.AccumulateOuter(_x.Pointer, Width, _y.Pointer, _w.Pointer, Rows, Width, Width);

    [Benchmark]
    public void Restore() => new ReadOnlySpan<float>(_kept.Pointer, Rows * Width).CopyTo(new Span<float>(_y.Pointer, Rows * Width));

    [Benchmark]
    public void RestoreAndTanh()
    {
        Restore();
        _kernels.Tanh(_y.Pointer, Rows * Width);
    }

    [Benchmark]
    public void RestoreAndTanhGradient()
    {
        Restore();
        _kernels.TanhGradient(_x.Pointer, _y.Pointer, Rows * Width);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _x.Dispose();
        _w.Dispose();
        _y.Dispose();
        _kept.Dispose();
    }
}
