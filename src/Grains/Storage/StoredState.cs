using System.Buffers.Binary;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>What a state is found by within a storage.</summary>
/// <param name="Grain">The grain's id.</param>
/// <param name="Name">The state's name.</param>
internal sealed record StateKey(string Grain, string Name);

/// <summary>A state that builds which know only earlier format versions may misread.</summary>
internal interface ILaterForm
{
    /// <summary>The version of <see cref="StoredState"/> from which on builds read it rightly, as it is now.</summary>
    uint LeastVersion { get; }
}

/// <summary>
/// A state as every storage keeps it, in a file, a blob or the rows of a database, little-endian: magic (8 bytes), format version (u32), length L of the
/// texts (u32), four texts (u16 length and UTF-8: type, grain, state, tag; L bytes in all), payload length (i64), SHA-256 of the payload (32),
/// SHA-256 of everything so far (32), payload (<see cref="StatePayload"/>). The head has a checksum of its own, so that a tag can be trusted
/// without reading the payload. Version 1, which is read, differs in the payload only: in files it was JSON with floats in base64. Version 3 is that of states which
/// builds before it would misread (<see cref="ILaterForm"/>); all others are written as version 2.
/// </summary>
internal sealed class StoredState
{
    /// <summary>The latest version. A later one is refused, and never guessed at.</summary>
    public const uint Version = 3;

    /// <summary>The version of states that every build since it reads rightly.</summary>
    private const uint Plain = 2;

    private const int Fixed = 16;
    private const int Tail = 8 + 32 + 32;
    private const int MaxTexts = 1 << 16;

    private readonly Stream _data;
    private string[] _texts = [];
    private long _length;
    private byte[] _hash = [];

    private StoredState(Stream data) => _data = data;

    private static ReadOnlySpan<byte> Magic => "SRPOSTAT"u8;

    /// <summary>What is wrong with the head, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Its version tag; null where the head cannot be read.</summary>
    public string? Tag => Problem is null ? _texts[3] : null;

    /// <summary>Reads the head.</summary>
    /// <param name="head">What is stored, from its beginning.</param>
    /// <param name="data">The payload, where it is kept apart; null where it follows the head. <see cref="Read"/> reads it.</param>
    public static StoredState Open(Stream head, Stream? data = null)
    {
        var stored = new StoredState(data ?? head);
        stored.Problem = stored.ReadHead(head);
        return stored;
    }

    /// <summary>Everything that precedes the payload.</summary>
    /// <typeparam name="T">Type of the state.</typeparam>
    /// <param name="key">What it is found by.</param>
    /// <param name="tag">Its version tag.</param>
    /// <param name="payload">What follows.</param>
    /// <param name="version">See <see cref="VersionOf"/>.</param>
    /// <exception cref="ArgumentException">The names are too long.</exception>
    public static byte[] Head<T>(StateKey key, string tag, ReadOnlySpan<byte> payload, uint version)
    {
        using var texts = new MemoryStream();
        Span<byte> length = stackalloc byte[2];
        foreach (var text in new[] { TypeName<T>(), key.Grain, key.Name, tag })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt16LittleEndian(length, checked((ushort)bytes.Length));
            texts.Write(length);
            texts.Write(bytes);
        }

