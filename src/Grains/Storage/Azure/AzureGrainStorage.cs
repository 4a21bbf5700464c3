using Azure;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// Grain states in blobs, by Orleans' storage, with what the other storages have: checksums, states that are fixed when a grain
/// asks for a write, writes that are known again after a lost connection, and patience while the account does not answer.
/// </summary>
public sealed class AzureGrainStorage : IGrainStorage, IDisposable
{
    private readonly IGrainStorage _blobs;
    private readonly string _name;
    private readonly string _place;
    private readonly StorageRetry _retry;
#pragma warning disable CA2213 // operations that are still under way give it back; without a wait handle it holds nothing
    private readonly SemaphoreSlim _turns;
#pragma warning restore CA2213

    /// <param name="blobs">Orleans' storage, with <see cref="BlobContent"/> as its serializer.</param>
    /// <param name="name">The name that it is registered under.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="health">Is told when the account does not answer.</param>
    /// <param name="logger">Is told the same.</param>
    internal AzureGrainStorage(IGrainStorage blobs, string name, AzureStorageOptions options, StorageHealth health, ILogger logger)
    {
        var container = options.Blobs();
        (_blobs, _name, _place) = (blobs, name, $"the container '{container.Container}' of {container.Name}");
        _turns = new SemaphoreSlim(options.Concurrency, options.Concurrency);
        _retry = new StorageRetry(
            new RetryPolicy(name, options.Patience, AzureErrors.IsTransient, error => AzureErrors.Explain(error, container.Name), container.ProbeAsync), health, logger);
    }

    /// <inheritdoc/>
    /// <exception cref="CorruptStateException">
    /// What is stored is damaged or foreign. The tag is set all the same, so that a grain that can do without the record may write over it.
    /// </exception>
    /// <exception cref="StorageUnavailableException">The account did not answer in time.</exception>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var found = new GrainState<StoredBlob>();
        await InTurnAsync("read", _ => _blobs.ReadStateAsync(stateName, grainId, found));
        grainState.State = StateType.Empty<T>();
        grainState.RecordExists = false;
        grainState.ETag = found.ETag;
        if (!found.RecordExists) return;
        grainState.State = found.State!.Read<T>(new StateKey(grainId.ToString(), stateName), _place);
        grainState.RecordExists = true;
    });

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the state since it was read.</exception>
    /// <exception cref="StorageUnavailableException">The account did not answer in time.</exception>
    /// <exception cref="SrpoGrainException">The account refuses; the message says why and what to do.</exception>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Made in the grain's turn, so that the grain may change the state while it is being written.
        var payload = StatePayload.Write(grainState.State);
        return Task.Run(async () =>
        {
            var key = new StateKey(grainId.ToString(), stateName);
            var written = new GrainState<StoredBlob>(StoredBlob.Write<T>(key, payload)) { ETag = grainState.ETag };
            await InTurnAsync("written", _ => WriteOrFindAsync(key, grainId, written));
            grainState.ETag = written.ETag;
            grainState.RecordExists = true;
        });
    }

    /// <inheritdoc/>
    /// <exception cref="InconsistentStateException">Somebody else wrote the state since it was read.</exception>
    /// <exception cref="StorageUnavailableException">The account did not answer in time.</exception>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.Run(async () =>
    {
        var removed = new GrainState<StoredBlob> { ETag = grainState.ETag };
        await InTurnAsync("removed", attempt => RemoveAsync(new StateKey(grainId.ToString(), stateName), grainId, removed, repeated: attempt > 0));
        grainState.State = StateType.Empty<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    });

    /// <summary>Ends all waiting for the account.</summary>
    public void Dispose() => _retry.Dispose();

    private static InconsistentStateException Inconsistent(StateKey key, string what, InconsistentStateException cause) => new(
        $"the state '{key.Name}' of the grain '{key.Grain}' cannot be {what}: another activation wrote it meanwhile", cause.StoredEtag, cause.CurrentEtag, cause);

    /// <summary>Writes a blob. Where another is found instead it may be this one, written by an attempt whose answer was lost.</summary>
    private async Task WriteOrFindAsync(StateKey key, GrainId grain, GrainState<StoredBlob> written)
    {
        try
        {
            await _blobs.WriteStateAsync(key.Name, grain, written);
        }
        catch (InconsistentStateException error)
        {
            var found = new GrainState<StoredBlob>();
            await _blobs.ReadStateAsync(key.Name, grain, found);
            if (!found.RecordExists || !found.State!.Content.AsSpan().SequenceEqual(written.State!.Content)) throw Inconsistent(key, "written", error);
            written.ETag = found.ETag;
        }
    }

    /// <summary>Removes a blob. Where none is left, an earlier attempt whose answer was lost may have removed it.</summary>
    private async Task RemoveAsync(StateKey key, GrainId grain, GrainState<StoredBlob> removed, bool repeated)
    {
        try
        {
            await _blobs.ClearStateAsync(key.Name, grain, removed);
        }
        catch (InconsistentStateException error)
        {
            var found = new GrainState<StoredBlob>();
            if (repeated) await _blobs.ReadStateAsync(key.Name, grain, found);
            if (!repeated || found.RecordExists) throw Inconsistent(key, "removed", error);
        }
    }

    private async Task InTurnAsync(string what, Func<int, Task> act)
    {
        try
        {
            await _retry.RunAsync(async attempt =>
            {
                await _turns.WaitAsync();
                try
                {
                    await act(attempt);
                }
                finally
                {
                    _turns.Release();
                }
            });
        }
        catch (RequestFailedException error)
        {
            // Without its cause: that loses its status on the way to another silo, and would look there as if the account did not answer.
            throw new SrpoGrainException(ErrorKind.Environment, $"a state of '{_name}' cannot be {what}: {AzureErrors.Explain(error, _place)}");
        }
    }
}
