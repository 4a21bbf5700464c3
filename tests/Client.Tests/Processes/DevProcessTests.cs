using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Srpo.Client.Cli;
using Srpo.Client.Development;
using Srpo.Client.Live;
using Srpo.Client.Tests.Support;
using Srpo.Core.Errors;

namespace Srpo.Client.Tests.Processes;

/// <summary>What a development cluster is made of: processes that are remembered, ports, programs that may be missing.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DevProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private DevFolder Folder => new(_directory["dev"]);

    public void Dispose() => _directory.Dispose();

    [LinuxFact]
    public void A_process_is_known_by_its_start_and_no_other_is_taken_for_it()
    {
        using var process = Process.Start("sleep", ["600"]);
        try
        {
            KnownProcess.Of(process.Id).Write(_directory["pid"]);
            var known = KnownProcess.Read(_directory["pid"])!;
            Assert.True(known.IsAlive);
            Assert.Equal(process.Id.ToString(), File.ReadLines(_directory["pid"]).First());
            foreach (var other in new[] { known with { Ticks = known.Ticks - 1 }, known with { Boot = "another" } })
            {
                Assert.False(other.IsAlive);
                other.Signal(UnixSignal.Kill);
            }

            Assert.True(known.IsAlive);
            known.Signal(UnixSignal.Kill);
            process.WaitForExit();
            Assert.False(known.IsAlive);
            Assert.Equal(128 + 9, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    [LinuxFact]
    public async Task A_program_begins_only_when_it_is_noted()
    {
        var (log, began) = (_directory["log"], _directory["began"]);
        Assert.Throws<IOException>(() => DetachedProcess.Start(["touch", began], log, _directory.Root, noted: _ => throw new IOException("the disk is full")));
        var number = 0;
        using (var second = DetachedProcess.Start(["sh", "-c", "echo $VALUE $$; ps -o sid= -p $$"], log, _directory.Root, new Dictionary<string, string?> { ["VALUE"] = "given" }, process => number = process.Id))
        {
            await second.WaitForExitAsync();
            Assert.Equal(0, second.ExitCode);
        }

        // The number stays the same from the note to the program, which has a session of its own.
        Assert.Equal(["given", $"{number}", $"{number}"], File.ReadAllText(log).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log));
        Assert.False(File.Exists(began));
    }

    [LinuxFact]
    public async Task Ending_kills_what_does_not_end_says_so_and_touches_nobody_who_has_a_number_by_chance()
    {
        Folder.Make();
        Folder.Take().Dispose();
        var stubborn = new DevPart(Folder, DevPart.Silo(1));
        stubborn.Start(["sh", "-c", "trap '' TERM; echo begun; while :; do sleep 0.1; done"], _directory.Root);
        await stubborn.ReadyAsync(() => Task.FromResult(stubborn.Said(1) is ["begun"]), TimeSpan.FromMinutes(1), CancellationToken.None);
        var process = stubborn.Known!;

        // The number of a process that somebody else has now: this one.
        var reused = process with { Id = Environment.ProcessId };
        reused.Write(Folder.Process(DevPart.Silo(2)));

        // One that ended after somebody had asked it to, and was interrupted while he waited for it.
        (process with { Ticks = process.Ticks - 1, Asked = true }).Write(Folder.Process(DevPart.Silo(3)));
        Assert.False(new DevPart(Folder, DevPart.Silo(3)).Died);
        var down = (await InProcess.RunAsync(_directory.Root, "dev", "down", "--folder", "dev", "--wait", "1")).Expect(ExitCode.CheckFailed);
        Assert.Contains("silo-1 did not end in time and was killed", down.Out, StringComparison.Ordinal);
        Assert.Contains("silo-2 had died before", down.Out, StringComparison.Ordinal);
        Assert.Contains("silo-3 ended", down.Out, StringComparison.Ordinal);
        Assert.False(process.IsAlive);
        Assert.Empty(Folder.Noted);
    }

    [LinuxFact]
    public async Task Silos_whose_storage_has_died_get_less_time_to_end_which_is_said()
    {
        Folder.Make();
        Folder.Take().Dispose();
        var silo = new DevPart(Folder, DevPart.Silo(1));
        silo.Start(["sh", "-c", "echo begun; exec sleep 600"], _directory.Root);
        await silo.ReadyAsync(() => Task.FromResult(silo.Said(1) is ["begun"]), TimeSpan.FromMinutes(1), CancellationToken.None);
        var process = silo.Known!;
        (process with { Ticks = process.Ticks - 1 }).Write(Folder.Process(DevStorageKind.Azurite.Name()));
        var down = (await InProcess.RunAsync(_directory.Root, "dev", "down", "--folder", "dev")).Expect(ExitCode.Ok);
        Assert.Contains("ending silo-1, at most 10 s: their storage has died, and nothing can be stored", down.Error, StringComparison.Ordinal);
        Assert.Equal(["silo-1 ended", "azurite had died before"], down.Out.Split('\n').Take(2).Select(line => line.Trim()));
        Assert.False(process.IsAlive);
    }

    [LinuxFact]
    public async Task Without_a_cluster_nothing_is_found_and_none_is_made()
    {
        foreach (var line in new[] { "dev status", "dev down", "dev down --delete" })
            Assert.Contains("there is no development cluster in runs/.dev; `srpo dev up` makes one", (await InProcess.RunAsync(_directory.Root, line.Split(' '))).Expect(ExitCode.NotFound).Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));
    }

    [LinuxFact]
    public async Task What_is_missing_is_named_with_the_packages_that_bring_it_and_leaves_nothing_behind()
    {
        // Commands in this process see no PATH.
        var refused = (await InProcess.RunAsync(_directory.Root, "dev", "up", "--storage", "azurite", "--folder", "dev")).Expect(ExitCode.Environment);
        Assert.Contains("node is not on PATH; install it (Debian and Ubuntu: apt-get install nodejs npm)", refused.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'postgres'?", (await InProcess.RunAsync(_directory.Root, "dev", "up", "--storage", "postgre", "--folder", "dev")).Expect(ExitCode.Usage).Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Root));

        var missing = Assert.Throws<SrpoException>(() => PostgresPrograms.Find(_directory.Root, _directory["postgresql"], null));
        Assert.Equal(ErrorKind.Environment, missing.Kind);
        Assert.Contains("apt-get install postgresql", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_programs_of_PostgreSQL_are_those_of_its_data_else_those_on_PATH_else_the_newest()
    {
        foreach (var place in new[] { "postgresql/9.6/bin", "postgresql/15/bin", "postgresql/17/bin", "path" })
            foreach (var program in new[] { "initdb", "postgres" }) _directory.Write($"{place}/{program}", "");
        Directory.CreateDirectory(_directory["postgresql/18/bin"]);
        string Find(string? path, string? version) => Path.GetRelativePath(_directory.Root, PostgresPrograms.Find(path, _directory["postgresql"], version)).Replace('\\', '/');
        Assert.Equal("postgresql/17/bin", Find(null, null));
        Assert.Equal("path", Find(_directory["path"], null));
        Assert.Equal("postgresql/15/bin", Find(_directory["path"], "15"));
        Assert.Equal("path", Find(_directory["path"], "14"));
    }

    [Fact]
    public void A_port_that_is_remembered_is_kept_while_it_is_free_and_no_two_are_the_same()
    {
        using var somebody = new TcpListener(IPAddress.Loopback, 0);
        somebody.Start();
        var taken = ((IPEndPoint)somebody.LocalEndpoint).Port;
        var ports = new PortChooser([taken + 1]);
        var first = ports.Choose(0, taken);
        Assert.True(first > taken + 1, $"{first} is taken");
        var second = ports.Choose(taken, taken);
        Assert.True(second > first);
        Assert.Equal(first, new PortChooser([first]).Choose(first, taken));
    }

    [LinuxFact]
    public async Task A_folder_of_something_else_is_left_alone_and_damaged_settings_are_named()
    {
        _directory.Write("dev/thesis.txt", "mine");
        Assert.Contains("holds something else than a development cluster", (await InProcess.RunAsync(_directory.Root, "dev", "up", "--folder", "dev")).Expect(ExitCode.InUse).Error, StringComparison.Ordinal);
        _directory.Write("dev/cluster.json", """{ "format": 1, "storage": "postgres", "silos": [{ "silo": 11111, "gateway": 99999, "http": 8090 }], "storagePorts": [15432], "dashboardPort": 8093 }""");
        Assert.Contains("cluster.json is damaged", (await InProcess.RunAsync(_directory.Root, "dev", "status", "--folder", "dev")).Expect(ExitCode.Damaged).Error, StringComparison.Ordinal);
        (await InProcess.RunAsync(_directory.Root, "dev", "down", "--delete", "--folder", "dev")).Expect(ExitCode.Ok);
        Assert.Equal(["thesis.txt"], Directory.EnumerateFileSystemEntries(_directory["dev"]).Select(Path.GetFileName));
    }
}
