using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;

namespace Srpo.Experiments.Imports;

/// <summary>An observation in a file.</summary>
/// <param name="Numbers">The observation.</param>
/// <param name="Seat">The seat that observes it; null where the file does not say.</param>
/// <param name="Legal">[actions] 1 for the actions that are legal there, 0 for others; null where the file does not say.</param>
public sealed record ObservationRow(float[] Numbers, int? Seat = null, byte[]? Legal = null);

/// <summary>Observations in a file, to hold the answers of two programs against each other: an array of numpy, or JSON.</summary>
public static partial class ObservationFile
{
    private const int MostRows = 10_000;

    /// <summary>Reads observations.</summary>
    /// <param name="path">A .npy file of float32 or float64, one observation or a row for each; or JSON: a list of numbers, a list of such lists, or what `srpo show observation --json` prints.</param>
    /// <param name="length">Numbers of an observation.</param>
    /// <returns>The observations.</returns>
    /// <exception cref="SrpoException">It is neither, or has other lengths.</exception>
    public static IReadOnlyList<ObservationRow> Read(string path, int length)
    {
        var bytes = UserFile.Read(path, "observation file");
        var rows = bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8]) ? ReadNumpy(path, bytes) : ReadJson(path, bytes);
        if (rows.Count is 0 or > MostRows) throw Wrong(path, $"it holds {rows.Count} observations; use 1 to {MostRows}");
        return rows.FirstOrDefault(row => row.Numbers.Length != length) is { } other ? throw Wrong(path, $"an observation has {other.Numbers.Length} numbers; the policy takes {length}") : rows;
    }

    private static List<ObservationRow> ReadNumpy(string path, byte[] bytes)
    {
        // Version 1 has a length of two bytes, later ones of four.
        var wide = bytes.Length > 6 && bytes[6] > 1;
        var start = wide ? 12 : 10;
        if (bytes.Length < start) throw Wrong(path, "it ends within its head");
        var head = wide ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        if (start + head > bytes.Length) throw Wrong(path, "it ends within its head");
        var text = Encoding.Latin1.GetString(bytes, start, (int)head);
        var type = Type().Match(text).Groups[1].Value;
        if (type is not ("<f4" or "<f8")) throw Wrong(path, $"its numbers are of type '{type}'; save them as float32 or float64");
        if (!Order().IsMatch(text)) throw Wrong(path, "it is stored column by column; save numpy.ascontiguousarray of it");
        var sizes = Shape().Match(text).Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        long[] shape = [.. sizes.Select(size => long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= int.MaxValue ? number : throw Wrong(path, $"an axis of its shape is '{size}'"))];
        if (shape.Length is not (1 or 2)) throw Wrong(path, $"it has {shape.Length} axes; use one for an observation, two for several");
        var (size, data) = (type == "<f4" ? 4 : 8, bytes.AsMemory(start + (int)head));
        var columns = shape[^1];
        if (shape.Aggregate(1.0, (count, axis) => count * axis) * size != data.Length) throw Wrong(path, $"its shape does not fit its {data.Length} bytes of numbers");
        if (shape is [> MostRows, _]) throw Wrong(path, $"it holds {shape[0]} observations; use 1 to {MostRows}");
        var rows = new List<ObservationRow>();
        for (var row = 0; row < (shape.Length == 1 ? 1 : shape[0]); row++)
        {
            var values = new float[columns];
            for (var i = 0; i < values.Length; i++)
            {
                var place = data.Span[(int)((row * columns + i) * size)..];
                values[i] = size == 4 ? BinaryPrimitives.ReadSingleLittleEndian(place) : (float)BinaryPrimitives.ReadDoubleLittleEndian(place);
            }

            rows.Add(new(values));
        }

        return rows;
    }

    private static List<ObservationRow> ReadJson(string path, byte[] bytes)
    {
        try
        {
            return JsonSource.Parse(path, bytes) switch
            {
                JsonObjectValue root => [Shown(root)],
                JsonListValue { Items: [JsonListValue, ..] } list => [.. list.Items.Select((row, i) => new ObservationRow(Array.ConvertAll(JsonFields.Numbers(row, JsonFields.Indexed("observations", i)), value => (float)value)))],
                var one => [new(Array.ConvertAll(JsonFields.Numbers(one, "observation"), value => (float)value))],
            };
        }
        catch (JsonTextException error)
        {
            throw Wrong(path, $"it is neither a .npy file nor JSON: {error.Reason}");
        }
        catch (FormatException error)
        {
            throw Wrong(path, error.Message);
        }
    }

    /// <summary>What `srpo show observation --json` prints.</summary>
    private static ObservationRow Shown(JsonObjectValue root)
    {
        var numbers = JsonFields.Elements(JsonFields.Required(root, "observation", "\"observation\": [0, 1]"), "observation")
            .Select((slot, i) => (float)JsonFields.Number(slot is JsonObjectValue one ? JsonFields.Required(one, "value", "\"value\": 0") : slot, JsonFields.Indexed("observation", i)));
        var seat = root["seat"] is { } given ? (int?)JsonFields.Whole(given, "seat", 0, 255) : null;
        return new([.. numbers], seat, root["legal"] is { } legal and not JsonNullValue ? Array.ConvertAll(JsonFields.Numbers(legal, "legal"), value => value == 0 ? (byte)0 : (byte)1) : null);
    }

    private static SrpoException Wrong(string path, string why) => new(ErrorKind.Usage, $"the observation file {path} cannot be used: {why}");

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex Type();

    [GeneratedRegex(@"'fortran_order'\s*:\s*False")]
    private static partial Regex Order();

    [GeneratedRegex(@"'shape'\s*:\s*\(([\d,\s]*)\)")]
    private static partial Regex Shape();
}
