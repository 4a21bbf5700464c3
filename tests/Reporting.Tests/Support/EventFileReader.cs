using System.Text;

namespace Srpo.Reporting.Tests;

/// <summary>Reads event files as their format says, with nothing of what writes them: checksums bit by bit, messages byte by byte.</summary>
internal static class EventFileReader
{
    /// <summary>An event: time in seconds, step, the file's version or null, and scalars by tag.</summary>
    public sealed record Entry(double Time, long Step, string? Version, Dictionary<string, float> Scalars);

    /// <summary>All events of a file; fails where a checksum is wrong.</summary>
    public static List<Entry> Read(byte[] file)
    {
        var entries = new List<Entry>();
        for (var at = 0; at < file.Length;)
        {
            Require(file.AsSpan(at, 8), BitConverter.ToUInt32(file, at + 8));
            var length = (int)BitConverter.ToUInt64(file, at);
            var record = file.AsSpan(at + 12, length);
            Require(record, BitConverter.ToUInt32(file, at + 12 + length));
            entries.Add(Event(record));
            at += 12 + length + 4;
        }

        return entries;
    }

    private static void Require(ReadOnlySpan<byte> bytes, uint written)
    {
        var crc = 0xffffffffu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
        }

        crc = ~crc;
        Assert.Equal(((crc >> 15) | (crc << 17)) + 0xa282ead8u, written);
    }

    private static Entry Event(ReadOnlySpan<byte> message)
    {
        var (time, step, version, scalars) = (0.0, 0L, (string?)null, new Dictionary<string, float>());
        foreach (var (field, value) in Fields(message))
        {
            if (field == 1) time = BitConverter.ToDouble(value);
            else if (field == 2) step = BitConverter.ToInt64(value);
            else if (field == 3) version = Encoding.UTF8.GetString(value);
            else if (field == 5)
            {
                foreach (var (_, scalar) in Fields(value))
                {
                    var parts = Fields(scalar);
                    scalars.Add(Encoding.UTF8.GetString(parts.Single(part => part.Field == 1).Value), BitConverter.ToSingle(parts.Single(part => part.Field == 2).Value));
                }
            }
        }

        return new Entry(time, step, version, scalars);
    }

    private static List<(int Field, byte[] Value)> Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<(int, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Number(message, ref at);
            var kind = (int)(tag & 7);
            if (kind == 0)
            {
                fields.Add(((int)(tag >> 3), BitConverter.GetBytes((long)Number(message, ref at))));
                continue;
            }

            var length = kind switch { 1 => 8, 5 => 4, 2 => (int)Number(message, ref at), _ => throw new FormatException($"kind {kind}") };
            fields.Add(((int)(tag >> 3), message.Slice(at, length).ToArray()));
            at += length;
        }

        return fields;
    }

    private static ulong Number(ReadOnlySpan<byte> message, ref int at)
    {
        var value = 0ul;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
