using System.Globalization;
using Srpo.Core.Json;
using Srpo.Core.Text;

namespace Srpo.Experiments.Reading;

/// <summary>Turns JSON values into numbers, words and lists; collects what does not fit.</summary>
internal sealed class ValueReader
{
    private readonly HashSet<ExperimentProblem> _known = [];
    private readonly List<ExperimentProblem> _problems = [];

    /// <summary>What does not fit, each once.</summary>
    public IReadOnlyList<ExperimentProblem> Problems => _problems;

    public void Add(Origin origin, string field, string reason, string remedy)
    {
        // The remedy goes on where the reason ends, which may be a sentence.
        var problem = new ExperimentProblem(origin, field, reason.TrimEnd('.'), remedy);
        if (_known.Add(problem)) _problems.Add(problem);
    }

    public double? Number(JsonValue value, string field)
    {
        if (value is JsonNumberValue number && double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var result)) return result;
        Expected(value, field, "a number", Remedy(value, "write a number without quotes, for example 0.5"));
        return null;
    }

    public int? Whole(JsonValue value, string field, int low = int.MinValue, int high = int.MaxValue)
    {
        if (value is not JsonNumberValue number)
        {
            Expected(value, field, "a whole number", Remedy(value, "write a whole number without quotes, for example 8"));
            return null;
        }

        if (decimal.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            && exact == decimal.Truncate(exact) && exact >= low && exact <= high) return (int)exact;
        var range = low == int.MinValue ? "" : string.Create(CultureInfo.InvariantCulture, $" from {low} to {high}");
        Add(value.Origin, field, $"{number.Text} is not possible", $"use a whole number{range}");
        return null;
    }

    public ulong? Seed(JsonValue value, string field)
    {
        if (value is JsonNumberValue number && ulong.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)) return seed;
        Expected(value, field, "a seed", "write a whole number from 0 to 18446744073709551615");
        return null;
    }

    public bool? Boolean(JsonValue value, string field)
    {
        if (value is JsonBooleanValue boolean) return boolean.Value;
        Expected(value, field, "true or false", "write true or false without quotes");
        return null;
    }

    public string? Text(JsonValue value, string field)
    {
        if (Typed(value) is JsonStringValue { Text.Length: > 0 } text) return text.Text;
        Expected(value, field, "a text", "write a text in quotes");
        return null;
    }

    public string? Word(JsonValue value, string field, string[] known, Func<string, bool>? alsoAccepts = null)
    {
        var list = string.Join(", ", known);
        if (Typed(value) is not JsonStringValue text)
        {
            Expected(value, field, "one of " + list, "write one of them in quotes");
            return null;
        }

        if (known.Contains(text.Text) || alsoAccepts?.Invoke(text.Text) == true) return text.Text;
        Add(value.Origin, field, $"'{text.Text}' is not known" + DidYouMean(text.Text, known), "use one of " + list);
        return null;
    }

    public IReadOnlyList<int>? Wholes(JsonValue value, string field)
    {
        // On the command line a list may be typed as 64,64. A single number is no list there either: it may be meant for every layer, or for one.
        var list = value is JsonStringValue { Origin.Line: 0, Text.Length: > 0 } text ? JsonSource.ParseOption(text.Origin.Source, $"[{text.Text}]") as JsonListValue : value as JsonListValue;
        if (list is null)
        {
            Expected(value, field, "a list of whole numbers", value is JsonNumberValue { Origin.Line: 0 } one ? $"write [{one.Text}] for one, or {one.Text},{one.Text} for two" : "write for example [64, 64]");
            return null;
        }

        var numbers = new List<int>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (Whole(list.Items[i], string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]")) is not { } number) return null;
            numbers.Add(number);
        }

        return numbers;
    }

    public JsonObjectValue? Object(JsonValue value, string field)
    {
        if (value is JsonObjectValue result) return result;
        Expected(value, field, "an object", "write { ... }");
        return null;
    }

    public void UnknownKey(Origin origin, string field, string name, IReadOnlyList<string> known) =>
        Add(origin, field, "unknown key" + DidYouMean(name, known), "known keys here: " + string.Join(", ", known));

    public static string DidYouMean(string typed, IReadOnlyList<string> known) =>
        NearestName.Find(typed, known) is { } nearest ? $", did you mean '{nearest}'?" : "";

    /// <summary>On the command line a text needs no quotes, also where it looks like a number.</summary>
    private static JsonValue Typed(JsonValue value) =>
        value is (JsonNumberValue or JsonBooleanValue or JsonNullValue) and { Origin.Line: 0 } ? new JsonStringValue(value.Origin, value.Written) : value;

    private static string Remedy(JsonValue value, string otherwise) => value is JsonStringValue text ? DecimalComma.Remedy(text.Text, otherwise) : otherwise;

    private void Expected(JsonValue value, string field, string expected, string remedy) =>
        Add(value.Origin, field, $"expected {expected}, found {value.Describe()}", remedy);
}
