using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Storage;

/// <summary>
/// States as bytes and back, little-endian: length of the JSON (u32), the JSON, and for each block of floats, in the order of the JSON,
/// its length (u32) and its raw IEEE 754 singles. In the JSON a block is its number; base64 there would make checkpoints a third larger, and a database
/// would send that third over the network each time. Numbers are exact to the bit, not-a-number and infinities allowed. Thread-safe.
/// </summary>
/// <param name="lastPoints">Whether only the last point of learning curves is read; nothing is written then.</param>
internal sealed class StatePayload(bool lastPoints = false)
{
    /// <summary>A state of more bytes cannot be held in one array.</summary>
    private const long Limit = 2_000_000_000;

    private readonly ConcurrentBag<Text> _idle = [];

    /// <summary>The bytes of a state.</summary>
    /// <exception cref="SrpoGrainException">It is too large to be stored as one state.</exception>
    public byte[] Write<T>(T state)
    {
        return With(text =>
        {
            var json = text.Write(state);
            var blocks = text.Blocks.Take();
            var size = 4L + json.Length + blocks.Sum(block => 4 + 4L * block.Length);
            if (size > Limit) throw new SrpoGrainException($"a state of {size} bytes is too large to be stored; use a smaller network");
            var bytes = GC.AllocateUninitializedArray<byte>((int)size);
            var rest = bytes.AsSpan();
            Put(ref rest, json.Length, json);
            foreach (var block in blocks) Put(ref rest, block.Length, MemoryMarshal.AsBytes(block.Span));
            return bytes;
        });
    }

    /// <summary>The state behind bytes of <see cref="Write"/>, or behind JSON that has blocks in base64, as files of format version 1 have it.</summary>
    /// <exception cref="JsonException">They are neither.</exception>
    public T Read<T>(byte[] bytes)
    {
        if (IsText(bytes)) return With(text => Deserialise<T>(bytes, text, []));
        ReadOnlySpan<byte> rest = bytes;
        var length = Take(ref rest, 1).Length;
        var blocks = new List<FloatBlock>();
        while (!rest.IsEmpty) blocks.Add(new FloatBlock(MemoryMarshal.Cast<byte, float>(Take(ref rest, sizeof(float))).ToArray()));
        return With(text => Deserialise<T>(bytes.AsSpan(4, length), text, blocks));
    }

    private static T Deserialise<T>(ReadOnlySpan<byte> json, Text text, List<FloatBlock> blocks)
    {
        text.Blocks.Give(blocks);
        return JsonSerializer.Deserialize<T>(json, text.Options) ?? throw new JsonException("the state is null");
    }

    /// <summary>Taken for a length, the beginning of an object in JSON is larger than any state.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes) => bytes is [(byte)'{', ..] && (bytes.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) > bytes.Length - 4);

    private static void Put(ref Span<byte> rest, int length, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)length);
        bytes.CopyTo(rest[4..]);
        rest = rest[(4 + bytes.Length)..];
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

    private T With<T>(Func<Text, T> use)
    {
        if (!_idle.TryTake(out var text)) text = new Text(lastPoints);
        try
        {
            return use(text);
        }
        finally
        {
            text.Blocks.Take();
            text.Trim();
            _idle.Add(text);
        }
    }

    /// <summary>The JSON of one state at a time, and the blocks that it refers to.</summary>
    private sealed class Text
    {
        /// <summary>What is kept to write the next state into. Most are smaller: floats are not in it.</summary>
        private const int Kept = 16 << 20;

        private ArrayBufferWriter<byte> _json = new();

        public Text(bool lastPoints)
        {
            Options = new JsonSerializerOptions
            {
                NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
                TypeInfoResolver = StateJson.Resolver,
                Converters = { Blocks },
            };
            if (lastPoints) Options.Converters.Add(CurveText.LastPoint);
        }

        public BlockNumbers Blocks { get; } = new();

        public JsonSerializerOptions Options { get; }

        /// <summary>A state as JSON, until the next one is written.</summary>
        public ReadOnlySpan<byte> Write<T>(T state)
        {
            _json.ResetWrittenCount();
            using var writer = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true });
            JsonSerializer.Serialize(writer, state, Options);
            writer.Flush();
            return _json.WrittenSpan;
        }

        /// <summary>Lets go of what only a large state needed.</summary>
        public void Trim()
        {
            if (_json.Capacity > Kept) _json = new();
        }
    }

    /// <summary>Writes the number of a block in place of its floats.</summary>
    private sealed class BlockNumbers : JsonConverter<FloatBlock>
    {
        private List<FloatBlock> _blocks = [];

        /// <summary>The blocks that are referred to from here on.</summary>
        public void Give(List<FloatBlock> blocks) => _blocks = blocks;

        /// <summary>The blocks that were referred to; none are left.</summary>
        public List<FloatBlock> Take()
        {
            var taken = _blocks;
            _blocks = [];
            return taken;
        }

        public override FloatBlock Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String) return new(MemoryMarshal.Cast<byte, float>(reader.GetBytesFromBase64()).ToArray());
            var number = reader.GetInt32();
            return number >= 0 && number < _blocks.Count ? _blocks[number] : throw new JsonException($"there is no block {number}");
        }

        public override void Write(Utf8JsonWriter writer, FloatBlock value, JsonSerializerOptions options)
        {
            writer.WriteNumberValue(_blocks.Count);
            _blocks.Add(value);
        }
    }
}

/// <summary>
/// How the records of grains become JSON and back, worked out when the program is built: the same bytes as by reflection, which takes time
/// in every process that reads a state. Settings go by reflection all the same: what is worked out here would give a property that can only
/// be initialised, and is not in the JSON, no default.
/// </summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ActorCheckpoint))]
[JsonSerializable(typeof(CurvePage))]
[JsonSerializable(typeof(DirectoryRecord))]
[JsonSerializable(typeof(PopulationRecord))]
[JsonSerializable(typeof(TournamentRecord))]
internal sealed partial class StateJson : JsonSerializerContext
{
    private static readonly DefaultJsonTypeInfoResolver Reflection = new();

    /// <summary>Records as worked out here, all other types by reflection.</summary>
    public static IJsonTypeInfoResolver Resolver { get; } = JsonTypeInfoResolver.Combine(new Settings(), Default, Reflection);

    private sealed class Settings : IJsonTypeInfoResolver
    {
        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) =>
            type.Namespace == typeof(PopulationSpec).Namespace ? Reflection.GetTypeInfo(type, options) : null;
    }
}
