using System.IO.Compression;

namespace Srpo.Environments.Recordings;

/// <summary>
/// Unpacks gzip so that its reader can tell a complete file from one that was cut off. GZipStream takes the end of the
/// file for the end of the data, wherever that is. Here a member of its own is put behind the file, as if by
/// <c>cat file.gz mark.gz</c>: its line comes out only if everything before it, checksum and length included, was whole.
/// </summary>
internal static class MarkedGzip
{
    /// <summary>The last line of every complete file; not JSON, so no recording has it.</summary>
    internal const string EndMark = "\u0003 end of packed recording \u0003";

    private static readonly byte[] EndMember = Pack();

    internal static Stream Unpack(Stream packed) =>
        new GZipStream(new ConcatenatedStream(packed, new MemoryStream(EndMember, writable: false)), CompressionMode.Decompress);

    private static byte[] Pack()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        using (var writer = new StreamWriter(gzip))
        {
            // The line before may lack its newline.
            writer.Write('\n');
            writer.Write(EndMark);
        }

        return bytes.ToArray();
    }
}

/// <summary>Reads one stream, then another; disposes both.</summary>
internal sealed class ConcatenatedStream(Stream first, Stream second) : Stream
{
    private bool _firstEnded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (!_firstEnded)
        {
            var read = first.Read(buffer);
            if (read > 0 || buffer.IsEmpty) return read;
            _firstEnded = true;
        }

        return second.Read(buffer);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            first.Dispose();
            second.Dispose();
        }

        base.Dispose(disposing);
    }
}
