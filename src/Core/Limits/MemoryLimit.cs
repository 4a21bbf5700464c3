using System.Globalization;
using Srpo.Core.Errors;

namespace Srpo.Core.Limits;

/// <summary>
/// How much memory this process may have. The runtime ends with a segmentation fault, or the system kills the process, where a limit is
/// reached at the wrong moment; so what needs more than there is is refused before it begins.
/// </summary>
/// <param name="Heap">Bytes for the objects of .NET.</param>
/// <param name="HeapSource">What sets that limit, for messages.</param>
/// <param name="Process">Bytes for the process as a whole; <see cref="long.MaxValue"/> for no limit.</param>
/// <param name="ProcessSource">What sets that limit, for messages.</param>
public sealed record MemoryLimit(long Heap, string HeapSource, long Process, string ProcessSource)
{
    private const string ControlGroups = "/sys/fs/cgroup";

    /// <summary>The limit of this process.</summary>
    public static MemoryLimit OfProcess { get; } = Find();

    /// <summary>Refuses work that needs more.</summary>
    /// <param name="need">What it needs.</param>
    /// <param name="what">The work, for the message: "this run".</param>
    /// <exception cref="SrpoException">A limit is below the need; the message has both numbers and says what sets the limit.</exception>
    public void Require(MemoryNeed need, string what)
    {
        if (need.Heap > Heap) throw Refused(what, need.Heap, Heap, HeapSource, "for its objects");
        if (need.Process > Process) throw Refused(what, need.Process, Process, ProcessSource, "as a whole");
    }

    /// <summary>The least limit of the control groups that a process is in: of version 2, or of the memory controller of version 1.</summary>
    /// <param name="membership">Lines of /proc/self/cgroup.</param>
    /// <param name="root">Where control groups are mounted.</param>
    /// <returns>The bytes and the file that says so; null where there is no limit.</returns>
    public static (long Bytes, string File)? OfControlGroup(IEnumerable<string> membership, string root)
    {
        ArgumentNullException.ThrowIfNull(membership);
        (long Bytes, string File)? least = null;
        foreach (var line in membership)
        {
            if (line.Split(':', 3) is not [_, var controllers, var path]) continue;
            var (folder, name) = controllers.Length == 0 ? (root, "memory.max") : (Path.Combine(root, "memory"), "memory.limit_in_bytes");
            if (controllers.Length > 0 && !controllers.Split(',').Contains("memory")) continue;

            // A group is bound by those above it, too; in a container the path may be one that only the host has.
            for (var group = path.Trim('/'); ; group = Path.GetDirectoryName(group) ?? "")
            {
                var file = Path.Combine(folder, group, name);
                if (Read(file) is { } bytes && bytes < (least?.Bytes ?? long.MaxValue)) least = (bytes, file);
                if (group.Length == 0) break;
            }
        }

        return least;
    }

    /// <summary>Bytes as people read them.</summary>
    internal static string Mebibytes(long bytes) => (bytes / 1048576.0).ToString(bytes < 10 << 20 ? "0.#" : "0", CultureInfo.InvariantCulture) + " MiB";

    private static MemoryLimit Find()
    {
        (long Bytes, string File)? group = null;
        try
        {
            if (OperatingSystem.IsLinux()) group = OfControlGroup(File.ReadLines("/proc/self/cgroup"), ControlGroups);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then the runtime's own number has to do.
        }

        string[] variables = ["DOTNET_GCHeapHardLimit", "DOTNET_GCHeapHardLimitPercent", "COMPlus_GCHeapHardLimit", "COMPlus_GCHeapHardLimitPercent"];
        var variable = Array.Find(variables, name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });
        var source = variable is not null ? $"{variable}={Environment.GetEnvironmentVariable(variable)}"
            : group is { } limited ? $"three quarters of {limited.File}" : "the memory of this machine";
        return new MemoryLimit(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, source, group?.Bytes ?? long.MaxValue, group?.File ?? "");
    }

    private static long? Read(string file)
    {
        try
        {
            return File.Exists(file) && long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes < 1L << 60 ? bytes : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static SrpoException Refused(string what, long need, long limit, string source, string part) => new(
        ErrorKind.Environment, $"{what} needs at least {Mebibytes(need)} of memory {part}, and {source} allows {Mebibytes(limit)}; raise the limit, or give it less to do");
}

/// <summary>How much memory work needs, at the least.</summary>
/// <param name="Heap">Bytes for the objects of .NET.</param>
/// <param name="Process">Bytes for the process as a whole.</param>
public readonly record struct MemoryNeed(long Heap, long Process)
{
    private const long Mebibyte = 1 << 20;

    /// <summary>Grains that do next to nothing: measured, with some to spare for garbage.</summary>
    public static MemoryNeed Grains { get; } = new(48 * Mebibyte, 128 * Mebibyte);

    /// <summary>This need and more.</summary>
    /// <param name="heap">Bytes of objects.</param>
    /// <param name="native">Bytes that the heap does not hold.</param>
    public MemoryNeed And(double heap, double native) => new(Sum(Heap, heap), Sum(Process, heap + native));

    private static long Sum(long bytes, double more) => bytes + more < 1L << 60 ? bytes + (long)more : 1L << 60;
}
