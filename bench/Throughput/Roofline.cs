using Srpo.Learning.Devices.Cpu;

namespace Srpo.Bench.Throughput;

/// <summary>
/// What one core can do at most: fused multiply-adds in registers, and numbers read and written back in buffers that fit its caches or none.
/// Everything else is a share of that, of whichever takes longer: its arithmetic at the peak, or its bytes at the speed of the memory that
/// holds what it works in (Williams, Waterman and Patterson 2009).
/// </summary>
internal sealed unsafe class Roofline : IDisposable
{
    /// <summary>Name of the roof of arithmetic.</summary>
    public const string Peak = "peak";

    private const int Rounds = 4096;

    /// <summary>
    /// Sizes that are the same on every machine, so that reports compare: what is measured well within the caches of processors of today, and up
    /// to what footprint it is the roof.
    /// </summary>
    private static readonly Level[] Levels =
    [
        new("L1", 16 << 10, 32 << 10), new("L2", 256 << 10, 512 << 10), new("L3", 4 << 20, 16 << 20), new("memory", 256 << 20, long.MaxValue),
    ];

    private readonly KernelSet _kernels;
    private readonly NativeBuffer[] _buffers;

    public Roofline(KernelSet kernels)
    {
        _kernels = kernels;
        _buffers = [.. Levels.Select(_ => new NativeBuffer())];
        Probes = [PeakProbe(), .. Levels.Select(LevelProbe)];
    }

    /// <summary>What is measured.</summary>
    public IReadOnlyList<Probe> Probes { get; }

    /// <summary>The roof of some work, and how many of its items a second it allows; null where nothing of it was counted.</summary>
    /// <param name="work">The work.</param>
    /// <param name="roofs">Best rates of <see cref="Probes"/> by name: operations or bytes per second.</param>
    public static (string Name, double ItemsPerSecond)? Of(Work work, IReadOnlyDictionary<string, double> roofs)
    {
        var level = Levels.First(level => work.Footprint <= level.Most).Name;
        var (arithmetic, memory) = (work.Flops / roofs[Peak], work.Bytes / roofs[level]);
        if (arithmetic <= 0 && memory <= 0) return null;
        return arithmetic >= memory ? (Peak, work.Items / arithmetic) : (level, work.Items / memory);
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers) buffer.Dispose();
    }

    private Probe PeakProbe()
    {
        var expected = (double)Rounds * _kernels.FusedMultiplyAddsPerRound;
        return Probe.OfCalls(
            BenchGroups.Roofs, Peak, $"fused multiply-adds in registers, {_kernels.Name}", ("GFLOP/s", 1e9), new Work(2 * expected, Flops: 2 * expected),
            () =>
            {
                if (_kernels.FusedMultiplyAdds(Rounds) != expected) throw new InvalidOperationException("fused multiply-adds were left out");
            });
    }

    private Probe LevelProbe(Level level, int index)
    {
        // Where memory is short a smaller buffer is better than none.
        var bytes = Math.Min(level.Bytes, Math.Max(1 << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8)) & ~0xFFFL;
        var count = (int)(bytes / sizeof(float));
        var buffer = _buffers[index];
        return Probe.OfCalls(
            BenchGroups.Roofs, level.Name, $"{Size(bytes)} read and written back", ("GB/s", 1e9), new Work(2.0 * bytes, Bytes: 2.0 * bytes),
            () => _kernels.Complement(buffer.Ensure(count), count));
    }

    private static string Size(long bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";

    /// <summary>A cache, or the memory behind all of them.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Bytes">Size of the buffer that it is measured with.</param>
    /// <param name="Most">Largest footprint that it stands for.</param>
    private readonly record struct Level(string Name, long Bytes, long Most);
}
