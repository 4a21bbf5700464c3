using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Srpo.Core.Checkpoints;

/// <summary>
/// Writes and reads safetensors files (github.com/huggingface/safetensors, "Format"): 8 bytes with the little-endian length
/// of the header, the header as JSON, the tensors' data, contiguous and in order. The metadata entry <see cref="HashKey"/> is added on writing
/// and checked on reading, so that an altered bit is found. This class is for files that memory holds, whose tensors are singles;
/// <see cref="SafetensorsReader"/> and <see cref="SafetensorsWriter"/> are for those that it need not hold.
/// </summary>
public static class Safetensors
{
    /// <summary>Metadata entry with the SHA-256 of the data section, lower-case hexadecimal.</summary>
    public const string HashKey = "sha256";

    /// <summary>The file as bytes.</summary>
    /// <exception cref="ArgumentException">A name occurs twice, is reserved, or a shape does not fit its numbers.</exception>
    public static byte[] Write(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var data = new byte[DataLength(file.Tensors)];

        // The data comes first: its hash is part of the header.
        var offset = 0;
        foreach (var tensor in file.Tensors)
        {
            var bytes = tensor.Values.Length * sizeof(float);
            TensorType.F32.FromSingles(tensor.Values, data.AsSpan(offset, bytes));
            offset += bytes;
        }

        byte[] header = Header(file.Tensors.Select(tensor => new SafetensorsEntry(tensor.Name, TensorType.F32, tensor.Shape)), file.Metadata, Convert.ToHexStringLower(SHA256.HashData(data)));
        return [.. header, .. data];
    }

    /// <summary>Reads a file from memory. Tensors of F16 and BF16 become singles, which is exact.</summary>
    /// <param name="content">All of its bytes.</param>
    /// <param name="source">How messages name it.</param>
    /// <exception cref="SafetensorsException">The file is not valid, or a tensor is neither F32 nor F16 nor BF16.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> content, string source)
    {
        if (content.Length < 8) throw SafetensorsHeader.Wrong(source, "header length", $"the file has {content.Length} bytes; 8 are needed");
        var length = SafetensorsHeader.CheckLength(BinaryPrimitives.ReadUInt64LittleEndian(content.Span), content.Length, source);
        var data = content[(8 + length)..];
        var header = SafetensorsHeader.Parse(content.Slice(8, length), data.Length, source);
        if (header.Entries.FirstOrDefault(entry => !entry.Type.IsReadable()) is { } other) throw NotReadable(source, other);
        if (header.Metadata.TryGetValue(HashKey, out var hash) && hash != Convert.ToHexStringLower(SHA256.HashData(data.Span))) throw Altered(source);
        return new SafetensorsFile([.. header.Entries.Select(Tensor)], header.Metadata);

        SafetensorsTensor Tensor(SafetensorsEntry entry)
        {
            var values = new float[entry.Count];
            entry.Type.ToSingles(data.Span.Slice((int)entry.Begin, (int)entry.Bytes), values);
            return new SafetensorsTensor(entry.Name, entry.Shape, values);
        }
    }

    internal static SafetensorsException NotReadable(string source, SafetensorsEntry entry) =>
        SafetensorsHeader.Wrong(source, $"{entry.Name}.dtype", $"numbers of type {entry.Type} cannot be used here; use {string.Join(", ", TensorTypes.Readable)}");

    internal static SafetensorsException Altered(string source) =>
        SafetensorsHeader.Wrong(source, $"{SafetensorsHeader.MetadataKey}.{HashKey}", "it does not fit the data: bits were altered; copy the file again from where it is whole, or make it anew");

    /// <summary>The length, and a header that is padded so that the data begins at a multiple of 8.</summary>
    internal static byte[] Header(IEnumerable<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata, string? hash)
    {
        using var json = new MemoryStream();
        json.Write(new byte[8]);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(SafetensorsHeader.MetadataKey);
            foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                if (key != HashKey) writer.WriteString(key, value);
            }

            if (hash is not null) writer.WriteString(HashKey, hash);
            writer.WriteEndObject();
            WriteEntries(writer, tensors);
            writer.WriteEndObject();
        }

        while (json.Length % 8 != 0) json.WriteByte((byte)' ');
        var bytes = json.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)bytes.Length - 8);
        return bytes;
    }

    /// <summary>Refuses names that cannot stand in a header.</summary>
    internal static void CheckNames(IEnumerable<string> names)
    {
        var seen = new HashSet<string>();
        foreach (var name in names)
        {
            if (string.IsNullOrEmpty(name) || name == SafetensorsHeader.MetadataKey) throw new ArgumentException($"'{name}' cannot name a tensor", nameof(names));
            if (!seen.Add(name)) throw new ArgumentException($"the tensor '{name}' occurs twice", nameof(names));
        }
    }

    private static int DataLength(IReadOnlyList<SafetensorsTensor> tensors)
    {
        CheckNames(tensors.Select(tensor => tensor.Name));
        long total = 0;
        foreach (var tensor in tensors)
        {
            long count = 1;
            foreach (var dimension in tensor.Shape) count *= dimension;
            if (tensor.Shape.Any(dimension => dimension < 0) || count != tensor.Values.Length)
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the shape {SafetensorsEntry.Shown(tensor.Shape)} of '{tensor.Name}' does not fit its {tensor.Values.Length} numbers"), nameof(tensors));
            }

            total += count * sizeof(float);
        }

        return total <= int.MaxValue / 2 ? (int)total : throw new ArgumentException("the tensors are larger than 1 GiB; SafetensorsWriter writes such files", nameof(tensors));
    }

    private static void WriteEntries(Utf8JsonWriter writer, IEnumerable<SafetensorsEntry> tensors)
    {
        long offset = 0;
        foreach (var tensor in tensors)
        {
            writer.WriteStartObject(tensor.Name);
            writer.WriteString("dtype", tensor.Type.ToString());
            writer.WriteStartArray("shape");
            foreach (var dimension in tensor.Shape) writer.WriteNumberValue(dimension);
            writer.WriteEndArray();
            writer.WriteStartArray("data_offsets");
            writer.WriteNumberValue(offset);
            writer.WriteNumberValue(offset += tensor.Bytes);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }
}
