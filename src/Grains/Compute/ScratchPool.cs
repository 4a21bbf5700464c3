namespace Srpo.Grains.Compute;

/// <summary>
/// Keeps objects that hold scratch memory and are not thread-safe, so that jobs need not build them anew. A job rents one and
/// gives it back; a thread is handed the one that it used last where that is idle, since its core's cache may still hold it. Of every key
/// at most as many wait as there are workers, and only the keys used last are kept: memory does not grow with the number of teams.
/// </summary>
/// <param name="workers">The workers whose jobs they are for.</param>
/// <param name="create">Builds one for a key.</param>
/// <param name="keys">How many keys are kept.</param>
internal sealed class ScratchPool<TKey, T>(ComputePool workers, Func<TKey, T> create, int keys = 4) : IDisposable
    where TKey : notnull
    where T : class
{
    private readonly Dictionary<TKey, List<(int Thread, T Scratch)>> _idle = [];
    private readonly LinkedList<TKey> _recent = new();
    private bool _closed;

    /// <summary>The workers.</summary>
    public ComputePool Workers => workers;

    /// <summary>Objects that wait for a job now.</summary>
    public int Idle
    {
        get
        {
            lock (_idle) return _idle.Values.Sum(list => list.Count);
        }
    }

    /// <summary>Runs a function with a scratch object on a worker, as <see cref="ComputePool.RunAsync"/> does.</summary>
    public Task<TResult> RunAsync<TResult>(TKey key, Func<T, TResult> use, CancellationToken cancellation = default, int affinity = ComputePool.Anywhere) =>
        workers.RunAsync(() => Use(key, use), cancellation, affinity);

    /// <summary>Runs a function with a scratch object on this thread; an object that was in use when the function threw is not used again.</summary>
    public TResult Use<TResult>(TKey key, Func<T, TResult> use)
    {
        var scratch = Take(key) ?? create(key);
        var healthy = false;
        try
        {
            var result = use(scratch);
            healthy = true;
            return result;
        }
        finally
        {
            if (!healthy || !TryKeep(key, scratch)) (scratch as IDisposable)?.Dispose();
        }
    }

    public void Dispose()
    {
        List<T> idle;
        lock (_idle)
        {
            _closed = true;
            idle = [.. _idle.Values.SelectMany(list => list.Select(entry => entry.Scratch))];
            _idle.Clear();
            _recent.Clear();
        }

        foreach (var scratch in idle) (scratch as IDisposable)?.Dispose();
    }

    private T? Take(TKey key)
    {
        var thread = Environment.CurrentManagedThreadId;
        lock (_idle)
        {
            if (!_idle.TryGetValue(key, out var list) || list.Count == 0) return null;
            var index = Math.Max(list.FindIndex(entry => entry.Thread == thread), 0);
            var scratch = list[index].Scratch;
            list.RemoveAt(index);
            return scratch;
        }
    }

    private bool TryKeep(TKey key, T scratch)
    {
        List<(int Thread, T Scratch)>? dropped = null;
        lock (_idle)
        {
            if (_closed) return false;
            if (!_idle.TryGetValue(key, out var list))
            {
                if (_idle.Count == keys) _idle.Remove(_recent.Last!.Value, out dropped);
                if (dropped is not null) _recent.RemoveLast();
                _idle.Add(key, list = []);
            }
            else
            {
                _recent.Remove(key);
            }

            _recent.AddFirst(key);
            if (list.Count >= workers.Workers) return false;
            list.Add((Environment.CurrentManagedThreadId, scratch));
        }

        if (dropped is not null)
        {
            foreach (var (_, old) in dropped) (old as IDisposable)?.Dispose();
        }

        return true;
    }
}
