using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// A state as bytes, little-endian: length of the JSON (u32), the JSON, and for each block of floats, in the order of the JSON,
/// its length (u32) and its raw IEEE 754 singles. In the JSON a block is its number. Base64, as state files have it, would make
/// checkpoints a third larger, and a database would send that third over the network each time.
/// </summary>
internal static class StatePayload
{
    /// <summary>A state of more bytes cannot be held in one array.</summary>
    private const long Limit = 2_000_000_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new BlockNumbers() },
    };

    /// <summary>The bytes of a state.</summary>
    /// <exception cref="SrpoGrainException">It is too large to be stored as one state.</exception>
    public static byte[] Write<T>(T state)
    {
        var blocks = new List<FloatBlock>();
        BlockNumbers.Current = blocks;
        byte[] json;
        try
        {
            json = JsonSerializer.SerializeToUtf8Bytes(state, Json);
        }
        finally
        {
            BlockNumbers.Current = null;
        }

        var size = 4L + json.Length + blocks.Sum(block => 4 + 4L * block.Length);
        if (size > Limit) throw new SrpoGrainException($"a state of {size} bytes is too large to be stored; use a smaller network");
        var writer = new ArrayBufferWriter<byte>((int)size);
        Length(writer, json.Length);
        writer.Write(json);
        foreach (var block in blocks)
        {
            Length(writer, block.Length);
            writer.Write(MemoryMarshal.AsBytes(block.Span));
        }

        return MemoryMarshal.TryGetArray(writer.WrittenMemory, out var array) && array.Array!.Length == array.Count
            ? array.Array
            : writer.WrittenSpan.ToArray();
    }

    /// <summary>The state behind bytes of <see cref="Write"/>.</summary>
    /// <exception cref="JsonException">They are not such bytes.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes)
    {
        var json = Take(ref bytes, 1);
        var blocks = new List<FloatBlock>();
        while (!bytes.IsEmpty) blocks.Add(new FloatBlock(MemoryMarshal.Cast<byte, float>(Take(ref bytes, sizeof(float))).ToArray()));
        BlockNumbers.Current = blocks;
        try
        {
            return JsonSerializer.Deserialize<T>(json, Json) ?? throw new JsonException("the state is null");
        }
        finally
        {
            BlockNumbers.Current = null;
        }
    }

    private static void Length(ArrayBufferWriter<byte> writer, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(4), (uint)length);
        writer.Advance(4);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int size)
    {
        if (bytes.Length < 4) throw new JsonException("a length is missing");
        var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes) * size;
        if (length > bytes.Length - 4) throw new JsonException("a length is larger than what follows");
        var part = bytes.Slice(4, (int)length);
        bytes = bytes[(4 + (int)length)..];
        return part;
    }

    /// <summary>Writes the number of a block in place of its floats. JSON is written and read within one call, on one thread.</summary>
    private sealed class BlockNumbers : JsonConverter<FloatBlock>
    {
        [ThreadStatic]
        private static List<FloatBlock>? current;

        public static List<FloatBlock>? Current
        {
            set => current = value;
        }

        public override FloatBlock Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var number = reader.GetInt32();
            return number >= 0 && number < current!.Count ? current[number] : throw new JsonException($"there is no block {number}");
        }

        public override void Write(Utf8JsonWriter writer, FloatBlock value, JsonSerializerOptions options)
        {
            writer.WriteNumberValue(current!.Count);
            current.Add(value);
        }
    }
}
