using System.Diagnostics;
using Srpo.Client.Tests.Support;

namespace Srpo.Client.Tests.Processes;

/// <summary>The launcher `./srpo` in a source tree of its own, with a stand-in for dotnet that builds and runs nothing.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Dotnet = """
        #!/bin/bash
        case $1 in
          --version) echo 10.0.100 ;;
          build) mkdir -p artifacts/bin/Srpo.Client/release && date +%N >artifacts/bin/Srpo.Client/release/srpo.dll ;;
          *) echo "ran ${*:2}" ;;
        esac
        """;

    private const string Stamp = "tree/artifacts/launch/stamp";

    private readonly TemporaryDirectory _directory = new();
    private DateTime _clock = DateTime.UtcNow.AddDays(-1);

    public LauncherTests()
    {
        foreach (var name in new[] { "srpo", "scripts/common.sh", "global.json", "Directory.Build.props" })
            _directory.Write("tree/" + name, File.ReadAllText(Repository.PathOf(name)));
        _directory.Write("tree/src/Client/Program.cs", "");
        _directory.Write("tree/src/Core/Old.cs", "");
        _directory.Write("tree/bench/Throughput/Bench.cs", "");
        _directory.Write("bin/dotnet", Dotnet);
        foreach (var entry in Directory.EnumerateFileSystemEntries(_directory["tree"], "*", SearchOption.AllDirectories).Append(_directory["tree"])) Directory.SetLastWriteTimeUtc(entry, _clock);
        if (OperatingSystem.IsWindows()) return;
        foreach (var program in new[] { "tree/srpo", "bin/dotnet" }) File.SetUnixFileMode(_directory[program], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => _directory.Dispose();

    [LinuxFact]
    public async Task It_builds_when_there_is_a_reason_and_says_which()
    {
        Assert.Equal((0, "ran experiments\n", "building srpo (first use, one to three minutes)...\n"), await RunAsync("./srpo experiments"));
        Assert.Equal((0, "ran experiments\n", ""), await RunAsync("./srpo experiments"));
        Touch("src/Client/Program.cs");
        Assert.Equal((0, "ran \n", "building srpo (src/Client/Program.cs changed)...\n"), await RunAsync("./srpo"));
        Touch("src/Client/Program.cs", "global.json");
        Assert.Matches(@"^building srpo \((src/Client/Program\.cs|global\.json) and 1 more changed\)\.\.\.\n$", (await RunAsync("./srpo")).Error);
        File.Delete(_directory["tree/src/Core/Old.cs"]);
        Touch("src/Core");
        Assert.Equal("building srpo (src/Core changed)...\n", (await RunAsync("./srpo")).Error);
        Assert.Equal("building srpo (NUGET_PACKAGES changed)...\n", (await RunAsync("NUGET_PACKAGES=/elsewhere ./srpo")).Error);
    }

    [LinuxFact]
    public async Task What_cannot_be_built_is_5()
    {
        _directory.Write("tree/artifacts", "a file where the directory belongs");
        var (code, _, error) = await RunAsync("./srpo");
        Assert.Equal(5, code);
        Assert.Contains("srpo must be built (first use, one to three minutes), and ", error, StringComparison.Ordinal);
        File.Delete(_directory["tree/artifacts"]);
        _directory.Write("bin/dotnet", Dotnet.Replace("build) mkdir", "build) echo 'x.cs(1,1): error' && exit 1; mkdir", StringComparison.Ordinal));
        (code, _, error) = await RunAsync("./srpo");
        Assert.Equal(5, code);
        Assert.Contains("x.cs(1,1): error\nsrpo could not be built; the lines above say why.", error, StringComparison.Ordinal);
    }

    [MountFact]
    public async Task A_read_only_disk_is_5_and_no_hindrance_once_it_is_built()
    {
        Directory.Move(_directory["tree"], _directory["kept"]);
        Directory.CreateDirectory(_directory["tree"]);
        using var disk = SmallDisk.TryMount(_directory["tree"], "8m")!;
        using (var copy = Process.Start("cp", ["-a", _directory["kept"] + "/.", _directory["tree"]])) await copy.WaitForExitAsync();
        disk.Remount("ro");
        var (code, _, error) = await RunAsync("./srpo");
        Assert.Equal(5, code);
        Assert.Contains("cannot be written: the disk is full or read-only", error, StringComparison.Ordinal);
        disk.Remount("rw");
        Assert.Equal(0, (await RunAsync("./srpo")).Code);
        disk.Remount("ro");
        Assert.Equal((0, "ran x\n", ""), await RunAsync("./srpo x"));
    }

    [LinuxFact]
    public async Task A_limit_with_which_the_runtime_does_not_start_is_5()
    {
        foreach (var (setting, expected) in new[]
        {
            ("export DOTNET_GCHeapHardLimit=0x400000", "needs at least 16 MiB of memory, and DOTNET_GCHeapHardLimit=0x400000 allows 4 MiB"),
            ("export COMPlus_GCHeapHardLimit=400000", "needs at least 16 MiB of memory, and COMPlus_GCHeapHardLimit=400000 allows 4 MiB"),
            ("ulimit -v 1000000", "and ulimit -v 1000000 allows 976 MiB"),
        })
        {
            var (code, output, error) = await RunAsync($"{setting}; ./srpo");
            Assert.Equal((5, ""), (code, output));
            Assert.Contains(expected, error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_directory["tree/artifacts"]));
        }

        // No limit, and what the runtime does not take for one.
        foreach (var value in new[] { "0", "nonsense", "0x10000000" }) Assert.Equal(0, (await RunAsync($"DOTNET_GCHeapHardLimit={value} ./srpo")).Code);
    }

    [LinuxFact]
    public async Task Control_groups_of_both_versions_are_read()
    {
        _directory.Write("groups/memory.max", "max\n");
        _directory.Write("groups/job/memory.max", "20971520\n");
        _directory.Write("groups/job/part/memory.max", "max\n");
        _directory.Write("groups/memory/old/memory.limit_in_bytes", "1048576\n");
        foreach (var (membership, expected) in new[]
        {
            ("0::/job/part", $"20971520 33554432 {_directory["groups/job/memory.max"]}\n"), ("0::/", ""), ("0::/of/the/host", ""),
            ("3:cpu:/job\n4:cpuacct,memory:/old", $"1048576 33554432 {_directory["groups/memory/old/memory.limit_in_bytes"]}\n"),
        })
        {
            _directory.Write("membership", membership + "\n");
            Assert.Equal((0, expected, ""), await RunAsync($"root=$PWD; . scripts/common.sh; memory_limit '{_directory["membership"]}' '{_directory["groups"]}'"));
        }
    }

    /// <summary>Puts the build in use before now, and files and folders of the tree after it, on a clock on which no two times are the same.</summary>
    private void Touch(params string[] names)
    {
        File.SetLastWriteTimeUtc(_directory[Stamp], _clock = _clock.AddMinutes(1));
        _clock = _clock.AddMinutes(1);
        foreach (var name in names) Directory.SetLastWriteTimeUtc(_directory["tree/" + name], _clock);
    }

    private async Task<(int Code, string Out, string Error)> RunAsync(string line)
    {
        var start = new ProcessStartInfo("bash", ["-c", line]) { WorkingDirectory = _directory["tree"], RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_directory["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = _directory["bin"];
        foreach (var name in new[] { "NUGET_PACKAGES", "DOTNET_GCHeapHardLimit", "DOTNET_GCHeapHardLimitPercent", "COMPlus_GCHeapHardLimit" }) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
