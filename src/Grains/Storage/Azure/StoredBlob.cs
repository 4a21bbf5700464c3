using System.Text.Json;
using Orleans.Storage;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>The whole content of a blob: the same head and checksums as state files have, and the data as a database has it.</summary>
internal sealed class StoredBlob
{
    /// <summary>The content.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>Writes a state.</summary>
    /// <param name="key">The state.</param>
    /// <param name="payload">Its bytes, see <see cref="StatePayload"/>.</param>
    /// <typeparam name="T">Type of the state.</typeparam>
    public static StoredBlob Write<T>(StateKey key, byte[] payload)
    {
        // No two writes have the same tag: after a lost connection it tells whether a blob is what was to be written.
        var head = new StateHead(StateType.Name<T>(), key.Grain, key.Name, Guid.CreateVersion7().ToString("N"), payload.Length);
        return new StoredBlob { Content = [.. StateEnvelope.WriteHead(head, payload), .. payload] };
    }

    /// <summary>Reads a state.</summary>
    /// <param name="key">The state.</param>
    /// <param name="place">Where the blob is, for messages.</param>
    /// <typeparam name="T">Type of the state.</typeparam>
    /// <exception cref="CorruptStateException">The content is damaged or foreign.</exception>
    public T Read<T>(StateKey key, string place)
    {
        using var stream = new MemoryStream(Content, writable: false);
        var problem = StateEnvelope.TryReadHead(stream, out var head, out var hash);
        if (problem is not null) throw Corrupt(key, place, problem);
        if (head!.Grain != key.Grain || head.State != key.Name) throw Corrupt(key, place, $"it belongs to the state '{head.State}' of the grain '{head.Grain}'");
        if (head.Type != StateType.Name<T>()) throw Corrupt(key, place, $"it holds a '{head.Type}', not a '{StateType.Name<T>()}'");
        problem = StateEnvelope.TryReadPayload(stream, stream.Length - stream.Position, head, hash, out var payload);
        if (problem is not null) throw Corrupt(key, place, problem);
        try
        {
            return StatePayload.Read<T>(payload);
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException or InvalidOperationException)
        {
            throw Corrupt(key, place, "its data cannot be understood: " + error.Message, error);
        }
    }

    private static CorruptStateException Corrupt(StateKey key, string place, string problem, Exception? cause = null) =>
        new($"the blob of the state '{key.Name}' of the grain '{key.Grain}' in {place} cannot be used: {problem}", cause);
}

/// <summary>Hands contents of blobs to Orleans' storage, and takes them from there, as they are.</summary>
internal sealed class BlobContent : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(((StoredBlob)(object)input!).Content);

    // A copy: the buffer behind it is used again.
    public T Deserialize<T>(BinaryData input) => (T)(object)new StoredBlob { Content = input.ToArray() };
}
