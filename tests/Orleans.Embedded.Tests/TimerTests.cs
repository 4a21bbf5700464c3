using Orleans.Configuration;
using Orleans.Hosting;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_timer_ticks_first_after_its_due_time_and_then_each_period()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.Start(5 * Second, Second, interleave: false, keepAlive: false);

        host.Time.Advance(4 * Second);
        Assert.Equal(0, await grain.Ticks());
        for (var tick = 1; tick <= 3; tick++)
        {
            host.Time.Advance(Second);
            await Gate.Of(key).Arrival($"tick {tick}");
            Gate.Of(key).Open();
            Assert.Equal(tick, await grain.Ticks());
        }
    }

    [Fact]
    public async Task A_tick_waits_for_the_running_request_and_holds_up_the_next()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.Start(Second, Second, interleave: false, keepAlive: false);
        var running = grain.Hold();
        await Gate.Of(key + "hold").Arrival("the request runs");
        host.Time.Advance(Second);
        var waiting = grain.Ticks();
        Gate.Of(key + "hold").Open();
        await running;

        await Gate.Of(key).Arrival("the tick runs");
        Assert.False(waiting.IsCompleted, "A request ran between the awaits of a tick.");
        Gate.Of(key).Open();
        Assert.Equal(1, await waiting.Soon("the request after the tick runs"));
    }

    [Fact]
    public async Task A_tick_that_may_interleave_does_not_wait()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.Start(Second, Second, interleave: true, keepAlive: false);
        var running = grain.Hold();
        await Gate.Of(key + "hold").Arrival("the request runs");
        host.Time.Advance(Second);
        await Gate.Of(key).Arrival("the tick runs beside the request");
        Assert.False(running.IsCompleted);
        Gate.Of(key).Open();
        Gate.Of(key + "hold").Open();
        await running;
    }

    [Fact]
    public async Task A_stopped_timer_does_not_tick()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.Start(Second, Second, interleave: false, keepAlive: false);
        await grain.Stop();
        host.Time.Advance(10 * Second);
        Assert.Equal(0, await grain.Ticks());
    }

    [Fact]
    public async Task A_changed_timer_ticks_at_its_new_time()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.Start(Second, Second, interleave: false, keepAlive: false);
        await grain.Change(60 * Second, Timeout.InfiniteTimeSpan);
        host.Time.Advance(59 * Second);
        Assert.Equal(0, await grain.Ticks());
        host.Time.Advance(Second);
        await Gate.Of(key).Arrival("the tick at the new time");
        Gate.Of(key).Open();
        Assert.Equal(1, await grain.Ticks());
        host.Time.Advance(600 * Second);
        Assert.Equal(1, await grain.Ticks());
    }

    [Fact]
    public async Task A_timer_changed_during_a_tick_counts_from_the_end_of_the_tick()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.Start(Second, Second, interleave: true, keepAlive: false);
        host.Time.Advance(Second);
        await Gate.Of(key).Arrival("the first tick runs");
        await grain.Change(5 * Second, Second);
        host.Time.Advance(10 * Second);
        Assert.Equal(1, Gate.Of(key).Arrived);
        Gate.Of(key).Open();
        await TestHost.WhenIdle(host.Grains);

        host.Time.Advance(4 * Second);
        await TestHost.WhenIdle(host.Grains);
        Assert.Equal(1, Gate.Of(key).Arrived);
        host.Time.Advance(Second);
        await Gate.Of(key).Arrival("the second tick runs");
        Gate.Of(key).Open();
    }

    [Fact]
    public async Task Deactivation_cancels_the_token_of_a_running_tick()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.StartEndless(Second);
        host.Time.Advance(Second);
        await Gate.Of(key).Arrival("the tick runs");
        await grain.Deactivate();
        await Gate.Of(key + "cancelled").Arrival("the tick sees the cancellation");
        Assert.Equal(0, await grain.Ticks().Soon("a fresh activation answers"));
    }

    [Fact]
    public async Task Deactivation_stops_timers()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.Start(Second, Second, interleave: false, keepAlive: false);
        await grain.Deactivate();
        host.Time.Advance(10 * Second);
        Assert.Equal(0, await grain.Ticks());
        Assert.Equal(0, Gate.Of(key).Arrived);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ticks_keep_a_grain_alive_only_when_asked_to(bool keepAlive)
    {
        await using var host = await TestHost.StartAsync(silo => silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionAge = 10 * Second;
            options.CollectionQuantum = 15 * Second;
        }));
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.Start(7 * Second, Timeout.InfiniteTimeSpan, interleave: false, keepAlive);
        host.Time.Advance(7 * Second);
        await Gate.Of(key).Arrival("the tick");
        Gate.Of(key).Open();
        await TestHost.WhenIdle(host.Grains);

        // Used last at 0 by a request and at 7 by the tick; the collector looks at 15.
        host.Time.Advance(8 * Second);
        await TestHost.WhenIdle(host.Grains);
        Assert.Equal(keepAlive ? 1 : 0, await grain.Ticks());
    }

    [Fact]
    public async Task A_tick_that_fails_does_not_stop_the_timer()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ITicking>(key);
        await grain.StartFailing(Second);
        host.Time.Advance(Second);
        await Gate.Of(key).Arrival("the first tick");
        await grain.Ticks();
        host.Time.Advance(Second);
        await Gate.Of(key).Arrival("the second tick");
    }
}
