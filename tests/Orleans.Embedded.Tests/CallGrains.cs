using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public sealed class CallFailedException(string message) : Exception(message);

public interface ICalls : IGrainWithStringKey
{
    Task Fail(bool beforeTheFirstAwait);

    ValueTask<int> Value(int value, bool delay);

    Task Nothing();

    ValueTask<string> Join(string a, string b);

    Task<int> Sum(int a, int b, int c, int d, int e, int f, int g, int h);

    Task WaitAndNote();

    [ResponseTimeout("05:00:00")]
    Task WaitForHours();

    Task WaitForCancellation(CancellationToken token);

    Task WaitAndIgnore(CancellationToken token);

    Task<string> ReadContextAndChangeIt(ICalls? next);

    Task<string> ReadAmbient();

    [OneWay]
    Task Tell();

    IAsyncEnumerable<int> Stream(int count);

    IAsyncEnumerable<int> StreamFrom(ICalls source, int value, CancellationToken token);

    Task Deactivate();

    Task PassItself();

    Task Take(ICalls other);
}

public sealed class CallsGrain : Grain, ICalls
{
    private string Key => this.GetPrimaryKeyString();

    public Task Fail(bool beforeTheFirstAwait) =>
        beforeTheFirstAwait ? throw new CallFailedException("at once") : FailLater();

    public async ValueTask<int> Value(int value, bool delay)
    {
        if (delay)
            await Task.Yield();
        return value;
    }

    public Task Nothing() => Task.CompletedTask;

    public ValueTask<string> Join(string a, string b) => new($"{a} {b}");

    public Task<int> Sum(int a, int b, int c, int d, int e, int f, int g, int h) => Task.FromResult(a + b + c + d + e + f + g + h);

    public async Task WaitAndNote()
    {
        await Gate.Of(Key).Pass();
        Gate.Of(Key + "after").Note();
    }

    public Task WaitForHours() => Gate.Of(Key).Pass();

    public async Task WaitForCancellation(CancellationToken token)
    {
        Gate.Of(Key).Note();
        try
        {
            await Task.Delay(Timeout.Infinite, token);
        }
        finally
        {
            Gate.Of(Key + "cancelled").Note();
        }
    }

    public Task WaitAndIgnore(CancellationToken token) => Gate.Of(Key).Pass();

    public async Task<string> ReadContextAndChangeIt(ICalls? next)
    {
        var value = next is null
            ? RequestContext.Get("colour") as string ?? "nothing"
            : await next.ReadContextAndChangeIt(null);
        RequestContext.Set("colour", "red");
        return value;
    }

    public Task<string> ReadAmbient() => Task.FromResult(CallTests.AmbientValue ?? "nothing");

    public async Task Tell()
    {
        await Gate.Of(Key).Pass();
        throw new CallFailedException("nobody hears this");
    }

    public async IAsyncEnumerable<int> Stream(int count)
    {
        try
        {
            for (var i = 0; i < Math.Abs(count); i++)
            {
                await Task.Yield();
                yield return i;
            }

            if (count < 0)
                throw new CallFailedException("the stream broke");
        }
        finally
        {
            Gate.Of(Key + "ended").Note();
        }
    }

    public async IAsyncEnumerable<int> StreamFrom(ICalls source, int value, [EnumeratorCancellation] CancellationToken token)
    {
        yield return await source.Value(value, delay: true);
        await Task.Delay(Timeout.Infinite, token);
    }

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task PassItself() => GrainFactory.GetGrain<ICalls>("other").Take(this);

    public Task Take(ICalls other) => Task.CompletedTask;

    private static async Task FailLater()
    {
        await Task.Yield();
        throw new CallFailedException("later");
    }
}

[Immutable]
[GenerateSerializer]
internal sealed record Secret(int Number);

internal interface IHidden : IGrainWithIntegerKey
{
    Task<Secret> Tell(Secret secret);
}

internal sealed class HiddenGrain : Grain, IHidden
{
    public Task<Secret> Tell(Secret secret) => Task.FromResult(secret);
}
