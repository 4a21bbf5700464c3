using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class ScopedThing : IDisposable
{
    public string? Key { get; set; }

    public void Dispose() => Gate.Of(Key + "scope").Note();
}

public interface ILife : IGrainWithStringKey
{
    Task<int> Number();

    Task<int> DeactivateAndWait();

    Task Deactivate();

    Task UseScopedThing();

    Task StayFor(TimeSpan time);

    [ResponseTimeout("10:00:00")]
    Task WaitForHours();

    Task<int> WaitAndAsk(ILife other);
}

public sealed class LifeGrain(IServiceProvider services) : Grain, ILife, IDisposable
{
    private static readonly ConcurrentDictionary<string, int> Activations = new();
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<DeactivationReasonCode>> Ends = new();
    private int _number;

    public static ConcurrentDictionary<string, bool> FailNextActivation { get; } = new();

    private string Key => this.GetPrimaryKeyString();

    public static DeactivationReasonCode[] EndsOf(string key) => Ends.TryGetValue(key, out var ends) ? [.. ends] : [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _number = Activations.AddOrUpdate(Key, 1, (_, n) => n + 1);
        if (FailNextActivation.TryRemove(Key, out _))
            throw new InvalidOperationException("not today");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Ends.GetOrAdd(Key, _ => new()).Enqueue(reason.ReasonCode);
        Gate.Of(Key + "ended").Note();
        return Task.CompletedTask;
    }

    public Task<int> Number() => Task.FromResult(_number);

    public async Task<int> DeactivateAndWait()
    {
        DeactivateOnIdle();
        await Gate.Of(Key).Pass();
        return _number;
    }

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task UseScopedThing()
    {
        services.GetRequiredService<ScopedThing>().Key = Key;
        Assert.Same(ServiceProvider.GetRequiredService<ScopedThing>(), services.GetRequiredService<ScopedThing>());
        return Task.CompletedTask;
    }

    public Task StayFor(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task WaitForHours() => Gate.Of(Key).Pass();

    public async Task<int> WaitAndAsk(ILife other)
    {
        await Gate.Of(Key).Pass();
        return await other.Number();
    }

    public void Dispose() => Gate.Of(Key + "disposed").Note();
}

public interface IKept : IGrainWithIntegerKey
{
    Task<Guid> Me();
}

[KeepAlive]
public sealed class KeptGrain : Grain, IKept
{
    private readonly Guid _me = Guid.NewGuid();

    public Task<Guid> Me() => Task.FromResult(_me);
}

public interface IRestless : IGrainWithIntegerKey
{
    Task Nothing();
}

public sealed class RestlessGrain : Grain, IRestless
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Nothing() => Task.CompletedTask;
}
