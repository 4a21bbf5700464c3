using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Srpo.Grains.Storage;

/// <summary>What the head of a stored state says.</summary>
/// <param name="Type">Name of the state's type.</param>
/// <param name="Grain">The grain that it belongs to.</param>
/// <param name="State">The state's name.</param>
/// <param name="Tag">Its version tag.</param>
/// <param name="PayloadLength">Bytes of payload that follow the head.</param>
internal sealed record StateHead(string Type, string Grain, string State, string Tag, long PayloadLength);

/// <summary>
/// The format of a stored state, in a file or in the rows of a database, little-endian: magic (8 bytes), format version (u32), length L of the texts (u32), four texts
/// (u16 length and UTF-8: type, grain, state, tag; L bytes in all), payload length (i64), SHA-256 of the payload (32),
/// SHA-256 of everything so far (32), payload. The head has a checksum of its own, so that a tag can be trusted without
/// reading the payload.
/// </summary>
internal static class StateEnvelope
{
    public const uint Version = 1;

    private const int Fixed = 16;
    private const int Tail = 8 + 32 + 32;
    private const int MaxTexts = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "SRPOSTAT"u8;

    /// <summary>Everything that precedes the payload.</summary>
    public static byte[] WriteHead(StateHead head, ReadOnlySpan<byte> payload)
    {
        using var texts = new MemoryStream();
        Span<byte> length = stackalloc byte[2];
        foreach (var text in new[] { head.Type, head.Grain, head.State, head.Tag })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt16LittleEndian(length, checked((ushort)bytes.Length));
            texts.Write(length);
            texts.Write(bytes);
        }

        if (texts.Length > MaxTexts) throw new ArgumentException("the names of the state are too long to be stored", nameof(head));
        var size = Fixed + (int)texts.Length + Tail;
        var result = new byte[size];
        Magic.CopyTo(result);
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(12), (uint)texts.Length);
        texts.ToArray().CopyTo(result, Fixed);
        BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(size - Tail), payload.Length);
        SHA256.HashData(payload, result.AsSpan(size - 64, 32));
        SHA256.HashData(result.AsSpan(0, size - 32), result.AsSpan(size - 32, 32));
        return result;
    }

    /// <summary>Reads the head from a stream and leaves the stream at the payload.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="head">What the head says.</param>
    /// <param name="payloadHash">SHA-256 that the payload must have.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? TryReadHead(Stream stream, out StateHead? head, out byte[] payloadHash)
    {
        (head, payloadHash) = (null, []);
        var start = new byte[Fixed];
        var read = stream.ReadAtLeast(start, Fixed, throwOnEndOfStream: false);
        if (read == 0) return "it is empty";
        if (!start.AsSpan(0, Math.Min(8, read)).SequenceEqual(Magic[..Math.Min(8, read)])) return "it does not begin like a state file of this program";
        if (read < Fixed) return $"it ends after {read} bytes, within its head";
        var version = BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (version != Version) return $"it has format version {version}, and this program reads version {Version} only";
        var length = BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(12));
        if (length > MaxTexts) return $"its head is damaged (length {length})";
        var rest = new byte[length + Tail];
        read = stream.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
        if (read < rest.Length) return $"it ends after {Fixed + read} bytes, within its head";

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        hash.AppendData(rest.AsSpan(0, rest.Length - 32));
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(rest.AsSpan(rest.Length - 32))) return "the checksum of its head does not fit";

        var texts = new string[4];
        var at = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(rest.AsSpan(at));
            texts[i] = Encoding.UTF8.GetString(rest, at + 2, size);
            at += 2 + size;
        }

        head = new StateHead(texts[0], texts[1], texts[2], texts[3], BinaryPrimitives.ReadInt64LittleEndian(rest.AsSpan((int)length)));
        payloadHash = rest.AsSpan(rest.Length - 64, 32).ToArray();
        return null;
    }

    /// <summary>Reads the payload behind a head.</summary>
    /// <param name="stream">The file, at the payload.</param>
    /// <param name="available">Bytes from there to the end of the file.</param>
    /// <param name="head">The head.</param>
    /// <param name="payloadHash">SHA-256 that the payload must have.</param>
    /// <param name="payload">The payload.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? TryReadPayload(Stream stream, long available, StateHead head, byte[] payloadHash, out byte[] payload)
    {
        payload = [];
        if (available != head.PayloadLength)
            return $"it holds {available} bytes of data instead of {head.PayloadLength}" + (available < head.PayloadLength ? " (it was cut short)" : "");
        payload = new byte[head.PayloadLength];
        if (stream.ReadAtLeast(payload, payload.Length, throwOnEndOfStream: false) < payload.Length) return "it was cut short while it was read";
        return Fits(payload, payloadHash) ? null : "the checksum of its data does not fit (bits were altered)";
    }

    /// <summary>Whether a payload has the checksum that its head gives.</summary>
    public static bool Fits(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> hash) => SHA256.HashData(payload).AsSpan().SequenceEqual(hash);
}
