using System.Text.Json;
using Orleans.Storage;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>Where one state is stored, and the way from there to the bytes of a file of it and back.</summary>
/// <param name="Storage">The name of its storage, of <see cref="Hosting.StorageNames"/>.</param>
/// <param name="State">What it is found by there.</param>
internal abstract record StatePlace(string Storage, StateName State)
{
    /// <summary>The tag of a state on its way; it gets that of its new storage when it arrives.</summary>
    protected const string Tag = "1";

    /// <summary>Understands all states; thread-safe.</summary>
    protected static StatePayload Payloads { get; } = new();

    /// <summary>The grain that it is of.</summary>
    public GrainId Grain => GrainId.Create(State.Grain, State.Key);

    /// <summary>Reads it.</summary>
    /// <param name="storage">Where it is.</param>
    /// <returns>The bytes, null where none is stored or it is damaged; and the damage.</returns>
    public abstract Task<(byte[]? Bytes, string? Damage)> ReadAsync(IGrainStorage storage);

    /// <summary>The bytes of a state.</summary>
    /// <param name="state">What is to be stored there.</param>
    public abstract byte[] Write(object state);

    /// <summary>The state behind bytes that have arrived.</summary>
    /// <exception cref="CorruptStateException">They are damaged, or of another state.</exception>
    public abstract object Parse(Stream bytes);

    /// <summary>Stores it in place of what is there.</summary>
    /// <param name="storage">Where.</param>
    /// <param name="state">What <see cref="Parse"/> gave.</param>
    public abstract Task WriteAsync(IGrainStorage storage, object state);

    /// <summary>Removes what is stored there.</summary>
    /// <param name="storage">Where.</param>
    public abstract Task ClearAsync(IGrainStorage storage);
}

/// <inheritdoc/>
/// <typeparam name="T">Type of the state.</typeparam>
internal sealed record StatePlace<T>(string Storage, StateName State) : StatePlace(Storage, State)
    where T : class, new()
{
    private StateKey Key => new(Grain.ToString(), State.Name);

    /// <inheritdoc/>
    public override async Task<(byte[]? Bytes, string? Damage)> ReadAsync(IGrainStorage storage)
    {
        var (found, damage) = await FindAsync(storage);
        if (!found.RecordExists) return (null, damage);
        return (await Task.Run(() => Write(found.State!)), null);
    }

    /// <inheritdoc/>
    public override byte[] Write(object state)
    {
        var payload = Payloads.Write((T)state);
        return [.. StoredState.Head<T>(Key, Tag, payload, StoredState.VersionOf(state)), .. payload];
    }

    /// <inheritdoc/>
    public override object Parse(Stream bytes) => StoredState.Open(bytes).Read<T>(Payloads, Key, $"the packed state {State}");

    /// <inheritdoc/>
    public override async Task WriteAsync(IGrainStorage storage, object state)
    {
        // What an earlier transfer left, which was broken off, is written over: its tag is needed for that.
        var (found, _) = await FindAsync(storage);
        found.State = (T)state;
        await storage.WriteStateAsync(State.Name, Grain, found);
    }

    /// <inheritdoc/>
    public override async Task ClearAsync(IGrainStorage storage)
    {
        var (found, damage) = await FindAsync(storage);
        if (found.ETag is not null || damage is not null) await storage.ClearStateAsync(State.Name, Grain, found);
    }

    private async Task<(GrainState<T> Found, string? Damage)> FindAsync(IGrainStorage storage)
    {
        var found = new GrainState<T>();
        try
        {
            await storage.ReadStateAsync(State.Name, Grain, found);
            return (found, null);
        }
        catch (Exception error) when (error is CorruptStateException or JsonException or FormatException)
        {
            found.RecordExists = false;
            return (found, error.Message);
        }
    }
}
