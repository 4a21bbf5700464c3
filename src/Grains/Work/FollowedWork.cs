namespace Srpo.Grains;

/// <summary>
/// Work that outlives the requests that ask for it. A request waits for its end for some seconds; whoever asks again with an equal request,
/// because it has not ended or because the reply was lost, begins nothing anew. So no call waits for long, and none that is
/// lost holds anything up. Runs on the scheduler of the grain that owns it.
/// </summary>
/// <typeparam name="TCall">What tells equal requests from others.</typeparam>
/// <typeparam name="TReply">What comes of the work.</typeparam>
/// <param name="patience">How long a request waits.</param>
/// <param name="keeps">Whether a reply that was given is kept for a request that is repeated; otherwise that request begins the work anew.</param>
/// <param name="time">By what clock.</param>
internal sealed class FollowedWork<TCall, TReply>(TimeSpan patience, bool keeps, TimeProvider time)
    where TCall : struct, IEquatable<TCall>
    where TReply : class
{
    private TCall _call;

    /// <summary>The work of the last request that is not forgotten; it may have ended.</summary>
    public Task<TReply>? Work { get; private set; }

    /// <summary>Whether the work of an equal request is under way.</summary>
    public bool IsUnderWay(TCall call) => Work is { IsCompleted: false } && _call.Equals(call);

    /// <summary>Joins the work of an equal request, or begins it. A failure is told once; then it is forgotten.</summary>
    /// <returns>What came of it; null while it is under way.</returns>
    public async Task<TReply?> AskAsync(TCall call, Func<Task<TReply>> begin)
    {
        if (Work is null || !_call.Equals(call)) (_call, Work) = (call, begin());
        var work = Work;
        if (!await Following.EndsAsync(work, patience, time)) return null;
        if (Work == work && !(keeps && work.IsCompletedSuccessfully)) Work = null;
        return await work;
    }

    /// <summary>An equal request begins anew from now on.</summary>
    public void Forget() => Work = null;
}

/// <summary>Waits for work that is done elsewhere, in calls of some seconds each.</summary>
internal static class Following
{
    /// <summary>Replies that may be lost one after the other before the work is given up.</summary>
    private const int Losses = 3;

    /// <summary>Waits for the end of work, not for long.</summary>
    /// <returns>Whether it has ended, well or not.</returns>
    public static async ValueTask<bool> EndsAsync(Task work, TimeSpan patience, TimeProvider time)
    {
        if (work.IsCompleted) return true;
        try
        {
            await work.WaitAsync(patience, time);
        }
        catch (Exception) when (work.IsCompleted)
        {
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }

        return true;
    }

    /// <summary>Asks until the work has ended. A call without an answer, whose reply may be lost, is repeated.</summary>
    /// <param name="ask">Asks once; null while the work is under way.</param>
    public static async Task<T> AskAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        var lost = 0;
        while (true)
        {
            try
            {
                if (await ask() is { } reply) return reply;
                lost = 0;
            }
            catch (TimeoutException) when (++lost < Losses)
            {
                // Whether the work was begun is not known; asking again does no harm.
            }
        }
    }
}
