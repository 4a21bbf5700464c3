using Srpo.Client.Cli;
using Srpo.Client.Data;
using Srpo.Client.Live;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;

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
            var error = Assert.Throws<CommandException>(() => RunLock.Take(Data, "a"));
            Assert.Equal(ExitCode.InUse, error.Code);
            Assert.Contains("process 4711 (`srpo run x`)", error.Message, StringComparison.Ordinal);
        }

        Assert.False(RunLock.IsHeld(Data, "a"));
        RunLock.Take(Data, "a").Dispose();
    }

    [Fact]
    public void First_free_ids_count_up_and_pass_over_runs_and_locks()
    {
        Directory.CreateDirectory(Data.Run("x-1"));
        using var second = RunIds.TakeFirstFree(Data, "x");
        using var third = RunIds.TakeFirstFree(Data, "x");
        Assert.Equal(("x-2", "x-3"), (second.Id, third.Id));
    }

    [Fact]
    public async Task A_command_runs_in_the_process_that_holds_the_grains()
    {
        using var held = RunLock.Take(Data, "a");
        await using var server = LiveServer.Start(Data, held, new NoGrains(), Shell(TextWriter.Null, TextWriter.Null, "run x"));
        var owner = LiveRegistry.FindOwner(Data)!;
        Assert.Equal(Environment.ProcessId, owner.ProcessId);

        var (output, error) = (new StringWriter(), new StringWriter());
        Assert.Equal(0, await LiveClient.TryForwardAsync(owner, Shell(output, error, "doctor --json"), CancellationToken.None));
        Assert.Contains("\"grainRuntime\"", output.ToString(), StringComparison.Ordinal);

        var code = await LiveClient.TryForwardAsync(owner, Shell(output, error, "query agent nonsense"), CancellationToken.None);
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("POPULATION/TEAM/SEAT", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_is_alive_keeps_others_from_writing()
    {
        using var held = RunLock.Take(Data, "a");
        await using var server = LiveServer.Start(Data, held, new NoGrains(), Shell(TextWriter.Null, TextWriter.Null, "run x"));
        Assert.Equal(ExitCode.InUse, Assert.Throws<CommandException>(() => LiveRegistry.EnsureAlone(Data, "b")).Code);
        LiveRegistry.EnsureAlone(Data, "a");
    }

    [Fact]
    public async Task Sockets_of_dead_processes_are_ignored()
    {
        Directory.CreateDirectory(Data.Live);
        _directory.Write(".live/a.lock", "4711");
        _directory.Write(".live/a.json", """{ "processId": 4711, "socket": "/nowhere/a.sock", "commandLine": "run x", "started": "2026-01-01T00:00:00Z" }""");
        Assert.Null(LiveRegistry.FindOwner(Data));
        Assert.Empty(LiveRegistry.All(Data));
        var dead = new LiveInfo(4711, "/nowhere/a.sock", "run x", DateTimeOffset.UtcNow);
        Assert.Null(await LiveClient.TryForwardAsync(dead, Shell(TextWriter.Null, TextWriter.Null, "doctor"), CancellationToken.None));
    }

    [Fact]
    public async Task A_data_directory_too_deep_for_a_socket_gets_one_elsewhere()
    {
        var data = new DataDirectory(Path.Combine(_directory.Root, new string('d', 120)));
        using var held = RunLock.Take(data, "a");
        await using var server = LiveServer.Start(data, held, new NoGrains(), Shell(TextWriter.Null, TextWriter.Null, "run x"));
        var owner = LiveRegistry.FindOwner(data)!;
        Assert.True(owner.Socket!.Length <= LiveServer.LongestSocketPath);
        Assert.Equal(0, await LiveClient.TryForwardAsync(owner, Shell(TextWriter.Null, TextWriter.Null, "doctor --json"), CancellationToken.None));
    }

    private Shell Shell(TextWriter output, TextWriter error, string line) =>
        new(output, error, _directory.Root, 80, false, false) { Arguments = line.Split(' ') };

    private sealed class NoGrains : IGrainSession
    {
        public Orleans.IGrainFactory Grains => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
