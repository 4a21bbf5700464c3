using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;

namespace Srpo.Reporting.Files;

/// <summary>
/// An event file as TensorBoard reads it: records of TensorFlow's TFRecord format (length, its checksum, bytes, their checksum), each a message Event of its event.proto, with
/// scalars as simple values of a Summary.
/// </summary>
public static class EventFile
{
    /// <summary>What the first event of a file says.</summary>
    public const string Version = "brain.Event:2";

    /// <summary>Added to checksums, so that a record that holds records has no checksum of itself in it.</summary>
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>Writes a file.</summary>
    /// <param name="events">The events, steps ascending.</param>
    /// <param name="began">The time of the event before them, which says what kind of file it is.</param>
    public static byte[] Write(IEnumerable<ScalarEvent> events, DateTimeOffset began)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var file = new MemoryStream();
        Append(file, Message(output =>
        {
            WriteTime(output, began);
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteString(Version);
        }));
        foreach (var scalars in events)
        {
            Append(file, Message(output =>
            {
                WriteTime(output, scalars.Time);
                output.WriteTag(2, WireFormat.WireType.Varint);
                output.WriteInt64(scalars.Step);
                output.WriteTag(5, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(Message(summary => WriteSummary(summary, scalars.Values))));
            }));
        }

        return file.ToArray();
    }

    /// <summary>The checksum of a record: CRC-32C, rotated and shifted.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }

    private static void WriteTime(CodedOutputStream output, DateTimeOffset time)
    {
        output.WriteTag(1, WireFormat.WireType.Fixed64);
        output.WriteDouble((time - DateTimeOffset.UnixEpoch).TotalSeconds);
    }

    private static void WriteSummary(CodedOutputStream summary, IEnumerable<(string Tag, double Value)> values)
    {
        foreach (var (tag, number) in values)
        {
            summary.WriteTag(1, WireFormat.WireType.LengthDelimited);
            summary.WriteBytes(ByteString.CopyFrom(Message(value =>
            {
                value.WriteTag(1, WireFormat.WireType.LengthDelimited);
                value.WriteString(tag);
                value.WriteTag(2, WireFormat.WireType.Fixed32);
                value.WriteFloat((float)number);
            })));
        }
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true)) write(output);
        return bytes.ToArray();
    }

    private static void Append(MemoryStream file, ReadOnlySpan<byte> record)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)record.Length);
        file.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Checksum(length));
        file.Write(checksum);
        file.Write(record);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Checksum(record));
        file.Write(checksum);
    }
}

/// <summary>Numbers of one step.</summary>
/// <param name="Step">The step, what TensorBoard draws along.</param>
/// <param name="Time">When it was.</param>
/// <param name="Values">Numbers by tag; what stands before the last "/" of a tag groups them.</param>
public sealed record ScalarEvent(long Step, DateTimeOffset Time, IReadOnlyList<(string Tag, double Value)> Values);
