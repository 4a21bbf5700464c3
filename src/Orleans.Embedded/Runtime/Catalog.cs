using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>All call targets of the process by identity. Grains are put in when they are first called.</summary>
internal sealed class Catalog(EmbeddedSilo silo)
{
    private static readonly GrainType ObserverType = GrainType.Create("sys.observer");

    private readonly ConcurrentDictionary<GrainId, CallTarget> _targets = new();

    /// <summary>Hands a request to its target and returns the target for the next time.</summary>
    public CallTarget Deliver(GrainRequest request)
    {
        var id = request.Target;
        while (true)
        {
            if (!_targets.TryGetValue(id, out var target))
            {
                if (id.Type == ObserverType)
                    throw ObserverTarget.NotThere(id);
                silo.EnsureMayActivate(id);
                target = _targets.GetOrAdd(id, Create);
            }

            if (target.Receive(request))
                return target;

            // It ended between the look and the call.
            _targets.TryRemove(new KeyValuePair<GrainId, CallTarget>(id, target));
        }
    }

    public GrainId AddObserver(IGrainObserver observer)
    {
        var id = new GrainId(ObserverType, GrainIdKeyExtensions.CreateGuidKey(Guid.NewGuid()));
        _targets[id] = new ObserverTarget(observer, id, silo);
        return id;
    }

    public void RemoveObserver(GrainId id)
    {
        if (id.Type == ObserverType && _targets.TryRemove(id, out var target))
            ((ObserverTarget)target).Delete();
    }

    public List<Activation> Activations()
    {
        var all = new List<Activation>();
        foreach (var (_, target) in _targets)
            target.Collect(all);
        return all;
    }

    public void FailOverdue(long now)
    {
        foreach (var (_, target) in _targets)
            target.FailOverdue(now);
    }

    public void DeleteObservers()
    {
        foreach (var (id, _) in _targets)
            RemoveObserver(id);
    }

    private CallTarget Create(GrainId id)
    {
        var grainClass = silo.Classes.Find(id.Type);
        if (grainClass.MaxWorkers > 0)
            return new WorkerPool(grainClass, id, silo, pool => Forget(id, pool));
        return new Activation(grainClass, id, silo, silo.ForgetActivation);
    }

    public void Forget(GrainId id, CallTarget target) => _targets.TryRemove(new KeyValuePair<GrainId, CallTarget>(id, target));
}
