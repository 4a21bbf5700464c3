using System.Text.Json;
using Orleans.Storage;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// The contents of blobs: the same head and checksums as state files have, and the data as a database has it. The grain and the
/// tag are left empty in the head: the blob's name and its entity tag are them.
/// </summary>
/// <param name="storage">Name of the storage, for messages.</param>
internal sealed class EnvelopeSerializer(string storage) : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input)
    {
        var payload = StatePayload.Write(input!);
        byte[] whole = [.. StateEnvelope.WriteHead(new StateHead(StateType.Name<T>(), "", "", "", payload.Length), payload), .. payload];
        return new BinaryData(whole);
    }

    public T Deserialize<T>(BinaryData input)
    {
        using var stream = input.ToStream();
        var problem = StateEnvelope.TryReadHead(stream, out var head, out var hash);
        if (problem is not null) throw Corrupt(problem);
        if (head!.Type != StateType.Name<T>()) throw Corrupt($"it holds a '{head.Type}', not a '{StateType.Name<T>()}'");
        problem = StateEnvelope.TryReadPayload(stream, stream.Length - stream.Position, head, hash, out var payload);
        if (problem is not null) throw Corrupt(problem);
        try
        {
            return StatePayload.Read<T>(payload);
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException or InvalidOperationException)
        {
            throw Corrupt("its data cannot be understood: " + error.Message, error);
        }
    }

    private CorruptStateException Corrupt(string problem, Exception? cause = null) => new($"a blob of the storage '{storage}' cannot be used: {problem}", cause);
}
