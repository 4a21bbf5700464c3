using System.Security.Cryptography;
using System.Text.Json;

namespace Srpo.Core.Checkpoints;

/// <summary>Checks every field of a safetensors header and takes the tensors out of the data.</summary>
internal static class SafetensorsHeader
{
    public static SafetensorsFile Read(JsonElement root, ReadOnlyMemory<byte> data, string source)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Safetensors.Wrong(source, "header", "it is not a JSON object");
        var metadata = new Dictionary<string, string>();
        var tensors = new List<(SafetensorsTensor Tensor, long Begin, long End)>();
        var names = new HashSet<string>();
        foreach (var entry in root.EnumerateObject())
        {
            if (!names.Add(entry.Name)) throw Safetensors.Wrong(source, entry.Name, "it occurs twice");
            if (entry.Name == "__metadata__") ReadMetadata(entry.Value, metadata, source);
            else tensors.Add(ReadTensor(entry, data, source));
        }

        tensors.Sort(static (one, other) => one.Begin != other.Begin ? one.Begin.CompareTo(other.Begin) : one.End.CompareTo(other.End));
        long end = 0;
        foreach (var (tensor, begin, next) in tensors)
        {
            if (begin != end) throw Safetensors.Wrong(source, $"{tensor.Name}.data_offsets", $"it begins at {begin}, the tensor before it ends at {end}");
            end = next;
        }

        if (end != data.Length) throw Safetensors.Wrong(source, "data", $"the tensors take {end} bytes, the file holds {data.Length}");
        if (metadata.TryGetValue(Safetensors.HashKey, out var hash) && hash != Convert.ToHexStringLower(SHA256.HashData(data.Span)))
            throw Safetensors.Wrong(source, $"__metadata__.{Safetensors.HashKey}", "it does not fit the data: bits were altered");
        return new SafetensorsFile([.. tensors.Select(item => item.Tensor)], metadata);
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata, string source)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Safetensors.Wrong(source, "__metadata__", "it is not a JSON object");
        foreach (var entry in element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String) throw Safetensors.Wrong(source, $"__metadata__.{entry.Name}", "it is not a text");
            if (!metadata.TryAdd(entry.Name, entry.Value.GetString()!)) throw Safetensors.Wrong(source, $"__metadata__.{entry.Name}", "it occurs twice");
        }
    }

    private static (SafetensorsTensor Tensor, long Begin, long End) ReadTensor(JsonProperty entry, ReadOnlyMemory<byte> data, string source)
    {
        var (name, value) = (entry.Name, entry.Value);
        if (value.ValueKind != JsonValueKind.Object) throw Safetensors.Wrong(source, name, "it is not a JSON object");
        JsonElement? type = null, shape = null, offsets = null;
        foreach (var field in value.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype" when type is null: type = field.Value; break;
                case "shape" when shape is null: shape = field.Value; break;
                case "data_offsets" when offsets is null: offsets = field.Value; break;
                default: throw Safetensors.Wrong(source, $"{name}.{field.Name}", "it is not a field of a tensor, or occurs twice");
            }
        }

        if (type is not { ValueKind: JsonValueKind.String }) throw Safetensors.Wrong(source, $"{name}.dtype", "it is missing or not a text");
        if (type.Value.GetString() != "F32") throw Safetensors.Wrong(source, $"{name}.dtype", $"'{type.Value.GetString()}' is not supported; use F32");
        var dimensions = Numbers(shape, int.MaxValue, source, $"{name}.shape");
        var range = Numbers(offsets, data.Length, source, $"{name}.data_offsets");
        if (range.Count != 2 || range[0] > range[1]) throw Safetensors.Wrong(source, $"{name}.data_offsets", "it is not a begin and an end");

        long count = 1;
        foreach (var dimension in dimensions)
        {
            count *= dimension;
            if (count > data.Length) throw Safetensors.Wrong(source, $"{name}.shape", "it needs more data than the file holds");
        }

        if (range[1] - range[0] != count * sizeof(float))
            throw Safetensors.Wrong(source, $"{name}.data_offsets", $"it spans {range[1] - range[0]} bytes, the shape needs {count * sizeof(float)}");
        var values = Safetensors.ReadFloats(data.Span[(int)range[0]..(int)range[1]]);
        return (new SafetensorsTensor(name, [.. dimensions.Select(dimension => (int)dimension)], values), range[0], range[1]);
    }

    private static List<long> Numbers(JsonElement? element, long high, string source, string field)
    {
        if (element is not { ValueKind: JsonValueKind.Array }) throw Safetensors.Wrong(source, field, "it is missing or not a list");
        var numbers = new List<long>();
        foreach (var item in element.Value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0 || number > high)
                throw Safetensors.Wrong(source, field, $"{item.GetRawText()} is not a whole number from 0 to {high}");
            numbers.Add(number);
        }

        return numbers;
    }
}
