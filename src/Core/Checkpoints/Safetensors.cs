using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Srpo.Core.Json;

namespace Srpo.Core.Checkpoints;

/// <summary>
/// Writes and reads safetensors files (github.com/huggingface/safetensors, "Format"): 8 bytes with the little-endian length
/// of the header, the header as JSON, the tensors' data. Tensors are F32, their data contiguous and in order. The metadata
/// entry <see cref="HashKey"/> is added on writing and checked on reading, so that an altered bit is found.
/// </summary>
public static class Safetensors
{
    /// <summary>Metadata entry with the SHA-256 of the data section, lower-case hexadecimal.</summary>
    public const string HashKey = "sha256";

    private const string MetadataKey = "__metadata__";
    private const int MaxHeader = 100_000_000;

    /// <summary>The file as bytes.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, is reserved, or a shape does not fit its numbers.</exception>
    public static byte[] Write(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var data = new byte[DataLength(file.Tensors)];
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            // The data comes first: its hash is part of the header.
            var offset = 0;
            foreach (var tensor in file.Tensors)
            {
                WriteFloats(tensor.Values, data.AsSpan(offset));
                offset += tensor.Values.Length * sizeof(float);
            }

            writer.WriteStartObject();
            writer.WriteStartObject(MetadataKey);
            foreach (var (key, value) in file.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                if (key != HashKey) writer.WriteString(key, value);
            }

            writer.WriteString(HashKey, Convert.ToHexStringLower(SHA256.HashData(data)));
            writer.WriteEndObject();
            WriteEntries(writer, file.Tensors);
            writer.WriteEndObject();
        }

        var header = (int)json.Length;
        var padded = (header + 7) / 8 * 8;
        var result = new byte[8 + padded + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(result, (ulong)padded);
        json.ToArray().CopyTo(result, 8);
        result.AsSpan(8 + header, padded - header).Fill((byte)' ');
        data.CopyTo(result, 8 + padded);
        return result;
    }

    /// <summary>Reads a file from memory.</summary>
    /// <param name="content">All of its bytes.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="SafetensorsException">The file is not valid.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> content, string source)
    {
        if (content.Length < 8) throw Wrong(source, "header length", $"the file has {content.Length} bytes; 8 are needed");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(content.Span);
        if (length > MaxHeader) throw Wrong(source, "header length", $"{length} is more than {MaxHeader}");
        if (8 + (long)length > content.Length) throw Wrong(source, "header length", $"the header needs {8 + length} bytes, the file has {content.Length}: it was cut short");
        var data = content[(8 + (int)length)..];
        try
        {
            using var header = JsonDocument.Parse(content.Slice(8, (int)length));
            return SafetensorsHeader.Read(header.RootElement, data, source);
        }
        catch (JsonException error)
        {
            throw new SafetensorsException($"'{source}': header: it is not JSON: {JsonProblem.Of(error)}", error);
        }
        catch (InvalidOperationException error)
        {
            // Names and texts are decoded only where they are read.
            throw new SafetensorsException($"'{source}': header: a name or text in it is not valid Unicode", error);
        }
    }

    internal static SafetensorsException Wrong(string source, string field, string what) => new($"'{source}': {field}: {what}");

    internal static float[] ReadFloats(ReadOnlySpan<byte> bytes)
    {
        var values = new float[bytes.Length / sizeof(float)];
        if (BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
        return values;
    }

    private static void WriteFloats(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(values).CopyTo(bytes);
            return;
        }

        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], values[i]);
    }

    private static int DataLength(IReadOnlyList<SafetensorsTensor> tensors)
    {
        var names = new HashSet<string>();
        long total = 0;
        foreach (var tensor in tensors)
        {
            if (string.IsNullOrEmpty(tensor.Name) || tensor.Name == MetadataKey) throw new ArgumentException($"'{tensor.Name}' cannot name a tensor", nameof(tensors));
            if (!names.Add(tensor.Name)) throw new ArgumentException($"the tensor '{tensor.Name}' occurs twice", nameof(tensors));
            long count = 1;
            foreach (var dimension in tensor.Shape) count *= dimension;
            if (tensor.Shape.Any(dimension => dimension < 0) || count != tensor.Values.Length)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the shape [{string.Join(", ", tensor.Shape)}] of '{tensor.Name}' does not fit its {tensor.Values.Length} numbers"), nameof(tensors));
            }

            total += count * sizeof(float);
        }

        return total <= int.MaxValue / 2 ? (int)total : throw new ArgumentException("the tensors are larger than 1 GiB", nameof(tensors));
    }

    private static void WriteEntries(Utf8JsonWriter writer, IReadOnlyList<SafetensorsTensor> tensors)
    {
        long offset = 0;
        foreach (var tensor in tensors)
        {
            writer.WriteStartObject(tensor.Name);
            writer.WriteString("dtype", "F32");
            writer.WriteStartArray("shape");
            foreach (var dimension in tensor.Shape) writer.WriteNumberValue(dimension);
            writer.WriteEndArray();
            writer.WriteStartArray("data_offsets");
            writer.WriteNumberValue(offset);
            writer.WriteNumberValue(offset += (long)tensor.Values.Length * sizeof(float));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }
}
