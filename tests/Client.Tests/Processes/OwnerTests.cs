using Microsoft.Extensions.Hosting;
using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Core.Errors;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Tests.Processes;

/// <summary>A run in a process of its own, and who can speak to it how.</summary>
public sealed class OwnerTests(OwnerTests.Shared shared) : IClassFixture<OwnerTests.Shared>
{
    [LinuxFact]
    public async Task A_run_listens_on_no_port()
    {
        var run = shared.Run;
        var sockets = SocketsOf(run.Process.Id);

        // That of the gateway is found the same way, so that a port would be.
        Assert.Contains(File.ReadLines($"/proc/{run.Process.Id}/net/unix"), line => line.EndsWith("r.socket/gateway", StringComparison.Ordinal) && sockets.Contains(Columns(line)[6]));
        foreach (var table in new[] { "tcp", "tcp6", "udp", "udp6" })
            Assert.DoesNotContain(File.ReadLines($"/proc/{run.Process.Id}/net/{table}").Skip(1), line => sockets.Contains(Columns(line)[9]));
    }

    [OtherUserFact]
    public async Task Another_user_reaches_nothing_of_a_run()
    {
        var run = shared.Run;
        using var program = new TemporaryDirectory();
        OtherUser.CopyForAll(AppContext.BaseDirectory, program.Root);
        OtherUser.LetEnter(run.Root);
        string[] srpo = ["dotnet", program["srpo.dll"]];

        // He can read the directory of the run, and the program works for him.
        Assert.Contains("r.lock", (await OtherUser.RunAsync(run.Root, "ls", Path.Combine(run.Data.Live))).Out, StringComparison.Ordinal);
        Assert.Contains("r: a process of another user", (await OtherUser.RunAsync(run.Root, [.. srpo, "doctor"])).Out, StringComparison.Ordinal);

        string[][] commands =
        [
            ["population", "list"], ["population", "status", LiveRun.Population], ["query", "agent", LiveRun.Population + "/0/0"], ["query", "learner", "cpu/0"],
            ["cluster", "status"], ["population", "pause", LiveRun.Population], ["population", "stop", LiveRun.Population], ["export", LiveRun.Population, "/tmp/none"],
        ];
        foreach (var command in commands)
        {
            var refused = (await OtherUser.RunAsync(run.Root, [.. srpo, .. command])).Expect(ExitCode.InUse);
            Assert.Equal("", refused.Out);
            Assert.Contains("a process of another user is working in", refused.Error, StringComparison.Ordinal);
        }

        // With a copy of the description, as if it had leaked, and without our program.
        using var leaked = new TemporaryDirectory();
        Directory.CreateDirectory(leaked["runs/.live"]);
        File.Copy(Path.Combine(run.Data.Live, "r.json"), leaked["runs/.live/r.json"]);
        using var held = new FileStream(leaked["runs/.live/r.lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        OtherUser.OpenToAll(leaked.Root);
        (await OtherUser.RunAsync(leaked.Root, [.. srpo, "population", "pause", LiveRun.Population])).Expect(ExitCode.InUse);
        var socket = run.Owner.Info.Socket!;
        Assert.Contains("ermission denied", (await OtherUser.RunAsync("/", "ls", Path.GetDirectoryName(socket)!)).Error, StringComparison.Ordinal);
        var raw = await OtherUser.RunAsync("/", "perl", "-MIO::Socket::UNIX", "-e", "IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $ARGV[0]) or die \"refused: $!\\n\"", socket);
        Assert.Contains("refused: Permission denied", raw.Error, StringComparison.Ordinal);

        await run.GoesOnAsync();
    }

    [Fact]
    public async Task Garbage_and_half_open_connections_disturb_nothing()
    {
        var run = shared.Run;
        var connections = await Garbage.SendAsync(run.Owner.Info.Socket!, connections: 100);
        await run.GoesOnAsync();
        foreach (var socket in connections.Where((_, i) => i % 3 == 0)) socket.Dispose();
        await run.GoesOnAsync();
        foreach (var socket in connections) socket.Dispose();
    }

    [Fact]
    public async Task A_client_with_the_name_of_another_cluster_is_refused()
    {
        var run = shared.Run;
        foreach (var cluster in new[] { run.Owner.Info.ClusterId!, "default" })
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.UseOrleansClient(client => client
                .UseLocalSilo(cluster, run.Owner.Info.Socket!)
                .UseConnectionRetryFilter((_, _) => Task.FromResult(false)));
            using var client = builder.Build();
            if (cluster == "default")
            {
                await Assert.ThrowsAnyAsync<OrleansException>(() => client.StartAsync());
            }
            else
            {
                await client.StartAsync();
                await client.StopAsync();
            }
        }

        await run.GoesOnAsync();
    }

    [Fact]
    public async Task A_client_connects_again_when_its_connection_breaks()
    {
        var run = shared.Run;
        using var wire = new SocketForwarder(run.Owner.Info.Socket!);
        var owner = run.Owner;
        await using var session = (await OwnerSession.TryConnectAsync(run.Data, owner with { Info = owner.Info with { Socket = wire.Path } }, CancellationToken.None, CancellationToken.None))!;
        var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(LiveRun.Population);
        Assert.Equal(PopulationPhase.Training, (await coordinator.GetStatusAsync()).Phase);

        // A call that waits for its answer meanwhile fails, rather than waiting for an answer that never comes.
        run.Process.Signal("STOP");
        var waiting = coordinator.GetStatusAsync();
        wire.Cut();
        var broken = await Assert.ThrowsAsync<SrpoException>(() => waiting);
        Assert.Equal(ErrorKind.Environment, broken.Kind);
        Assert.Contains("broke; repeat the command", broken.Message, StringComparison.Ordinal);

        run.Process.Signal("CONT");
        await run.Process.UntilAsync("the client is connected again", async () =>
        {
            try
            {
                return (await coordinator.GetStatusAsync()).Phase == PopulationPhase.Training;
            }
            catch (SrpoException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task A_process_that_does_not_answer_is_named_and_Ctrl_C_ends_the_waiting()
    {
        var run = shared.Run;
        using var stop = new CancellationTokenSource();
        await using var session = await run.ConnectAsync(stop.Token);
        run.Process.Signal("STOP");
        var call = session.Grains.GetGrain<ICoordinatorGrain>(LiveRun.Population).GetStatusAsync();
        using var asking = SrpoProcess.Start(run.Root, "query", "agent", LiveRun.Population + "/0/0");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        var silent = (await asking.EndAsync()).Expect(ExitCode.Environment);
        Assert.Contains($"process {run.Process.Id} (`srpo run", silent.Error, StringComparison.Ordinal);
        Assert.Contains("does not answer", silent.Error, StringComparison.Ordinal);
        run.Process.Signal("CONT");
        await run.GoesOnAsync();
    }

    /// <summary>Numbers of the sockets that a process has open.</summary>
    private static HashSet<string> SocketsOf(int process) => [.. Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
        .Select(path => new FileInfo(path).LinkTarget ?? "")
        .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
        .Select(target => target["socket:[".Length..^1])];

    private static string[] Columns(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One run for all of these tests.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        internal LiveRun Run { get; private set; } = null!;

        public async Task InitializeAsync() => Run = await LiveRun.StartAsync();

        public Task DisposeAsync()
        {
            Run.Dispose();
            return Task.CompletedTask;
        }
    }
}