        if (texts.Length > MaxTexts) throw new ArgumentException("the names of the state are too long to be stored", nameof(key));
        var size = Fixed + (int)texts.Length + Tail;
        var result = new byte[size];
        Magic.CopyTo(result);
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(8), version);
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(12), (uint)texts.Length);
        texts.ToArray().CopyTo(result, Fixed);
        BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(size - Tail), payload.Length);
        SHA256.HashData(payload, result.AsSpan(size - 64, 32));
        SHA256.HashData(result.AsSpan(0, size - 32), result.AsSpan(size - 32, 32));
        return result;
    }

    /// <summary>The format version that a state is stored with.</summary>
    /// <param name="state">The state.</param>
    public static uint VersionOf(object? state) => state is ILaterForm form ? form.LeastVersion : Plain;

    /// <summary>What a grain finds where nothing is stored.</summary>
    /// <typeparam name="T">Type of the state.</typeparam>
    public static T Empty<T>() => typeof(T).GetConstructor(Type.EmptyTypes) is null ? default! : Activator.CreateInstance<T>();

    /// <summary>Reads the state, once, when all checksums and names fit.</summary>
    /// <typeparam name="T">Type of the state.</typeparam>
    /// <param name="payloads">Understands it.</param>
    /// <param name="key">What it was found by.</param>
    /// <param name="place">Where, for messages.</param>
    /// <exception cref="CorruptStateException">What is stored is damaged or foreign.</exception>
    public T Read<T>(StatePayload payloads, StateKey key, string place)
    {
        if ((Problem ?? Foreign(key, TypeName<T>())) is { } problem) throw Corrupt(place, problem);
        var payload = ReadPayload(place);
        try
        {
            return payloads.Read<T>(payload);
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException or InvalidOperationException)
        {
            throw Corrupt(place, "its data cannot be understood: " + SrpoException.MessageOf(error), error);
        }
    }

    /// <summary>An error about a stored state.</summary>
    public static CorruptStateException Corrupt(string place, string problem, Exception? cause = null) => new($"{place} cannot be used: {problem}", cause);

    /// <summary>The name that a stored state carries: its alias, so that classes may be moved.</summary>
    private static string TypeName<T>() => typeof(T).GetCustomAttributes<AliasAttribute>().FirstOrDefault()?.Alias ?? typeof(T).FullName!;

    private string? Foreign(StateKey key, string type)
    {
        if (_texts[1] != key.Grain || _texts[2] != key.Name) return $"it belongs to the state '{_texts[2]}' of the grain '{_texts[1]}', not to '{key.Name}' of '{key.Grain}'";
        return _texts[0] == type ? null : $"it holds a '{_texts[0]}', not a '{type}'";
    }

    private string? ReadHead(Stream head)
    {
        var start = new byte[Fixed];
        var read = head.ReadAtLeast(start, Fixed, throwOnEndOfStream: false);
        if (read == 0) return "it is empty";
        if (!start.AsSpan(0, Math.Min(8, read)).SequenceEqual(Magic[..Math.Min(8, read)])) return "it does not begin like a state file of this program";
        if (read < Fixed) return $"it ends after {read} bytes, within its head";
        var version = BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (version is 0 or > Version) return $"it has format version {version}, and this program reads versions 1 to {Version} only; use the version of the program that wrote it";
        var length = BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(12));
        if (length > MaxTexts) return $"its head is damaged (length {length})";
        var rest = new byte[length + Tail];
        read = head.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false);
        if (read < rest.Length) return $"it ends after {Fixed + read} bytes, within its head";

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        hash.AppendData(rest.AsSpan(0, rest.Length - 32));
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(rest.AsSpan(rest.Length - 32))) return "the checksum of its head does not fit";

        _texts = new string[4];
        var at = 0;
        for (var i = 0; i < _texts.Length; i++)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(rest.AsSpan(at));
            _texts[i] = Encoding.UTF8.GetString(rest, at + 2, size);
            at += 2 + size;
        }

        _length = BinaryPrimitives.ReadInt64LittleEndian(rest.AsSpan((int)length));
        _hash = rest[^64..^32];
        return null;
    }

    private byte[] ReadPayload(string place)
    {
        var available = _data.Length - _data.Position;
        if (available != _length) throw Corrupt(place, $"it holds {available} bytes of data instead of {_length}" + (available < _length ? " (it was cut short)" : ""));
        if (_length > Array.MaxLength) throw Corrupt(place, $"its {_length} bytes of data are more than a state can have");
        var payload = GC.AllocateUninitializedArray<byte>((int)_length);
        if (_data.ReadAtLeast(payload, payload.Length, throwOnEndOfStream: false) < payload.Length) throw Corrupt(place, "it was cut short while it was read");
        if (!SHA256.HashData(payload).AsSpan().SequenceEqual(_hash)) throw Corrupt(place, "the checksum of its data does not fit (bits were altered)");
        return payload;
    }
}
