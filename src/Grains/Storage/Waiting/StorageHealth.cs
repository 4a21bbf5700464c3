using System.Collections.Concurrent;

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
