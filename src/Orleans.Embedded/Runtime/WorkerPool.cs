using Orleans.Runtime;
using Srpo.OrleansEmbedded.Calls;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>The activations of one key of a stateless worker class: an idle one takes a request, or a new one, or the least loaded.</summary>
internal sealed class WorkerPool(GrainClass grainClass, GrainId id, EmbeddedSilo silo, Action<CallTarget> forget) : CallTarget
{
    private readonly Lock _gate = new();
    private readonly List<Activation> _workers = [];
    private bool _gone;

    public override bool Receive(GrainRequest request)
    {
        lock (_gate)
        {
            if (_gone)
                return false;

            Activation? best = null;
            var bestLoad = int.MaxValue;
            foreach (var worker in _workers)
            {
                var load = worker.Load;
                if (load < bestLoad)
                    (best, bestLoad) = (worker, load);
                if (load == 0)
                    break;
            }

            if (best is null || (bestLoad > 0 && _workers.Count < grainClass.MaxWorkers))
            {
                silo.EnsureMayActivate(id);
                best = new Activation(grainClass, id, silo, Remove);
                _workers.Add(best);
            }

            if (best.Receive(request))
                return true;

            // It ended a moment ago and will remove itself; a fresh one cannot have.
            _workers.Remove(best);
            var fresh = new Activation(grainClass, id, silo, Remove);
            _workers.Add(fresh);
            return fresh.Receive(request);
        }
    }

    public override void FailOverdue(long now)
    {
        lock (_gate)
        {
            foreach (var worker in _workers)
                worker.FailOverdue(now);
        }
    }

    public override void Collect(List<Activation> activations)
    {
        lock (_gate)
            activations.AddRange(_workers);
    }

    private void Remove(Activation worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker);
            _gone = _workers.Count == 0;
            if (!_gone)
                return;
        }

        forget(this);
    }
}
