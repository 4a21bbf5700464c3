using Srpo.Core.Errors;
using Srpo.Core.Limits;

namespace Srpo.Core.Tests.Limits;

public sealed class MemoryLimitTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("srpo-groups-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_least_limit_of_a_group_and_those_above_it_counts()
    {
        Write("memory.max", "max\n");
        Assert.Null(MemoryLimit.OfControlGroup(["0::/"], _root));
        Write("a/memory.max", "1000\n");
        Write("a/b/memory.max", "2000\n");
        Assert.Equal((1000, At("a/memory.max")), MemoryLimit.OfControlGroup(["0::/a/b"], _root));
        Write("a/b/memory.max", "500\n");
        Assert.Equal((500, At("a/b/memory.max")), MemoryLimit.OfControlGroup(["0::/a/b"], _root));

        // Within a container the path of the host is not there.
        Write("memory.max", "700\n");
        Assert.Equal((700, At("memory.max")), MemoryLimit.OfControlGroup(["0::/somewhere/else"], _root));
    }

    [Fact]
    public void Version_1_has_a_controller_for_memory_and_a_number_for_no_limit()
    {
        Write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("memory/job/memory.limit_in_bytes", "800\n");
        Write("cpu/job/memory.limit_in_bytes", "1\n");
        Assert.Equal((800, At("memory/job/memory.limit_in_bytes")), MemoryLimit.OfControlGroup(["5:cpu:/job", "4:cpuacct,memory:/job", "1:name=systemd:/", "nonsense"], _root));
        Assert.Null(MemoryLimit.OfControlGroup(["4:memory:/"], _root));
    }

    [Fact]
    public void What_needs_more_than_there_is_is_refused_with_both_numbers()
    {
        var limit = new MemoryLimit(16 << 20, "DOTNET_GCHeapHardLimit=0x1000000", 100 << 20, "/groups/memory.max");
        limit.Require(new MemoryNeed(16 << 20, 100 << 20), "this run");
        var error = Assert.Throws<SrpoException>(() => limit.Require(new MemoryNeed(48 << 20, 1), "this run"));
        Assert.Equal(ErrorKind.Environment, error.Kind);
        Assert.Contains("this run needs at least 48 MiB of memory for its objects, and DOTNET_GCHeapHardLimit=0x1000000 allows 16 MiB", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<SrpoException>(() => limit.Require(new MemoryNeed(1, 128 << 20), "this run"));
        Assert.Contains("needs at least 128 MiB of memory as a whole, and /groups/memory.max allows 100 MiB", error.Message, StringComparison.Ordinal);
        Assert.Equal(1L << 60, MemoryNeed.Grains.And(1e300, 1e300).Heap);
    }

    [Fact]
    public void This_process_has_more_than_nothing() => MemoryLimit.OfProcess.Require(MemoryNeed.Grains, "a test");

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    private string At(string name) => Path.Combine(_root, name);
}
