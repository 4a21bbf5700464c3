using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Srpo.OrleansEmbedded.Tests;

public interface ITurns : IGrainWithStringKey
{
    Task<int> Touch();

    Task Wait();

    [AlwaysInterleave]
    Task<string> Peek();

    [ReadOnly]
    Task ReadSlowly();

    Task<bool> StaysOnItsScheduler();

    Task HoldAndAllow();

    Task<int> GoRound(ITurns other, bool allow);

    Task<int> CallBack(ITurns caller);
}

public sealed class TurnsGrain : Grain, ITurns
{
    private int _touches;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Gate.Of(Key + "made").Note();
        return Task.CompletedTask;
    }

    public Task<int> Touch() => Task.FromResult(++_touches);

    public Task Wait() => Gate.Of(Key).Pass();

    public Task<string> Peek() => Task.FromResult("peeked");

    public Task ReadSlowly() => Gate.Of(Key).Pass();

    public async Task<bool> StaysOnItsScheduler()
    {
        var scheduler = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = TaskScheduler.Current == scheduler;
        await Task.Run(() => Assert.NotSame(scheduler, TaskScheduler.Current));
        return afterYield && TaskScheduler.Current == scheduler && scheduler != TaskScheduler.Default
            && SynchronizationContext.Current is null;
    }

    public async Task HoldAndAllow()
    {
        using var _ = RequestContext.AllowCallChainReentrancy();
        await Gate.Of(Key).Pass();
    }

    public async Task<int> GoRound(ITurns other, bool allow)
    {
        if (!allow)
            return await other.CallBack(this.AsReference<ITurns>());
        using var _ = RequestContext.AllowCallChainReentrancy();
        return await other.CallBack(this.AsReference<ITurns>());
    }

    public Task<int> CallBack(ITurns caller)
    {
        Gate.Of(Key + "back").Note();
        return caller.Touch();
    }
}

public interface IReentrantTurns : IGrainWithStringKey
{
    Task CountInSteps(int steps);

    Task<int> Count();

    Task<int> Overlaps();

    Task Wait();
}

[Reentrant]
public sealed class ReentrantTurnsGrain : Grain, IReentrantTurns
{
    private int _count;
    private int _inside;
    private int _overlaps;

    public async Task CountInSteps(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            if (Interlocked.Increment(ref _inside) > 1)
                _overlaps++;
            var seen = _count;
            Thread.SpinWait(20);
            _count = seen + 1;
            Interlocked.Decrement(ref _inside);
            await Task.Yield();
        }
    }

    public Task<int> Count() => Task.FromResult(_count);

    public Task<int> Overlaps() => Task.FromResult(_overlaps);

    public Task Wait() => Gate.Of(this.GetPrimaryKeyString()).Pass();
}

public interface IPredicateTurns : IGrainWithStringKey
{
    Task<string> Say(string word, bool polite);
}

[MayInterleave(nameof(IsPolite))]
public sealed class PredicateTurnsGrain : Grain, IPredicateTurns
{
    public static bool IsPolite(IInvokable request) =>
        request.GetMethodName() == nameof(IPredicateTurns.Say) && request.GetArgumentCount() == 2 && (bool)request.GetArgument(1)!;

    public async Task<string> Say(string word, bool polite)
    {
        if (word == "wait")
            await Gate.Of(this.GetPrimaryKeyString()).Pass();
        return word;
    }
}

public interface IWorker : IGrainWithStringKey
{
    Task<Guid> Work();
}

[StatelessWorker(2)]
public sealed class WorkerGrain : Grain, IWorker
{
    private readonly Guid _me = Guid.NewGuid();

    public async Task<Guid> Work()
    {
        await Gate.Of(this.GetPrimaryKeyString()).Pass();
        return _me;
    }
}
