using System.Runtime.InteropServices;

namespace Srpo.Language.Torch;

/// <summary>What the kernel is told of large pieces of memory, on Linux. It may not listen: nothing depends on it but time.</summary>
internal static unsafe partial class MemoryAdvice
{
    private const int HugePageAdvice = 14, PopulateReadAdvice = 22;

    /// <summary>Memory that will be filled whole: 2 MiB at a time in place of 4 KiB, which is 500 times fewer faults.</summary>
    /// <param name="start">Its first byte.</param>
    /// <param name="bytes">Its size.</param>
    public static void FillsWhole(byte* start, long bytes) => Advise(start, bytes, HugePageAdvice);

    /// <summary>A part of a mapped file that will be read whole: all its pages in one call.</summary>
    /// <inheritdoc cref="FillsWhole"/>
    public static void ReadsWhole(byte* start, long bytes) => Advise(start, bytes, PopulateReadAdvice);

    private static void Advise(byte* start, long bytes, int advice)
    {
        if (!OperatingSystem.IsLinux() || bytes <= 0) return;
        var page = (nuint)Environment.SystemPageSize;
        var first = (nuint)start / page * page;
        _ = MemoryAdvise((void*)first, (nuint)start + (nuint)bytes - first, advice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* address, nuint length, int advice);
}
