using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class TurnTests
{
    [Fact]
    public async Task A_grain_comes_to_life_with_its_first_call_and_only_once()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITurns>(key);
        Assert.Equal(0, Gate.Of(key + "made").Arrived);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => host.Grains.GetGrain<ITurns>(key).Touch())));

        Assert.Equal(1, Gate.Of(key + "made").Arrived);
        Assert.Equal(101, await grain.Touch());
    }

    [Fact]
    public async Task A_request_waits_until_the_one_before_has_finished_with_its_awaits()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITurns>(key);
        var first = grain.Wait();
        await Gate.Of(key).Arrival("the first request runs");

        var second = grain.Touch();
        Assert.Equal("peeked", await grain.Peek());
        Assert.False(second.IsCompleted);

        Gate.Of(key).Open();
        await first.Soon("the first request finishes");
        Assert.Equal(1, await second.Soon("the second request runs"));
    }

    [Fact]
    public async Task Requests_of_one_caller_run_in_order()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<ITurns>(TestHost.NewKey());
        var results = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => grain.Touch()));
        Assert.Equal(Enumerable.Range(1, 500), results);
    }

    [Fact]
    public async Task Code_after_an_await_comes_back_to_the_turns_of_the_grain()
    {
        await using var host = await TestHost.StartAsync();
        Assert.True(await host.Grains.GetGrain<ITurns>(TestHost.NewKey()).StaysOnItsScheduler());
    }

    [Fact]
    public async Task Turns_of_a_reentrant_grain_interleave_but_never_overlap()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<IReentrantTurns>(TestHost.NewKey());
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => grain.CountInSteps(20))));
        Assert.Equal(200 * 20, await grain.Count());
        Assert.Equal(0, await grain.Overlaps());
    }

    [Fact]
    public async Task A_reentrant_class_takes_requests_while_others_wait()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<IReentrantTurns>(key);
        var waiting = grain.Wait();
        await Gate.Of(key).Arrival("the first request runs");
        Assert.Equal(0, await grain.Count().Soon("the second request passes the first"));
        Gate.Of(key).Open();
        await waiting;
    }

    [Fact]
    public async Task Read_only_requests_pass_each_other_but_not_writers()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITurns>(key);
        var readers = new[] { grain.ReadSlowly(), grain.ReadSlowly() };
        await Gate.Of(key).Arrival("the first reader runs");
        await Gate.Of(key).Arrival("the second reader runs beside it");

        var writer = grain.Touch();
        Gate.Of(key).Open();
        await Task.WhenAny(readers).Soon("one reader finishes");
        Assert.Equal("peeked", await grain.Peek());
        Assert.False(writer.IsCompleted, "A writer ran while a reader was still reading.");

        var lateReader = grain.ReadSlowly();
        await Gate.Of(key).Arrival("a later reader runs beside the first");
        Gate.Of(key).Open(2);
        await Task.WhenAll(readers).Soon("both readers finish");
        await lateReader;
        Assert.Equal(1, await writer.Soon("the writer runs"));
    }

    [Fact]
    public async Task A_predicate_of_the_class_decides_what_may_interleave()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<IPredicateTurns>(key);
        var waiting = grain.Say("wait", false);
        await Gate.Of(key).Arrival("the first request runs");

        var impolite = grain.Say("impolite", false);
        Assert.Equal("polite", await grain.Say("polite", true).Soon("the request that the predicate allows runs"));
        Assert.False(impolite.IsCompleted);

        Gate.Of(key).Open();
        await waiting;
        Assert.Equal("impolite", await impolite.Soon("the other request runs"));
    }

    [Fact]
    public async Task A_call_chain_may_come_back_when_the_grain_allows_it()
    {
        await using var host = await TestHost.StartAsync();
        var a = host.Grains.GetGrain<ITurns>(TestHost.NewKey());
        var b = host.Grains.GetGrain<ITurns>(TestHost.NewKey());
        Assert.Equal(1, await a.GoRound(b, allow: true).Soon("the chain comes back"));
    }

    [Fact]
    public async Task Another_call_chain_waits_even_when_both_allow_coming_back()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITurns>(key);
        var holding = grain.HoldAndAllow();
        await Gate.Of(key).Arrival("the first chain runs");

        using var section = RequestContext.AllowCallChainReentrancy();
        var foreign = grain.Touch();
        Assert.Equal("peeked", await grain.Peek());
        Assert.False(foreign.IsCompleted);
        Gate.Of(key).Open();
        await holding;
        Assert.Equal(1, await foreign.Soon("the other chain runs afterwards"));
    }

    [Fact]
    public async Task A_call_chain_that_comes_back_unallowed_waits_until_it_times_out()
    {
        await using var host = await TestHost.StartAsync();
        var keyB = TestHost.NewKey();
        var a = host.Grains.GetGrain<ITurns>(TestHost.NewKey());
        var round = a.GoRound(host.Grains.GetGrain<ITurns>(keyB), allow: false);
        await Gate.Of(keyB + "back").Arrival("the chain reaches the second grain");
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<TimeoutException>(() => round);
    }

    [Fact]
    public async Task A_stateless_worker_has_at_most_its_number_of_activations()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var worker = host.Grains.GetGrain<IWorker>(key);
        var calls = Enumerable.Range(0, 5).Select(_ => worker.Work()).ToArray();
        await Gate.Of(key).Arrival("one worker runs");
        await Gate.Of(key).Arrival("another worker runs beside it");
        Assert.Equal(2, Gate.Of(key).Arrived);

        Gate.Of(key).Open(5);
        await Task.WhenAll(calls);
        Assert.Equal(2, calls.Select(c => c.Result).Distinct().Count());
    }

    [Fact]
    public async Task A_grain_that_blocks_does_not_keep_others_from_running()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var slow = host.Grains.GetGrain<ITurns>(key).Wait();
        await Gate.Of(key).Arrival("the slow grain runs");
        Assert.Equal(1, await host.Grains.GetGrain<ITurns>(TestHost.NewKey()).Touch().Soon("another grain runs"));
        Gate.Of(key).Open();
        await slow;
    }
}
