using System.Text.Json;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Files;

/// <summary>What the numbers of a summary look like as JSON.</summary>
internal static class JsonNumbers
{
    /// <summary>[low, high], or null.</summary>
    public static void Interval(this Utf8JsonWriter json, string name, Interval? interval)
    {
        if (interval is { } ends) json.Pair(name, ends.Low, ends.High);
        else json.WriteNull(name);
    }

    /// <summary>[first, second].</summary>
    public static void Pair(this Utf8JsonWriter json, string name, double first, double second)
    {
        json.WriteStartArray(name);
        Value(json, first);
        Value(json, second);
        json.WriteEndArray();
    }

    /// <summary>A number; null where it does not exist or is not finite.</summary>
    public static void Number(this Utf8JsonWriter json, string name, double? value)
    {
        json.WritePropertyName(name);
        Value(json, value);
    }

    private static void Value(Utf8JsonWriter json, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumberValue(number);
        else json.WriteNullValue();
    }

    /// <summary>A list of objects.</summary>
    public static void Array<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A list of numbers on one line.</summary>
    public static void Numbers(this Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(Line(values), skipInputValidation: true);
    }

    /// <summary>[lows, highs], a line each; null where there are none.</summary>
    public static void Intervals(this Utf8JsonWriter json, string name, IReadOnlyCollection<Interval?> intervals)
    {
        if (intervals.Any(each => each is null))
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartArray(name);
        json.WriteRawValue(Line(intervals.Select(each => each!.Value.Low)), skipInputValidation: true);
        json.WriteRawValue(Line(intervals.Select(each => each!.Value.High)), skipInputValidation: true);
        json.WriteEndArray();
    }

    /// <summary>Numbers that are finite, as the writer gives each.</summary>
    private static string Line(IEnumerable<double> values) => $"[{string.Join(", ", values.Select(value => JsonSerializer.Serialize(value)))}]";
}
