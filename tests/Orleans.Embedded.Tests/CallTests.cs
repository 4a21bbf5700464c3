using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class CallTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    public static string? AmbientValue => Ambient.Value;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exceptions_reach_the_caller_with_their_type_and_stack(bool beforeTheFirstAwait)
    {
        await using var host = await TestHost.StartAsync();
        var failing = host.Grains.GetGrain<ICalls>(TestHost.NewKey()).Fail(beforeTheFirstAwait);
        var exception = await Assert.ThrowsAsync<CallFailedException>(() => failing);
        Assert.Contains(nameof(CallsGrain), exception.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_kinds_of_results_arrive()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<ICalls>(TestHost.NewKey());
        Assert.Equal(7, await grain.Value(7, delay: false));
        Assert.Equal(8, await grain.Value(8, delay: true));
        await grain.Nothing();
        Assert.Equal("one two", await grain.Join("one", "two"));
        Assert.Equal(36, await grain.Sum(1, 2, 3, 4, 5, 6, 7, 8));
    }

    [Fact]
    public async Task Interfaces_that_are_internal_to_their_assembly_work()
    {
        await using var host = await TestHost.StartAsync();
        Assert.Equal(new Secret(3), await host.Grains.GetGrain<IHidden>(5).Tell(new Secret(3)));
    }

    [Fact]
    public async Task A_caller_that_waits_too_long_sees_a_timeout_while_the_grain_goes_on()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ICalls>(key);
        var call = grain.WaitAndNote();
        await Gate.Of(key).Arrival("the request runs");

        host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("ICalls.WaitAndNote", exception.Message, StringComparison.Ordinal);

        Gate.Of(key).Open();
        await Gate.Of(key + "after").Arrival("the request goes on after its caller has left");
        Assert.Equal(1, await grain.Value(1, delay: false));
    }

    [Fact]
    public async Task A_request_whose_caller_left_before_its_turn_is_not_run()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ICalls>(key);
        var running = grain.WaitForHours();
        await Gate.Of(key).Arrival("the first request runs");

        var waiting = grain.WaitAndNote();
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Gate.Of(key).Open();
        await running.Soon("the request with the longer timeout of its attribute finishes");
        await grain.Nothing();
        Assert.Equal(1, Gate.Of(key).Arrived);
    }

    [Fact]
    public async Task The_response_timeout_can_be_configured()
    {
        await using var host = await TestHost.StartAsync(silo =>
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5)));
        var key = TestHost.NewKey();
        var call = host.Grains.GetGrain<ICalls>(key).WaitAndNote();
        await Gate.Of(key).Arrival("the request runs");
        host.Time.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Gate.Of(key).Open();
    }

    [Fact]
    public async Task A_cancelled_token_reaches_the_grain_and_frees_the_caller()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        using var source = new CancellationTokenSource();
        var call = host.Grains.GetGrain<ICalls>(key).WaitForCancellation(source.Token);
        await Gate.Of(key).Arrival("the request runs");

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Gate.Of(key + "cancelled").Arrival("the grain sees the cancellation");
    }

    [Fact]
    public async Task A_caller_who_cancels_does_not_wait_for_a_grain_that_does_not_listen()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        using var source = new CancellationTokenSource();
        var call = host.Grains.GetGrain<ICalls>(key).WaitAndIgnore(source.Token);
        await Gate.Of(key).Arrival("the request runs");
        await source.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon("the caller is free"));
        Assert.Equal(source.Token, exception.CancellationToken);
        Gate.Of(key).Open();
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_keeps_the_request_from_being_sent()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => host.Grains.GetGrain<ICalls>(key).WaitForCancellation(new CancellationToken(canceled: true)));
        Assert.Equal(0, Gate.Of(key).Arrived);
    }

    [Fact]
    public async Task The_request_context_travels_down_the_chain_and_not_back()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<ICalls>(TestHost.NewKey());
        RequestContext.Set("colour", "blue");
        Assert.Equal("blue", await grain.ReadContextAndChangeIt(host.Grains.GetGrain<ICalls>(TestHost.NewKey())));
        Assert.Equal("blue", RequestContext.Get("colour"));

        RequestContext.Clear();
        Assert.Equal("nothing", await grain.ReadContextAndChangeIt(null));
    }

    [Fact]
    public async Task Other_ambient_values_of_the_caller_do_not_reach_the_grain()
    {
        await using var host = await TestHost.StartAsync();
        Ambient.Value = "the caller's own";
        Assert.Equal("nothing", await host.Grains.GetGrain<ICalls>(TestHost.NewKey()).ReadAmbient());
    }

    [Fact]
    public async Task A_one_way_call_does_not_wait_and_its_failure_is_not_seen()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ICalls>(key);
        Assert.True(grain.Tell().IsCompletedSuccessfully);
        await Gate.Of(key).Arrival("the one-way request runs");
        Gate.Of(key).Open();
        Assert.Equal(1, await grain.Value(1, delay: false));
    }

    [Fact]
    public async Task A_stream_arrives_item_by_item_while_the_grain_takes_other_requests()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<ICalls>(TestHost.NewKey());
        var items = new List<int>();
        await foreach (var item in grain.Stream(4))
        {
            items.Add(item);
            await grain.Nothing().Soon("a request between two items runs");
        }

        Assert.Equal([0, 1, 2, 3], items);
    }

    [Fact]
    public async Task A_stream_goes_on_while_a_request_of_the_grain_waits()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ICalls>(key);
        var waiting = grain.WaitForHours();
        await Gate.Of(key).Arrival("the request runs");
        await using var reader = grain.Stream(2).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync().AsTask().Soon("an item arrives"));
        Gate.Of(key).Open();
        await waiting;
    }

    [Fact]
    public async Task A_failure_in_a_stream_reaches_the_reader()
    {
        await using var host = await TestHost.StartAsync();
        await using var reader = host.Grains.GetGrain<ICalls>(TestHost.NewKey()).Stream(-1).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        await Assert.ThrowsAsync<CallFailedException>(async () => await reader.MoveNextAsync());
    }

    [Fact]
    public async Task A_reader_who_stops_early_ends_the_stream_in_the_grain()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        await foreach (var _ in host.Grains.GetGrain<ICalls>(key).Stream(1000))
            break;
        await Gate.Of(key + "ended").Arrival("the producer's finally block runs");
    }

    [Fact]
    public async Task A_stream_whose_grain_was_deactivated_is_aborted()
    {
        await using var host = await TestHost.StartAsync();
        var key = TestHost.NewKey();
        var grain = host.Grains.GetGrain<ICalls>(key);
        await using var reader = grain.Stream(1000).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        await grain.Deactivate();
        await Gate.Of(key + "ended").Arrival("the producer's finally block runs");
        await Assert.ThrowsAsync<EnumerationAbortedException>(async () => await reader.MoveNextAsync());
    }

    [Fact]
    public async Task A_stream_may_take_arguments_of_every_kind()
    {
        await using var host = await TestHost.StartAsync();
        var grain = host.Grains.GetGrain<ICalls>(TestHost.NewKey());
        using var source = new CancellationTokenSource();
        await using var reader = grain.StreamFrom(host.Grains.GetGrain<ICalls>(TestHost.NewKey()), 5, source.Token).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(5, reader.Current);
        var next = reader.MoveNextAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task A_grain_that_passes_itself_instead_of_a_reference_is_refused()
    {
        await using var host = await TestHost.StartAsync();
        var exception = await Assert.ThrowsAsync<ArgumentException>(
            () => host.Grains.GetGrain<ICalls>(TestHost.NewKey()).PassItself());
        Assert.Contains("AsReference", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_before_the_start_and_after_the_stop_fail_clearly()
    {
        var time = new ManualTime();
        using var host = TestHost.Build(time: time);
        var grain = ((IGrainFactory)host.Services.GetService(typeof(IGrainFactory))!).GetGrain<ICalls>(TestHost.NewKey());
        var early = await Assert.ThrowsAsync<SiloUnavailableException>(() => grain.Nothing());
        Assert.Contains("before the host has started", early.Message, StringComparison.Ordinal);

        await host.StartAsync();
        await grain.Nothing();
        await host.StopAsync();
        var late = await Assert.ThrowsAsync<SiloUnavailableException>(() => grain.Nothing());
        Assert.Contains("has stopped", late.Message, StringComparison.Ordinal);
    }
}
