using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Srpo.Environments;

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
