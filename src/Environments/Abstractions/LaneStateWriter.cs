using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Srpo.Environments;

/// <summary>
/// Writes the state of all lanes of an environment as bytes that <see cref="LaneStateReader"/> reads back: what
/// <see cref="IVectorEnvironment.SaveLanes"/> needs. Little-endian: "SRPOLANE" (8 bytes), SHA-256 of all that follows (32), a head that says what the state is of
/// (kind, version of the format, name and variant of the environment, its lanes, seats, actions and steps of an episode), then what was written. Equal
/// states should give equal bytes, for they are part of checkpoints. Not thread-safe.
/// </summary>
public sealed class LaneStateWriter
{
    internal const int HeadStart = 8 + SHA256.HashSizeInBytes;

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    /// <summary>A state that is to be written.</summary>
    /// <param name="kind">What is written, for example <see cref="LaneStateKind.Environment"/>; whoever reads it must expect the same.</param>
    /// <param name="version">Version of what the writer writes; count it up whenever that changes.</param>
    /// <param name="info">The environment.</param>
    /// <param name="lanes">Its number of lanes.</param>
    public LaneStateWriter(string kind, int version, EnvironmentInfo info, int lanes)
    {
        Magic.CopyTo(_bytes.GetSpan(HeadStart));
        _bytes.Advance(HeadStart);
        _bytes.Write(LaneStateHead.Of(kind, version, info, lanes));
    }

    internal static ReadOnlySpan<byte> Magic => "SRPOLANE"u8;

    /// <summary>Writes a number.</summary>
    /// <typeparam name="T">A number; a structure only if it has no gaps, whose bytes nobody sets.</typeparam>
    public void Write<T>(T value)
        where T : unmanaged => WriteAll(new ReadOnlySpan<T>(in value));

    /// <summary>Writes numbers one after another, not how many they are.</summary>
    /// <typeparam name="T">A number; a structure only if it has no gaps, whose bytes nobody sets.</typeparam>
    public void WriteAll<T>(ReadOnlySpan<T> values)
        where T : unmanaged => _bytes.Write(MemoryMarshal.AsBytes(values));

    /// <summary>All that was written.</summary>
    public byte[] ToBytes()
    {
        var bytes = _bytes.WrittenSpan.ToArray();
        SHA256.HashData(bytes.AsSpan(HeadStart), bytes.AsSpan(8, SHA256.HashSizeInBytes));
        return bytes;
    }
}

/// <summary>Kinds of states of lanes.</summary>
public static class LaneStateKind
{
    /// <summary>What <see cref="IVectorEnvironment.SaveLanes"/> gives.</summary>
    public const string Environment = "environment";

    /// <summary>What a rollout leaves to the next: who sits where and what they remember, and the environment's own state.</summary>
    public const string Rollout = "rollout";
}
