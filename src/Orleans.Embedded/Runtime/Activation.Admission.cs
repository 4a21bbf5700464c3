using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>Which request may run when: one at a time, unless the class, the method or the call chain allows more.</summary>
internal sealed partial class Activation
{
    private RequestList _waiting;
    private RequestList _running;

    // Waiting requests before this one were looked at and must wait until a blocking request ends; so a long queue is
    // not searched again for every arrival.
    private GrainRequest? _firstUnseen;
    private Dictionary<Guid, int>? _reentrantSections;

    /// <summary>The scheduler asks for something to do; it holds the lock.</summary>
    public bool TryTakeWork(out GrainRequest? request, out Func<Activation, Task>? step)
    {
        request = null;
        step = null;
        switch (_stage)
        {
            case Stage.New:
                _stage = Stage.Activating;
                step = static activation => activation.ActivateAsync();
                return true;

            case Stage.Active when TakeRunnable() is { } runnable:
                request = runnable;
                return true;

            case Stage.Ending when _running.Count == 0:
                _stage = Stage.Deactivating;
                step = static activation => activation.DeactivateAsync();
                return true;

            default:
                return false;
        }
    }

    public void EnterReentrantSection(Guid id)
    {
        lock (Gate)
        {
            _reentrantSections ??= [];
            _reentrantSections[id] = _reentrantSections.GetValueOrDefault(id) + 1;
            _firstUnseen = _waiting.First;
        }
    }

    public void LeaveReentrantSection(Guid id)
    {
        lock (Gate)
        {
            if (_reentrantSections is null || !_reentrantSections.TryGetValue(id, out var count))
                return;
            if (count > 1)
                _reentrantSections[id] = count - 1;
            else
                _reentrantSections.Remove(id);
        }
    }

    private GrainRequest? TakeRunnable()
    {
        while (_firstUnseen is { } request)
        {
            _firstUnseen = request.Next;
            if (request.IsSettled)
            {
                // The caller timed out or cancelled before its turn came.
                _waiting.Remove(request);
                if (!request.IsAwaited)
                    _silo.Log.OneWayDropped(request, GrainId);
                continue;
            }

            if (!MayRun(request))
                continue;

            _waiting.Remove(request);
            _running.Add(request);
            return request;
        }

        return null;
    }

    /// <summary>
    /// Takes a finished request off the list, before its caller hears of it: who has a result may rely on the grain not
    /// being busy with it any more. The scheduler looks for the next request when this turn ends.
    /// </summary>
    private void Remove(GrainRequest request)
    {
        var now = _silo.Clock.GetTimestamp();
        lock (Gate)
        {
            _running.Remove(request);
            if (request.KeepsAlive)
                _lastUsed = now;
            if (!request.Interleaves || _running.Count == 0)
                _firstUnseen = _waiting.First;
        }
    }

    private bool MayRun(GrainRequest request)
    {
        if (_running.Count == 0 || request.Interleaves || _class.IsReentrant)
            return true;

        for (var running = _running.First; running is not null; running = running.Next)
        {
            if (running.Interleaves || (running.IsReadOnly && request.IsReadOnly))
                continue;
            if (!MayPass(request, running))
                return false;
        }

        return true;
    }

    private bool MayPass(GrainRequest request, GrainRequest running)
    {
        if (_reentrantSections is { Count: > 0 } sections
            && request.Context is { } context
            && context.TryGetValue(RequestContext.ReentrancyKey, out var id)
            && sections.ContainsKey((Guid)id))
        {
            return true;
        }

        if (_class.MayInterleave is not { } mayInterleave)
            return false;

        try
        {
            // The predicate belongs to the grain and is called while its turn is held, under the lock: it only looks.
            return mayInterleave(GrainInstance!, request) || mayInterleave(GrainInstance!, running);
        }
        catch (Exception exception)
        {
            _silo.Log.MayInterleaveFailed(request, GrainId, exception);
            return false;
        }
    }
}
