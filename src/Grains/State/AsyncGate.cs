namespace Srpo.Grains;

/// <summary>Lets one action at a time through, in the order of arrival, without holding a thread. For use within one grain.</summary>
internal sealed class AsyncGate
{
    private Task _last = Task.CompletedTask;

    /// <summary>Runs an action when those before it have ended, however they ended.</summary>
    public Task RunAsync(Func<Task> act) => _last = RunAfterAsync(_last, act);

    private static async Task RunAfterAsync(Task before, Func<Task> act)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await act();
    }
}
