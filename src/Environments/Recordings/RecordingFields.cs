using System.Globalization;
using System.Text.Json;

namespace Srpo.Environments.Recordings;

/// <summary>Reads the fields of one JSON object of a recording; every failure names the place and the field.</summary>
/// <param name="element">The object.</param>
/// <param name="place">Where the object is; the field is filled in here.</param>
/// <param name="prefix">Prefix of field names, for example "layout_data.".</param>
internal readonly struct RecordingFields(JsonElement element, RecordingPlace place, string prefix = "")
{
    /// <summary>The object as fields of its own.</summary>
    internal static RecordingFields Of(JsonElement element, RecordingPlace place, string prefix = "") =>
        element.ValueKind == JsonValueKind.Object
            ? new RecordingFields(element, place, prefix)
            : throw new RecordingException(place, $"must be an object, not {Shorten(element)}");

    /// <summary>Where the object is.</summary>
    internal RecordingPlace Place => place;

    internal RecordingException Error(string field, string problem) => new(place with { Field = prefix + field }, problem);

    internal bool Has(string field) => element.TryGetProperty(field, out _);

    internal JsonElement Required(string field) => element.TryGetProperty(field, out var value) ? value : throw Error(field, "is missing");

    internal string Text(string field)
    {
        var value = Required(field);
        if (value.ValueKind != JsonValueKind.String) throw Error(field, $"must be a text, not {Shorten(value)}");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            // Half of a surrogate pair: valid JSON, but no text.
            throw new RecordingException(place with { Field = prefix + field }, "must be valid Unicode text", error);
        }
    }

    internal RecordingFields Object(string field) => Of(Required(field), place with { Field = prefix + field }, $"{prefix}{field}.");

    /// <summary>A list's elements.</summary>
    /// <param name="field">The field.</param>
    /// <param name="length">How many there must be; null for any number.</param>
    internal JsonElement[] List(string field, int? length = null) => List(Required(field), field, length);

    /// <summary>The steps of an episode: a list of objects, whose place is that of the step.</summary>
    /// <param name="field">The field.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="length">How many there must be; null for any number.</param>
    internal T[] Steps<T>(string field, Func<RecordingFields, T> read, int? length = null)
    {
        var elements = List(field, length);
        var steps = new T[elements.Length];
        for (var i = 0; i < steps.Length; i++) steps[i] = read(Of(elements[i], place with { Step = i }));
        return steps;
    }

    internal int Integer(string field, int least, int most) => Integer(Required(field), field, least, most);

    internal int[] Integers(string field, int length, int least, int most)
    {
        var list = List(field, length);
        var values = new int[length];
        for (var i = 0; i < length; i++) values[i] = Integer(list[i], At(field, i), least, most);
        return values;
    }

    internal int AnyInteger(string field) => Integer(field, int.MinValue, int.MaxValue);

    /// <summary>A list of whole numbers of any length.</summary>
    internal int[] AnyIntegers(string field) => Integers(field, List(field).Length, int.MinValue, int.MaxValue);

    /// <summary>A list of lists of whole numbers.</summary>
    internal int[][] Rows(string field, int width, int least, int most)
    {
        var list = List(field);
        var rows = new int[list.Length][];
        for (var i = 0; i < list.Length; i++)
        {
            var row = List(list[i], At(field, i), width);
            rows[i] = new int[width];
            for (var j = 0; j < width; j++) rows[i][j] = Integer(row[j], At(At(field, i), j), least, most);
        }

        return rows;
    }

    internal bool IsNull(string field) => Required(field).ValueKind == JsonValueKind.Null;

    internal double Number(string field) => Number(Required(field), field);

    internal double[] Numbers(string field, int length)
    {
        var list = List(field, length);
        var values = new double[length];
        for (var i = 0; i < length; i++) values[i] = Number(list[i], At(field, i));
        return values;
    }

    /// <summary>A list of pairs of integers, each from 0 to below a bound.</summary>
    internal (int First, int Second)[] Pairs(string field, int? length, int firstBound, int secondBound)
    {
        var list = List(field, length);
        var pairs = new (int, int)[list.Length];
        for (var i = 0; i < list.Length; i++)
        {
            var pair = List(list[i], At(field, i), 2);
            pairs[i] = (Integer(pair[0], At(At(field, i), 0), 0, firstBound - 1), Integer(pair[1], At(At(field, i), 1), 0, secondBound - 1));
        }

        return pairs;
    }

    /// <summary>A list of lists of finite numbers.</summary>
    /// <param name="field">The field.</param>
    /// <param name="lengths">The length of every list.</param>
    internal double[][] NumberLists(string field, params ReadOnlySpan<int> lengths)
    {
        var list = List(field, lengths.Length);
        var values = new double[lengths.Length][];
        for (var i = 0; i < values.Length; i++)
        {
            var inner = List(list[i], At(field, i), lengths[i]);
            values[i] = new double[inner.Length];
            for (var j = 0; j < inner.Length; j++) values[i][j] = Number(inner[j], At(At(field, i), j));
        }

        return values;
    }

    internal double PositiveNumber(string field)
    {
        var number = Number(field);
        return number > 0 ? number : throw Error(field, $"must be above 0, not {Shorten(Required(field))}");
    }

    internal bool Flag(string field)
    {
        var value = Required(field);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Error(field, $"must be true or false, not {Shorten(value)}");
    }

    private static string At(string field, int index) => string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");

    private static string Shorten(JsonElement value)
    {
        var raw = value.GetRawText();
        return raw.Length <= 60 ? raw : raw[..57] + "...";
    }

    private JsonElement[] List(JsonElement value, string field, int? length)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Error(field, $"must be a list, not {Shorten(value)}");
        JsonElement[] elements = [.. value.EnumerateArray()];
        if (length is { } needed && elements.Length != needed)
            throw Error(field, string.Create(CultureInfo.InvariantCulture, $"must have {needed} elements, not {elements.Length}"));
        return elements;
    }

    private int Integer(JsonElement value, string field, int least, int most)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number))
            throw Error(field, $"must be a whole number, not {Shorten(value)}");
        return number >= least && number <= most
            ? number
            : throw Error(field, string.Create(CultureInfo.InvariantCulture, $"must be between {least} and {most}, not {number}"));
    }

    private double Number(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Error(field, $"must be a finite number, not {Shorten(value)}");
}
