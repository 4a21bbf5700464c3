using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Srpo.Grains.Interfaces;

/// <summary>
/// A block of floats in a message. Within a silo it travels by reference, between silos as raw little-endian bytes. Whoever
/// holds one must not write to it.
/// </summary>
/// <param name="Values">The numbers; shared, not to be written.</param>
[Immutable, JsonConverter(typeof(FloatBlockJsonConverter))]
public readonly record struct FloatBlock(float[] Values)
{
    /// <summary>The empty block.</summary>
    public static FloatBlock Empty { get; } = new([]);

    /// <summary>Number of floats.</summary>
    public int Length => Values?.Length ?? 0;

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<float> Span => Values;
}

/// <summary>How a <see cref="FloatBlock"/> is put on the wire.</summary>
[GenerateSerializer, Alias("srpo.FloatBlock"), Immutable]
public struct FloatBlockSurrogate
{
    /// <summary>Little-endian IEEE 754 singles.</summary>
    [Id(0)]
    public byte[] Bytes;
}

/// <summary>Turns blocks into bytes and back.</summary>
[RegisterConverter]
public sealed class FloatBlockConverter : IConverter<FloatBlock, FloatBlockSurrogate>
{
    /// <inheritdoc/>
    public FloatBlock ConvertFromSurrogate(in FloatBlockSurrogate surrogate) =>
        new(MemoryMarshal.Cast<byte, float>(surrogate.Bytes).ToArray());

    /// <inheritdoc/>
    public FloatBlockSurrogate ConvertToSurrogate(in FloatBlock value) =>
        new() { Bytes = MemoryMarshal.AsBytes(value.Span).ToArray() };
}

/// <summary>Blocks in JSON: base64 of the raw bytes, exact to the bit.</summary>
public sealed class FloatBlockJsonConverter : JsonConverter<FloatBlock>
{
    /// <inheritdoc/>
    public override FloatBlock Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(MemoryMarshal.Cast<byte, float>(reader.GetBytesFromBase64()).ToArray());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, FloatBlock value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(MemoryMarshal.AsBytes(value.Span));
}
