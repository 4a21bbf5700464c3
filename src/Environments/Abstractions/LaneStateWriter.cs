using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

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

/// <summary>Reads back what <see cref="LaneStateWriter"/> wrote, in the same order.</summary>
public ref struct LaneStateReader
{
    private readonly string _kind;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Checks that bytes are whole, and of an environment like this.</summary>
    /// <param name="state">The bytes.</param>
    /// <param name="kind">As they were written.</param>
    /// <param name="version">As they were written.</param>
    /// <param name="info">The environment.</param>
    /// <param name="lanes">Its number of lanes.</param>
    /// <exception cref="FormatException">They are not; the message says what they are of.</exception>
    public LaneStateReader(ReadOnlySpan<byte> state, string kind, int version, EnvironmentInfo info, int lanes)
    {
        _kind = kind;
        const int start = LaneStateWriter.HeadStart;
        if (state.Length < start || !state.StartsWith(LaneStateWriter.Magic))
            throw new FormatException(FormattableString.Invariant($"the state of the lanes ({kind}) is none: {state.Length} bytes that do not begin like one"));
        if (!SHA256.HashData(state[start..]).AsSpan().SequenceEqual(state.Slice(8, SHA256.HashSizeInBytes)))
            throw new FormatException($"the state of the lanes ({kind}) is damaged or cut short: its checksum does not fit");
        var expected = LaneStateHead.Of(kind, version, info, lanes);
        if (!state[start..].StartsWith(expected)) throw new FormatException($"the state of the lanes is {LaneStateHead.Describe(state[start..])}; needed is one {LaneStateHead.Describe(expected)}");
        _rest = state[(start + expected.Length)..];
    }

    /// <summary>Reads a number.</summary>
    /// <typeparam name="T">As it was written.</typeparam>
    /// <exception cref="FormatException">There is no more.</exception>
    public T Read<T>()
        where T : unmanaged
    {
        T value = default;
        ReadAll(new Span<T>(ref value));
        return value;
    }

    /// <summary>Reads numbers one after another.</summary>
    /// <typeparam name="T">As they were written.</typeparam>
    /// <param name="values">As many as are to be read.</param>
    /// <exception cref="FormatException">There are fewer.</exception>
    public void ReadAll<T>(scoped Span<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        Take(bytes.Length).CopyTo(bytes);
    }

    /// <summary>Reads bytes without a copy; good as long as the state is.</summary>
    /// <param name="count">How many.</param>
    /// <exception cref="FormatException">There are fewer.</exception>
    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length) throw Misfit(FormattableString.Invariant($"ends {(long)count - _rest.Length} bytes too early"));
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>All has been read.</summary>
    /// <exception cref="FormatException">There is more.</exception>
    public readonly void End()
    {
        if (!_rest.IsEmpty) throw Misfit(FormattableString.Invariant($"has {_rest.Length} bytes too many"));
    }

    private readonly FormatException Misfit(string how) => new($"the state of the lanes ({_kind}) {how}");
}

/// <summary>Kinds of states of lanes.</summary>
public static class LaneStateKind
{
    /// <summary>What <see cref="IVectorEnvironment.SaveLanes"/> gives.</summary>
    public const string Environment = "environment";

    /// <summary>What a rollout leaves to the next: who sits where and what they remember, and the environment's own state.</summary>
    public const string Rollout = "rollout";
}

/// <summary>The head of a state of lanes.</summary>
internal static class LaneStateHead
{
    /// <summary>What a state is of, as bytes: length (u16) and UTF-8 of kind, name and variant; version, lanes, seats, actions, steps of an episode (i32).</summary>
    internal static byte[] Of(string kind, int version, EnvironmentInfo info, int lanes)
    {
        using var head = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        foreach (var text in new[] { kind, info.Name, info.Variant })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt16LittleEndian(number, checked((ushort)bytes.Length));
            head.Write(number[..2]);
            head.Write(bytes);
        }

        foreach (var value in (ReadOnlySpan<int>)[version, lanes, info.Seats, info.Actions, info.EpisodeLength])
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, value);
            head.Write(number);
        }

        return head.ToArray();
    }

    /// <summary>What a head says, for people.</summary>
    internal static string Describe(ReadOnlySpan<byte> head)
    {
        try
        {
            string[] texts = new string[3];
            for (var i = 0; i < texts.Length; i++)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(head);
                texts[i] = Encoding.UTF8.GetString(head.Slice(2, length));
                head = head[(2 + length)..];
            }

            var numbers = new int[5];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(head[(4 * i)..]);
            return FormattableString.Invariant(
                $"of {texts[1]} {texts[2]} with {numbers[1]} lanes, {numbers[2]} seats, {numbers[3]} actions and {numbers[4]} steps an episode ({texts[0]}, version {numbers[0]})");
        }
        catch (ArgumentOutOfRangeException)
        {
            return "of something unknown";
        }
    }
}
