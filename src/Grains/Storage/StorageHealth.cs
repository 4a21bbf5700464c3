using System.Collections.Concurrent;
using System.Diagnostics;

namespace Srpo.Grains.Storage;

/// <summary>
/// Which storages of this silo do not answer, and since when. While one does not, operations on it wait; whoever would only
/// run into them can wait here.
/// </summary>
public sealed class StorageHealth
{
    private readonly ConcurrentDictionary<string, StorageOutage> _outages = new(StringComparer.Ordinal);

    /// <summary>What is wrong, for people: which storage, since when, why. <value>Null while all storages answer.</value></summary>
    public string? Problem => _outages.IsEmpty
        ? null
        : string.Join("; ", _outages.Values.OrderBy(outage => outage.Storage, StringComparer.Ordinal).Select(outage => outage.Description));

    /// <summary>Completes when every storage answers; at once if none is known not to.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="OperationCanceledException">Waiting was given up.</exception>
    internal async Task WhenAvailableAsync(CancellationToken cancellation)
    {
        while (!_outages.IsEmpty) await Task.WhenAll(_outages.Values.Select(outage => outage.Over)).WaitAsync(cancellation);
    }

    /// <summary>How often operations were tried again, by name of the storage; one that always answered is not there.</summary>
    internal ConcurrentDictionary<string, long> Retries { get; } = new(StringComparer.Ordinal);

    /// <summary>The outage of a storage, begun now unless it is known.</summary>
    internal StorageOutage During(string storage, Func<StorageOutage> begin, out bool isNew)
    {
        var begun = default(StorageOutage);
        var outage = _outages.GetOrAdd(storage, _ => begun = begin());
        isNew = ReferenceEquals(outage, begun);
        return outage;
    }

    /// <summary>Notes that a storage answers again.</summary>
    internal void End(StorageOutage outage)
    {
        if (_outages.TryRemove(KeyValuePair.Create(outage.Storage, outage))) outage.End();
    }
}

/// <summary>A stretch of time in which a storage does not answer.</summary>
/// <param name="storage">Name of the storage.</param>
/// <param name="phrase">The same, for people.</param>
/// <param name="reason">Why, for people, as far as is known at first.</param>
/// <param name="since">When the first operation began that got no answer, as <see cref="Stopwatch.GetTimestamp"/> gives it.</param>
internal sealed class StorageOutage(string storage, string phrase, string reason, long since)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _reason = reason;

    public string Storage => storage;

    /// <summary>Completes at its end.</summary>
    public Task Over => _over.Task;

    /// <summary>Seconds without an answer.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(since).TotalSeconds;

    public string Description => FormattableString.Invariant($"{phrase} has not answered for {Seconds:0} s: {_reason}");

    /// <summary>What the last request came to: a connection that broke becomes one that is refused.</summary>
    public void StillAway(string because) => _reason = because;

    public void End() => _over.TrySetResult();
}
