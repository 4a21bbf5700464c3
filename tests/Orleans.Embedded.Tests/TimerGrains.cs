using Orleans;
using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Tests;

public interface ITicking : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive);

    Task StartEndless(TimeSpan period);

    Task StartFailing(TimeSpan period);

    Task Change(TimeSpan due, TimeSpan period);

    Task Stop();

    Task<int> Ticks();

    Task Hold();

    Task Deactivate();
}

public sealed class TickingGrain : Grain, ITicking
{
    private IGrainTimer? _timer;
    private int _ticks;

    private string Key => this.GetPrimaryKeyString();

    public Task Start(TimeSpan due, TimeSpan period, bool interleave, bool keepAlive)
    {
        _timer = this.RegisterGrainTimer(
            async (gate, token) =>
            {
                await gate.Pass();
                _ticks++;
                token.ThrowIfCancellationRequested();
            },
            Gate.Of(Key),
            new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task StartEndless(TimeSpan period)
    {
        this.RegisterGrainTimer(
            async token =>
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
            },
            new GrainTimerCreationOptions(period, period) { Interleave = true });
        return Task.CompletedTask;
    }

    public Task StartFailing(TimeSpan period)
    {
        this.RegisterGrainTimer(
            () =>
            {
                Gate.Of(Key).Note();
                throw new InvalidOperationException("This tick fails.");
            },
            period,
            period);
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);

    public Task Hold() => Gate.Of(Key + "hold").Pass();

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
