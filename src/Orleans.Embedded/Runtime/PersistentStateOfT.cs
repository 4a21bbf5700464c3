using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Srpo.OrleansEmbedded.Runtime;

/// <summary>A state of an activation. Errors of the store that are not Orleans exceptions are wrapped, as in Orleans.</summary>
internal sealed class PersistentState<TState>(string name, Activation activation, IGrainStorage storage)
    : PersistentState, IPersistentState<TState>
{
    private readonly GrainState<TState> _state = new(StateFactory<TState>.Create());
    private bool _read;

    public TState State
    {
        get => _state.State;
        set => _state.State = value;
    }

    public string? Etag => _state.ETag;

    public bool RecordExists => _read
        ? _state.RecordExists
        : throw new InvalidOperationException($"The state '{name}' of {activation.GrainId} has not been read yet.");

    public override Task ReadAsync() => ReadStateAsync();

    public async Task ReadStateAsync()
    {
        await Guarded("read", storage.ReadStateAsync);
        _read = true;
    }

    public Task WriteStateAsync() => Guarded("write", storage.WriteStateAsync);

    public Task ClearStateAsync() => Guarded("clear", storage.ClearStateAsync);

    private async Task Guarded(string verb, Func<string, GrainId, IGrainState<TState>, Task> operation)
    {
        if (RuntimeContext.Current != activation)
            throw new InvalidOperationException($"The state '{name}' of {activation.GrainId} may only be used in the grain's own turns.");

        try
        {
            await operation(name, activation.GrainId, _state);
        }
        catch (Exception exception) when (exception is not OrleansException)
        {
            throw new OrleansException(
                $"The storage {storage.GetType().Name} could not {verb} the state '{name}' of {activation.GrainId}: {exception.Message}", exception);
        }
    }
}
