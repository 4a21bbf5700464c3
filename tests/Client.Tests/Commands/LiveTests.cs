using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Core.Errors;
using Srpo.Experiments.Data;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Tests.Commands;

public sealed class LiveTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private DataDirectory Data => new(_directory.Root);

    [Fact]
    public void A_lock_is_held_once_and_free_after_its_end()
    {
        using (var held = RunLock.Take(Data, "a"))
        {
            Assert.True(RunLock.IsHeld(Data, "a"));
            Assert.Null(RunLock.TryTake(Data, "a"));
            held.Announce(new LiveInfo(4711, null, "run x", DateTimeOffset.UtcNow));
            var error = Assert.Throws<SrpoException>(() => RunLock.Take(Data, "a"));
            Assert.Equal(ErrorKind.InUse, error.Kind);
            Assert.Contains("process 4711 (`srpo run x`)", error.Message, StringComparison.Ordinal);
        }

        Assert.False(RunLock.IsHeld(Data, "a"));
        RunLock.Take(Data, "a").Dispose();
    }

    [Fact]
    public void First_free_ids_count_up_and_pass_over_runs_and_locks()
    {
        Directory.CreateDirectory(Data.Run("x-1"));
        using var second = RunLock.TakeFirstFree(Data, "x", new HashSet<string>());
        using var third = RunLock.TakeFirstFree(Data, "x", new HashSet<string>());
        Assert.Equal(("x-2", "x-3"), (second.Id, third.Id));
    }

    [Fact]
    public async Task Grains_at_work_are_asked_through_a_socket_that_only_this_user_reaches()
    {
        using var held = RunLock.Take(Data, "a");
        await using var work = await LocalSession.StartAsync(Data, held, "run x", workers: 1, CancellationToken.None);
        var owner = LiveRegistry.FindOwner(Data)!;
        Assert.Equal((Environment.ProcessId, "run x"), (owner.Info.ProcessId, owner.Info.CommandLine));
        Assert.Equal(Path.Combine(_directory.Root, ".live", "a.socket", "gateway"), owner.Info.Socket);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(owner.Info.Socket)!));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory[".live/a.json"]));
        }

        await using var session = (await OwnerSession.TryConnectAsync(Data, owner, CancellationToken.None, CancellationToken.None))!;
        await Assert.ThrowsAsync<UnknownGrainException>(() => session.Grains.GetGrain<ICoordinatorGrain>("nobody").GetStatusAsync());
    }

    [Fact]
    public async Task Each_start_has_another_cluster_and_leaves_nothing_behind()
    {
        var clusters = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var held = RunLock.Take(Data, "a");
            await using var work = await LocalSession.StartAsync(Data, held, "run x", workers: 1, CancellationToken.None);
            clusters.Add(LiveRegistry.FindOwner(Data)!.Info.ClusterId!);
        }

        Assert.Equal(2, clusters.Count);
        Assert.Equal(["a.lock"], Directory.EnumerateFileSystemEntries(Data.Live).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_process_that_is_alive_keeps_others_from_writing()
    {
        using var held = RunLock.Take(Data, "a");
        await using var work = await LocalSession.StartAsync(Data, held, "run x", workers: 1, CancellationToken.None);
        Assert.Equal(ErrorKind.InUse, Assert.Throws<SrpoException>(() => LiveRegistry.EnsureAlone(Data, "b")).Kind);
        LiveRegistry.EnsureAlone(Data, "a");
    }

    [Fact]
    public async Task What_dead_processes_left_is_ignored_and_removed()
    {
        Directory.CreateDirectory(Data.Live);
        var elsewhere = Directory.CreateTempSubdirectory("srpo-test-").FullName; // has mode 0700
        File.WriteAllText(Path.Combine(elsewhere, "gateway"), "");
        OwnDirectory.Make(_directory[".live/a.socket"]);
        _directory.Write(".live/a.socket/gateway", "");
        _directory.Write(".live/a.lock", "4711");
        _directory.Write(".live/a.json", $$"""{ "processId": 4711, "socket": "{{elsewhere}}/gateway", "commandLine": "run x", "started": "2026-01-01T00:00:00Z", "clusterId": "c" }""");
        Assert.Null(LiveRegistry.FindOwner(Data));
        Assert.Empty(LiveRegistry.All(Data));
        var dead = new LiveProcess("a", RunLock.ReadInfo(Data, "a")!);
        Assert.Null(await OwnerSession.TryConnectAsync(Data, dead, CancellationToken.None, CancellationToken.None));

        using var held = RunLock.Take(Data, "a");
        Assert.Equal(["a.lock"], Directory.EnumerateFileSystemEntries(Data.Live).Select(Path.GetFileName));
        Assert.False(Directory.Exists(elsewhere));
    }

    [Fact]
    public async Task A_data_directory_too_deep_for_a_socket_gets_one_elsewhere()
    {
        var data = new DataDirectory(Path.Combine(_directory.Root, new string('d', 120)));
        string socket;
        using (var held = RunLock.Take(data, "a"))
        {
            await using var work = await LocalSession.StartAsync(data, held, "run x", workers: 1, CancellationToken.None);
            var owner = LiveRegistry.FindOwner(data)!;
            socket = owner.Info.Socket!;
            Assert.True(socket.Length <= SocketDirectory.LongestPath);
            Assert.True(OwnDirectory.Is(Path.GetDirectoryName(socket)!));
            await using var session = (await OwnerSession.TryConnectAsync(data, owner, CancellationToken.None, CancellationToken.None))!;
            Assert.Empty(await session.Grains.GetGrain<IDirectoryGrain>(GrainKeys.Directory).GetNamesAsync(WorkKind.Population));
        }

        Assert.False(Path.Exists(Path.GetDirectoryName(socket)));
    }

    [Fact]
    public void A_place_that_somebody_else_prepared_is_not_used()
    {
        if (OperatingSystem.IsWindows()) return;

        // A link to a directory that fits, a file, and a directory that others can enter.
        Directory.CreateDirectory(Data.Live);
        OwnDirectory.Make(_directory["target"]);
        File.CreateSymbolicLink(_directory[".live/link.socket"], _directory["target"]);
        _directory.Write(".live/file.socket", "");
        Directory.CreateDirectory(_directory[".live/open.socket"]);
        foreach (var id in new[] { "link", "file", "open" })
        {
            using var place = SocketDirectory.Create(Data, id);
            Assert.StartsWith(Path.GetTempPath(), place.Socket, StringComparison.Ordinal);
            Assert.True(OwnDirectory.Is(Path.GetDirectoryName(place.Socket)!));
            Assert.True(Path.Exists(_directory[$".live/{id}.socket"]));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["target"]));
        Assert.False(OwnDirectory.Is(_directory[".live/link.socket"]));
        Assert.Throws<IOException>(() => OwnDirectory.Make(_directory["target"]));
    }

    [Fact]
    public void A_description_that_leads_to_a_place_of_others_is_not_followed()
    {
        if (OperatingSystem.IsWindows()) return;
        using var held = RunLock.Take(Data, "a");
        Directory.CreateDirectory(_directory["open"]);
        held.Announce(new LiveInfo(4711, _directory["open/gateway"], "run x", DateTimeOffset.UtcNow, "c"));
        var error = Assert.Throws<SrpoException>(() => LiveRegistry.FindOwner(Data));
        Assert.Equal(ErrorKind.InUse, error.Kind);
        Assert.Contains("process 4711", error.Message, StringComparison.Ordinal);
    }
}
