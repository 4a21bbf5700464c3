using Srpo.Client.Cli;
using Srpo.Client.Sessions;
using Srpo.Client.Tests.Support;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Tests.Processes;

/// <summary>A run in a process of its own that ends while others speak to it.</summary>
public sealed class OwnerEndTests
{
    [Fact]
    public async Task Observers_hear_of_progress_through_the_socket()
    {
        using var run = await LiveRun.StartAsync();
        await using var session = await run.ConnectAsync();
        var observer = new Observer();
        var reference = session.Grains.CreateObjectReference<IPopulationObserver>(observer);
        await session.Grains.GetGrain<ICoordinatorGrain>(LiveRun.Population).SubscribeAsync(reference);
        await run.Process.UntilAsync("an observer heard three times", () => Task.FromResult(observer.Heard >= 3));
        (await run.AskAsync("population", "stop", LiveRun.Population)).Expect(ExitCode.Ok);
        await run.Process.EndAsync();
        Assert.Equal(PopulationPhase.Stopped, observer.Last!.Phase);
    }

    [Fact]
    public async Task Many_clients_ask_at_once_and_killed_ones_are_not_missed()
    {
        using var run = await LiveRun.StartAsync();
        var watching = Enumerable.Range(0, 4).Select(_ => SrpoProcess.Start(run.Root, "population", "watch", LiveRun.Population)).ToArray();
        try
        {
            await using var one = await run.ConnectAsync();
            await using var other = await run.ConnectAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
                (i % 2 == 0 ? one : other).Grains.GetGrain<IAgentGrain>($"{LiveRun.Population}/{i % 4 / 2}/{i % 2}").QueryAsync()));
            Assert.All(answers, answer => Assert.True(answer.Version > 0));

            foreach (var watcher in watching) await watcher.UntilAsync("it watches", () => Task.FromResult(watcher.Errors.Contains("training r.srpo", StringComparison.Ordinal)));
            foreach (var watcher in watching.Take(2)) await watcher.KillAsync();
            await run.GoesOnAsync();

            // The others see the end.
            (await run.AskAsync("population", "pause", LiveRun.Population)).Expect(ExitCode.Ok);
            foreach (var watcher in watching.Skip(2)) Assert.Contains("paused", (await watcher.EndAsync()).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
            (await run.Process.EndAsync()).Expect(ExitCode.Interrupted);
        }
        finally
        {
            foreach (var watcher in watching) watcher.Dispose();
        }
    }

    [Fact]
    public async Task The_end_of_a_process_that_is_asked_is_said_and_reading_goes_on_from_what_it_stored()
    {
        using var run = await LiveRun.StartAsync();
        await using var session = await run.ConnectAsync();
        var coordinator = session.Grains.GetGrain<ICoordinatorGrain>(LiveRun.Population);
        await coordinator.GetStatusAsync();
        using var watcher = SrpoProcess.Start(run.Root, "population", "watch", LiveRun.Population);
        await watcher.UntilAsync("it watches", () => Task.FromResult(watcher.Errors.Contains("training r.srpo", StringComparison.Ordinal)));
        using var playing = SrpoProcess.Start(run.Root, "crossplay", LiveRun.Finished, "--episodes", "1000000", "--id", "x");
        await playing.UntilAsync("the tournament began", async () => (await run.AskAsync("query", "tournament", "x.training")).ExitCode == ExitCode.Ok);

        run.Process.Signal("STOP");
        var call = coordinator.PauseAsync();
        await run.Process.KillAsync();
        var ended = await Assert.ThrowsAsync<OwnerEndedException>(() => call);
        var message = $"process {run.Process.Id} (`srpo run overcooked-paper --id r";
        Assert.Contains(message, ended.Message, StringComparison.Ordinal);
        Assert.EndsWith("ended before it answered; repeat the command to read the stored state", ended.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<OwnerEndedException>(() => coordinator.GetStatusAsync());

        Assert.Contains("paused", (await watcher.EndAsync()).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
        Assert.Contains(message, (await playing.EndAsync()).Expect(ExitCode.Environment).Error, StringComparison.Ordinal);
        (await run.AskAsync("query", "agent", LiveRun.Population + "/0/0")).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task Large_answers_pass_through_the_socket()
    {
        using var run = await LiveRun.StartAsync("--set", "network.hidden=[400,400]");
        (await run.AskAsync("export", LiveRun.Population + "/1/1", "agent.safetensors")).Expect(ExitCode.Ok);
        Assert.True(new FileInfo(Path.Combine(run.Root, "agent.safetensors")).Length > 3_000_000);
    }

    [Fact]
    public async Task Connections_that_say_nothing_do_not_keep_it_from_ending_in_good_order()
    {
        using var run = await LiveRun.StartAsync();
        var connections = await Garbage.SendAsync(run.Owner.Info.Socket!, connections: 20);
        run.Process.Terminate();
        (await run.Process.EndAsync()).Expect(ExitCode.Interrupted);
        foreach (var socket in connections) socket.Dispose();
        Assert.Equal(["r.lock"], Directory.EnumerateFileSystemEntries(run.Data.Live).Select(Path.GetFileName));
    }

    private sealed class Observer : IPopulationObserver
    {
        private volatile PopulationStatus? _last;
        private int _heard;

        public int Heard => Volatile.Read(ref _heard);

        public PopulationStatus? Last => _last;

        public Task OnProgressAsync(PopulationStatus status)
        {
            _last = status;
            Interlocked.Increment(ref _heard);
            return Task.CompletedTask;
        }
    }
}
