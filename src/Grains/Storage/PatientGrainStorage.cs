using Orleans.Storage;

namespace Srpo.Grains.Storage;

/// <summary>A storage whose operations wait while it does not answer.</summary>
/// <param name="inner">The storage.</param>
/// <param name="retry">How to wait.</param>
internal sealed class PatientGrainStorage(IGrainStorage inner, StorageRetry retry) : IGrainStorage, IDisposable
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        retry.RunAsync(_ => inner.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        retry.RunAsync(_ => inner.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        retry.RunAsync(_ => inner.ClearStateAsync(stateName, grainId, grainState));

    public void Dispose() => retry.Dispose();
}
