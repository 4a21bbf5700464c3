using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class LifeTests
{
    [Fact]
    public async Task A_failing_activation_fails_the_calls_that_wait_for_it_and_the_next_call_tries_again()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        LifeGrain.FailNextActivation[key] = true;
        var grain = host.Grains.GetGrain<ILife>(key);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Number());
        Assert.Equal("not today", exception.Message);
        await Gate.Of(key + "disposed").Arrival("the grain that failed is disposed of");
        Assert.Equal(2, await grain.Number());
    }

    [Fact]
    public async Task Deactivation_lets_the_running_request_finish_and_sends_waiting_ones_to_a_fresh_activation()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ILife>(key);
        var running = grain.DeactivateAndWait();
        await Gate.Of(key).Arrival("the first request runs");
        var waiting = grain.Number();
        Assert.Empty(LifeGrain.EndsOf(key));

        Gate.Of(key).Open();
        Assert.Equal(1, await running.Soon("the running request finishes"));
        Assert.Equal(2, await waiting.Soon("the waiting request runs on a fresh activation"));
        Assert.Equal([DeactivationReasonCode.ApplicationRequested], LifeGrain.EndsOf(key));
    }

    [Fact]
    public async Task An_ended_grain_is_disposed_of_with_its_scope()
    {
        await using var host = await TestHost.StartAsync(silo => silo.Services.AddScoped<ScopedThing>());
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ILife>(key);
        await grain.UseScopedThing();
        await grain.Deactivate();
        await Gate.Of(key + "disposed").Arrival("the grain is disposed of");
        await Gate.Of(key + "scope").Arrival("its scope is disposed of");
    }

    [Fact]
    public async Task Idle_grains_are_collected_and_busy_ones_are_not()
    {
        await using var host = await TestHost.StartAsync(silo => silo.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionAge = TimeSpan.FromMinutes(10);
            options.CollectionQuantum = TimeSpan.FromMinutes(1);
        }));
        var (idleKey, busyKey, usedKey, wishKey) = (TestHost.NewKey(), TestHost.NewKey(), TestHost.NewKey(), TestHost.NewKey());
        await host.Grains.GetGrain<ILife>(idleKey).Number();
        await host.Grains.GetGrain<ILife>(usedKey).Number();
        await host.Grains.GetGrain<ILife>(wishKey).StayFor(TimeSpan.FromHours(1));
        var busy = host.Grains.GetGrain<ILife>(busyKey).WaitForHours();
        await Gate.Of(busyKey).Arrival("the busy grain runs");

        host.Time.Advance(TimeSpan.FromMinutes(8));
        await host.Grains.GetGrain<ILife>(usedKey).Number();
        host.Time.Advance(TimeSpan.FromMinutes(4));
        await Gate.Of(idleKey + "ended").Arrival("the idle grain is collected");
        Assert.Equal([DeactivationReasonCode.ActivationIdle], LifeGrain.EndsOf(idleKey));

        Gate.Of(busyKey).Open();
        await busy.Soon("the busy grain finishes");
        await TestHost.WhenIdle(host.Grains);
        Assert.Empty(LifeGrain.EndsOf(busyKey));
        Assert.Empty(LifeGrain.EndsOf(usedKey));
        Assert.Empty(LifeGrain.EndsOf(wishKey));
        Assert.Equal(2, await host.Grains.GetGrain<ILife>(idleKey).Number());
    }

    [Fact]
    public async Task A_grain_that_is_kept_alive_is_never_collected()
    {
        await using var host = await TestHost.StartAsync();
        var kept = host.Grains.GetGrain<IKept>(1);
        var first = await kept.Me();
        host.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(first, await kept.Me());
    }

    [Fact]
    public async Task A_stopping_host_deactivates_every_grain()
    {
        var host = await TestHost.StartAsync();
        string[] keys = [.. Enumerable.Range(0, 50).Select(_ => TestHost.NewKey())];
        foreach (var key in keys)
            await host.Grains.GetGrain<ILife>(key).Number();
        await host.DisposeAsync();
        Assert.All(keys, key => Assert.Equal([DeactivationReasonCode.ShuttingDown], LifeGrain.EndsOf(key)));
    }

    [Fact]
    public async Task A_stopping_host_lets_running_requests_finish_even_when_they_call_other_grains()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ILife>(key);
        var running = grain.WaitAndAsk(host.Grains.GetGrain<ILife>(TestHost.NewKey()));
        await Gate.Of(key).Arrival("the request runs");

        var lifetime = host.Host.Services.GetRequiredService<IHostApplicationLifetime>();
        var stopping = host.Host.StopAsync();
        Assert.True(lifetime.ApplicationStopping.IsCancellationRequested);
        Gate.Of(key).Open();
        Assert.Equal(1, await running.Soon("the request finishes"));
        await stopping.Soon("the host stops");
        Assert.Equal([DeactivationReasonCode.ShuttingDown], LifeGrain.EndsOf(key));
    }

    [Fact]
    public async Task A_stop_that_takes_too_long_is_cut_and_callers_hear_of_it()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var running = host.Grains.GetGrain<ILife>(key).WaitForHours();
        await Gate.Of(key).Arrival("the request runs");

        await host.Host.StopAsync(new CancellationToken(canceled: true)).Soon("the host stops");
        await Assert.ThrowsAsync<SiloUnavailableException>(() => running);
        Gate.Of(key).Open();
    }

    [Fact]
    public async Task A_grain_that_always_deactivates_does_not_hold_its_callers_for_ever()
    {
        await using var host = await TestHost.StartAsync();
        var exception = await Assert.ThrowsAsync<OrleansMessageRejectionException>(
            () => host.Grains.GetGrain<IRestless>(1).Nothing().Soon("the call ends"));
        Assert.Contains("IRestless.Nothing", exception.Message, StringComparison.Ordinal);
    }
}
