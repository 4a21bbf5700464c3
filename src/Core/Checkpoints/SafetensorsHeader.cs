using System.Text.Json;
using Srpo.Core.Json;

namespace Srpo.Core.Checkpoints;

/// <summary>A tensor as the header of a file has it.</summary>
/// <param name="Name">Its name, unique in a file.</param>
/// <param name="Type">What its numbers are.</param>
/// <param name="Shape">Its dimensions, outermost first; empty for a single number.</param>
public sealed record SafetensorsEntry(string Name, TensorType Type, IReadOnlyList<int> Shape)
{
    /// <summary>How many numbers it has.</summary>
    public long Count => Shape.Aggregate(1L, static (count, dimension) => count * dimension);

    /// <summary>How many bytes they take.</summary>
    public long Bytes => Count * Type.Size();

    /// <summary>Where they begin in the data section.</summary>
    internal long Begin { get; init; }

    /// <summary>A shape as messages and tables show it: "[2, 3]".</summary>
    public static string Shown(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";
}

/// <summary>Reads a safetensors header, and checks every field of it against the data.</summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataKey = "__metadata__";

    private const int MaxHeader = 100_000_000;

    private SafetensorsHeader(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata) => (Entries, Metadata) = (entries, metadata);

    /// <summary>The tensors in the order of their data, which they fill without holes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Checks the length that a file begins with.</summary>
    /// <param name="length">The length.</param>
    /// <param name="file">Bytes of the whole file.</param>
    /// <param name="source">How messages name it.</param>
    public static int CheckLength(ulong length, long file, string source)
    {
        if (length > MaxHeader) throw Wrong(source, "header length", $"{length} is more than {MaxHeader}; is it a safetensors file?");
        if (8 + (long)length > file) throw Wrong(source, "header length", $"the header needs {8 + length} bytes, the file has {file}: it was cut short; copy or download it again");
        return (int)length;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="json">Its text, with the blanks behind it.</param>
    /// <param name="data">Bytes of the data section.</param>
    /// <param name="source">How messages name the file.</param>
    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, long data, string source)
    {
        try
        {
            using var header = JsonDocument.Parse(json);
            return Read(header.RootElement, data, source);
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

    public static SafetensorsException Wrong(string source, string field, string what) => new($"'{source}': {field}: {what}");

    private static SafetensorsHeader Read(JsonElement root, long data, string source)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Wrong(source, "header", "it is not a JSON object");
        var metadata = new Dictionary<string, string>();
        var entries = new List<SafetensorsEntry>();
        var names = new HashSet<string>();
        foreach (var entry in root.EnumerateObject())
        {
            if (!names.Add(entry.Name)) throw Wrong(source, entry.Name, "it occurs twice");
            if (entry.Name == MetadataKey) ReadMetadata(entry.Value, metadata, source);
            else entries.Add(ReadEntry(entry, data, source));
        }

        entries.Sort(static (one, other) => one.Begin != other.Begin ? one.Begin.CompareTo(other.Begin) : one.Bytes.CompareTo(other.Bytes));
        long end = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != end) throw Wrong(source, $"{entry.Name}.data_offsets", $"it begins at {entry.Begin}, the tensor before it ends at {end}");
            end += entry.Bytes;
        }

        return end == data ? new SafetensorsHeader(entries, metadata) : throw Wrong(source, "data", $"the tensors take {end} bytes, the file holds {data}; copy or download it again");
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata, string source)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Wrong(source, MetadataKey, "it is not a JSON object");
        foreach (var entry in element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String) throw Wrong(source, $"{MetadataKey}.{entry.Name}", "it is not a text");
            if (!metadata.TryAdd(entry.Name, entry.Value.GetString()!)) throw Wrong(source, $"{MetadataKey}.{entry.Name}", "it occurs twice");
        }
    }

    private static SafetensorsEntry ReadEntry(JsonProperty entry, long data, string source)
    {
        var (name, value) = (entry.Name, entry.Value);
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(source, name, "it is not a JSON object");
        JsonElement? type = null, shape = null, offsets = null;
        foreach (var field in value.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype" when type is null: type = field.Value; break;
                case "shape" when shape is null: shape = field.Value; break;
                case "data_offsets" when offsets is null: offsets = field.Value; break;
                default: throw Wrong(source, $"{name}.{field.Name}", "it is not a field of a tensor, or occurs twice");
            }
        }

        if (type is not { ValueKind: JsonValueKind.String }) throw Wrong(source, $"{name}.dtype", "it is missing or not a text");
        var typeName = type.Value.GetString()!;
        if (!Enum.GetNames<TensorType>().Contains(typeName)) throw Wrong(source, $"{name}.dtype", $"'{typeName}' is not known; known are {string.Join(", ", Enum.GetNames<TensorType>())}");
        var dimensions = Numbers(shape, int.MaxValue, source, $"{name}.shape");
        var range = Numbers(offsets, data, source, $"{name}.data_offsets", ", where the data ends: the file was cut short, or its header altered; copy or download it again");
        if (range.Count != 2 || range[0] > range[1]) throw Wrong(source, $"{name}.data_offsets", "it is not a begin and an end");

        long count = 1;
        foreach (var dimension in dimensions.Contains(0) ? [0] : dimensions)
        {
            count *= dimension;
            if (count > data) throw Wrong(source, $"{name}.shape", "it needs more data than the file holds");
        }

        var read = new SafetensorsEntry(name, Enum.Parse<TensorType>(typeName), [.. dimensions.Select(dimension => (int)dimension)]) { Begin = range[0] };
        return range[1] - range[0] == count * read.Type.Size()
            ? read
            : throw Wrong(source, $"{name}.data_offsets", $"it spans {range[1] - range[0]} bytes, the shape needs {count * read.Type.Size()}");
    }

    private static List<long> Numbers(JsonElement? element, long high, string source, string field, string remedy = "")
    {
        if (element is not { ValueKind: JsonValueKind.Array }) throw Wrong(source, field, "it is missing or not a list");
        var numbers = new List<long>();
        foreach (var item in element.Value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0 || number > high)
                throw Wrong(source, field, $"{item.GetRawText()} is not a whole number from 0 to {high}{remedy}");
            numbers.Add(number);
        }

        return numbers;
    }
}
