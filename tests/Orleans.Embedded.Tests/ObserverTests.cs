using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class ObserverTests
{
    [Fact]
    public async Task A_grain_calls_an_observer_through_its_reference_and_in_order()
    {
        await using var host = await TestHost.StartAsync();
        var listener = new Listener();
        var reference = host.Grains.CreateObjectReference<IListener>(listener);
        var grain = host.Grains.GetGrain<INotifier>(TestHost.NewKey());
        for (var i = 0; i < 100; i++)
            await grain.Notify(reference, $"{i}");
        Assert.Equal("100 heard", await grain.Ask(reference, "how many?"));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), listener.Heard);
    }

    [Fact]
    public async Task A_call_without_a_result_does_not_wait_for_the_observer()
    {
        await using var host = await TestHost.StartAsync();
        var listener = new Listener { Slow = Gate.Of(TestHost.NewKey()) };
        var reference = host.Grains.CreateObjectReference<IListener>(listener);
        await host.Grains.GetGrain<INotifier>(TestHost.NewKey()).Notify(reference, "a").Soon("the grain goes on");
        await listener.Slow.Arrival("the observer is called");
        Assert.Empty(listener.Heard);
        listener.Slow.Open();
    }

    [Fact]
    public async Task A_failure_of_an_observer_reaches_the_grain_that_waits_for_it()
    {
        await using var host = await TestHost.StartAsync();
        var listener = new Listener();
        var reference = host.Grains.CreateObjectReference<IListener>(listener);
        await Assert.ThrowsAsync<NotSupportedException>(
            () => host.Grains.GetGrain<INotifier>(TestHost.NewKey()).Ask(reference, "fail"));
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task A_deleted_reference_fails_clearly()
    {
        await using var host = await TestHost.StartAsync();
        var listener = new Listener();
        var reference = host.Grains.CreateObjectReference<IListener>(listener);
        host.Grains.DeleteObjectReference<IListener>(reference);
        await Assert.ThrowsAsync<ClientNotAvailableException>(
            () => host.Grains.GetGrain<INotifier>(TestHost.NewKey()).Ask(reference, "still there?"));
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task An_observer_that_nobody_else_holds_is_not_kept_alive()
    {
        await using var host = await TestHost.StartAsync();
        var reference = Forgotten(host);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Assert.ThrowsAsync<ClientNotAvailableException>(
            () => host.Grains.GetGrain<INotifier>(TestHost.NewKey()).Ask(reference, "still there?"));
    }

    [Fact]
    public async Task An_observer_that_is_passed_as_an_object_is_refused()
    {
        await using var host = await TestHost.StartAsync();
        var exception = await Assert.ThrowsAsync<ArgumentException>(
            () => host.Grains.GetGrain<INotifier>(TestHost.NewKey()).Notify(new Listener(), "a"));
        Assert.Contains("CreateObjectReference", exception.Message, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IListener Forgotten(TestHost host) => host.Grains.CreateObjectReference<IListener>(new Listener());
}

public interface IListener : IGrainObserver
{
    void Hear(string word);

    Task<string> Answer(string question);
}

public interface INotifier : IGrainWithStringKey
{
    Task Notify(IListener listener, string word);

    Task<string> Ask(IListener listener, string question);
}

public sealed class NotifierGrain : Grain, INotifier
{
    public Task Notify(IListener listener, string word)
    {
        listener.Hear(word);
        return Task.CompletedTask;
    }

    public Task<string> Ask(IListener listener, string question) => listener.Answer(question);
}

internal sealed class Listener : IListener
{
    public List<string> Heard { get; } = [];

    public Gate? Slow { get; set; }

    public void Hear(string word)
    {
        Slow?.Pass().Wait(TestHost.Patience);
        Heard.Add(word);
    }

    public Task<string> Answer(string question) =>
        question == "fail" ? throw new NotSupportedException() : Task.FromResult($"{Heard.Count} heard");
}
