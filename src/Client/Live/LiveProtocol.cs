using System.Buffers.Binary;

namespace Srpo.Client.Live;

/// <summary>A command line on its way to another process of this machine.</summary>
/// <param name="Arguments">The arguments as typed.</param>
/// <param name="Directory">The directory in which they were typed.</param>
/// <param name="Width">Width of the terminal there.</param>
/// <param name="OutIsTerminal">Whether its output is a terminal.</param>
/// <param name="ErrorIsTerminal">Whether its messages go to a terminal.</param>
internal sealed record LiveRequest(string[] Arguments, string Directory, int Width, bool OutIsTerminal, bool ErrorIsTerminal);

/// <summary>What a frame carries.</summary>
internal enum LiveFrame : byte
{
    /// <summary>A <see cref="LiveRequest"/> as JSON.</summary>
    Request = 1,

    /// <summary>Bytes for stdout.</summary>
    Out = 2,

    /// <summary>Bytes for stderr.</summary>
    Error = 3,

    /// <summary>The exit code as a little-endian 32-bit number; the last frame.</summary>
    Exit = 4,
}

/// <summary>Frames on the socket: one byte kind, four bytes little-endian length, content.</summary>
internal static class LiveProtocol
{
    private const int HeaderLength = 5;
    private const int LongestFrame = 1 << 26;

    public static async Task WriteAsync(Stream stream, LiveFrame kind, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var frame = new byte[HeaderLength + content.Length];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame.AsMemory(HeaderLength));
        await stream.WriteAsync(frame, cancellation);
    }

    /// <summary>The next frame, or null at the end of the stream.</summary>
    public static async Task<(LiveFrame Kind, byte[] Content)?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var header = new byte[HeaderLength];
        if (await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellation) < HeaderLength) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1));
        if (length is < 0 or > LongestFrame) throw new InvalidDataException($"a frame of {length} bytes is not part of the protocol");
        var content = new byte[length];
        await stream.ReadExactlyAsync(content, cancellation);
        return ((LiveFrame)header[0], content);
    }
}
