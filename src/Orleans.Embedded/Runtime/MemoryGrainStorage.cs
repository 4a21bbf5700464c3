using System.Collections.Concurrent;
using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>
/// Grain states in a dictionary. States are copied on the way in and out, as serialisation would do, so that changes which
/// were not written are not seen after a new activation.
/// </summary>
internal sealed class MemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), Record> _records = new();
    private long _versions;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = _records.TryGetValue((stateName, grainId), out var record);
        grainState.State = found ? (T)DeepCopy.Of(record!.State)! : StateFactory<T>.Create();
        grainState.ETag = record?.Version;
        grainState.RecordExists = found;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = Interlocked.Increment(ref _versions).ToString(CultureInfo.InvariantCulture);
        var record = new Record(DeepCopy.Of(grainState.State), version);
        var key = (stateName, grainId);
        if (!_records.TryGetValue(key, out var stored))
        {
            if (grainState.ETag is not null || !_records.TryAdd(key, record))
                throw Conflict(stateName, grainId, null, grainState.ETag);
        }
        else if (stored.Version != grainState.ETag || !_records.TryUpdate(key, record, stored))
        {
            throw Conflict(stateName, grainId, stored.Version, grainState.ETag);
        }

        grainState.ETag = version;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        if (_records.TryGetValue(key, out var stored)
            && (stored.Version != grainState.ETag || !_records.TryRemove(new KeyValuePair<(string, GrainId), Record>(key, stored))))
        {
            throw Conflict(stateName, grainId, stored.Version, grainState.ETag);
        }

        grainState.State = StateFactory<T>.Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private static InconsistentStateException Conflict(string name, GrainId id, string? stored, string? known) =>
        new($"The state '{name}' of {id} was changed by somebody else.", stored, known);

    // A class compared by reference, so that an update succeeds only on the record that was looked at.
    private sealed class Record(object? state, string version)
    {
        public object? State { get; } = state;

        public string Version { get; } = version;
    }
}
