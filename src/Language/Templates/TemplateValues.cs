using System.Collections;
using System.Globalization;
using System.Text;
using Srpo.Core.Json;

namespace Srpo.Language.Templates;

/// <summary>Something that a template asks for and that cannot be done; whoever evaluates adds the place.</summary>
internal sealed class TemplateProblem(string message) : Exception(message);

/// <summary>A name or an attribute that is not there: prints nothing, is false and empty, and cannot be used otherwise.</summary>
/// <param name="Name">What was asked for, for messages.</param>
internal sealed record Undefined(string Name);

/// <summary>Values that cannot be changed, in round brackets.</summary>
internal sealed class TemplateTuple(IReadOnlyList<object?> items)
{
    public IReadOnlyList<object?> Items { get; } = items;
}

/// <summary>Values by keys, in order of their arrival.</summary>
internal sealed class TemplateMap : IEnumerable<KeyValuePair<object, object?>>
{
    /// <summary>None and true may be keys, and 1 and 1.0 are one; values that are equal have equal codes.</summary>
    private readonly Dictionary<object, int> _places = new(KeyComparer.Instance);

    private readonly List<KeyValuePair<object, object?>> _items = [];

    public int Count => _items.Count;

    public object? this[object? key]
    {
        set
        {
            var known = Key(key);
            if (_places.TryGetValue(known, out var place)) _items[place] = new(_items[place].Key, value);
            else
            {
                _places.Add(known, _items.Count);
                _items.Add(new(known, value));
            }
        }
    }

    /// <summary>A key as it was given: null for none.</summary>
    public static object? Plain(object key) => ReferenceEquals(key, KeyComparer.None) ? null : key;

    public bool TryGet(object? key, out object? value)
    {
        var found = _places.TryGetValue(Key(key), out var place);
        value = found ? _items[place].Value : null;
        return found;
    }

    public IEnumerator<KeyValuePair<object, object?>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static object Key(object? key) => key switch
    {
        null => KeyComparer.None,
        List<object?> or TemplateMap => throw new TemplateProblem($"{TemplateValues.KindOf(key)} cannot be a key"),
        _ => key,
    };

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();
        public static readonly object None = new();

        public new bool Equals(object? x, object? y) => ReferenceEquals(x, y) || x != None && y != None && TemplateValues.AreEqual(x, y);

        public int GetHashCode(object value) => value switch
        {
            bool flag => flag ? 1 : 0,
            long whole => whole.GetHashCode(),
            double number when number == Math.Floor(number) && Math.Abs(number) < 1e18 => ((long)number).GetHashCode(),
            TemplateTuple => 17,
            _ => value.GetHashCode(),
        };
    }
}

/// <summary>A namespace: what blocks may change and what lives on behind them.</summary>
internal sealed class TemplateNamespace
{
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);
}

/// <summary>Arguments of a call, worked out.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with a name.</param>
internal sealed record CallValues(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    /// <summary>The argument at a place or with a name; a default where it is missing.</summary>
    public object? Get(int place, string name, object? fallback = null) => place < Positional.Count ? Positional[place] : Named.GetValueOrDefault(name, fallback);

    /// <summary>Whether it was given.</summary>
    public bool Has(int place, string name) => place < Positional.Count || Named.ContainsKey(name);

    /// <summary>Refuses arguments that are not known, and more than there are.</summary>
    public void Check(string what, int least, params ReadOnlySpan<string> names)
    {
        if (Positional.Count > names.Length) throw new TemplateProblem($"{what} takes {(names.Length == 0 ? "no arguments" : $"at most {names.Length}")}, not {Positional.Count}");
        foreach (var name in Named.Keys)
        {
            if (!names.Contains(name)) throw new TemplateProblem($"{what} has no argument '{name}'{(names.Length > 0 ? $"; it has {string.Join(", ", names.ToArray())}" : "")}");
        }

        for (var i = 0; i < least; i++)
        {
            if (!Has(i, names[i])) throw new TemplateProblem($"{what} lacks the argument '{names[i]}'");
        }
    }
}

/// <summary>What can be called.</summary>
/// <param name="Name">As templates write it.</param>
/// <param name="Invoke">What it does.</param>
internal sealed record TemplateFunction(string Name, Func<CallValues, object?> Invoke);

/// <summary>
/// Values as Python has them, since templates are written for it: null is None; bool, long and double; string, whose characters are code points; lists, tuples
/// and maps.
/// </summary>
internal static class TemplateValues
{
    private const int DeepestValue = 100;

    /// <summary>A value of this program, or of JSON, as a template sees it.</summary>
    public static object? From(object? value) => value switch
    {
        null or bool or long or double or string => value,
        int whole => (long)whole,
        JsonNullValue => null,
        JsonBooleanValue flag => flag.Value,
        JsonStringValue text => text.Text,
        JsonNumberValue number => long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? (object)whole : double.Parse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture),
        JsonListValue list => list.Items.Select(From).ToList(),
        JsonObjectValue item => Map(item.Members.Select(member => (member.Name, (object?)member.Value))),
        ChatMessage message => Map([("role", message.Role), ("content", message.Content)]),
        IReadOnlyDictionary<string, object?> map => Map(map.Select(pair => (pair.Key, pair.Value))),
        IEnumerable list => list.Cast<object?>().Select(From).ToList(),
        _ => throw new ArgumentException($"a template has no values of the kind {value.GetType().Name}"),
    };

    /// <summary>The kind of a value, for messages.</summary>
    public static string KindOf(object? value) => value switch
    {
        null => "None",
        bool => "a truth value",
        long => "a whole number",
        double => "a number",
        string => "a text",
        List<object?> => "a list",
        TemplateTuple => "a tuple",
        TemplateMap => "a map",
        Undefined => "something undefined",
        TemplateNamespace => "a namespace",
        TemplateFunction function => $"the function {function.Name}",
        LoopState => "a loop",
        _ => "a value",
    };

    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long whole => whole != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        TemplateTuple tuple => tuple.Items.Count > 0,
        TemplateMap map => map.Count > 0,
        _ => true,
    };

    /// <summary>Whether two values are equal; a truth value is 0 or 1.</summary>
    public static bool AreEqual(object? left, object? right) => AreEqual(left, right, 0);

    /// <summary>The order of two values: negative, zero or positive.</summary>
    public static int Compare(object? left, object? right)
    {
        if (AsNumber(left) is { } a && AsNumber(right) is { } b)
            return left is not double && right is not double ? Whole(left).CompareTo(Whole(right)) : a.CompareTo(b);
        if (left is string text && right is string other) return ComparePoints(text, other);
        if (ListOf(left) is { } first && ListOf(right) is { } second && left!.GetType() == right!.GetType())
        {
            for (var i = 0; i < Math.Min(first.Count, second.Count); i++)
            {
                if (!AreEqual(first[i], second[i])) return Compare(first[i], second[i]);
            }

            return first.Count.CompareTo(second.Count);
        }

        throw new TemplateProblem(Unusable(left) ?? Unusable(right) ?? $"{KindOf(left)} and {KindOf(right)} have no order");
    }

    /// <summary>What a value prints as.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Written(value),
    };

    /// <summary>What a value is within a list that prints.</summary>
    public static string Written(object? value)
    {
        var text = new StringBuilder();
        Write(value, text, 0);
        return text.ToString();
    }

    /// <summary>A number as Python prints it.</summary>
    public static string Written(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        var mantissa = shortest.AsSpan().TrimStart('-');
        var exponentAt = mantissa.IndexOf('E');
        var written = exponentAt < 0 ? 0 : int.Parse(mantissa[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = (exponentAt < 0 ? mantissa : mantissa[..exponentAt]).ToString();
        var point = digits.IndexOf('.', StringComparison.Ordinal);
        var before = point < 0 ? digits.Length : point;
        digits = digits.Replace(".", "", StringComparison.Ordinal);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        if (digits.Length == 0) return double.IsNegative(number) ? "-0.0" : "0.0";
        // The first digit stands for this power of ten.
        var exponent = before - 1 - zeros + written;
        var sign = number < 0 ? "-" : "";
        if (exponent is < -4 or >= 16)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1) return $"{sign}{digits.PadRight(exponent + 1, '0')}.0";
        return $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>A value as a number; null for another kind.</summary>
    public static double? AsNumber(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long whole => whole,
        double number => number,
        _ => null,
    };

    /// <summary>A truth value or a whole number as a number.</summary>
    public static long Whole(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long whole => whole,
        _ => throw new TemplateProblem(Unusable(value) ?? $"here belongs a whole number, not {KindOf(value)}"),
    };

    /// <summary>A list or a tuple; null for another kind.</summary>
    public static IReadOnlyList<object?>? ListOf(object? value) => value switch
    {
        List<object?> list => list,
        TemplateTuple tuple => tuple.Items,
        _ => null,
    };

    /// <summary>What a loop over a value sees: items, characters of a text, keys of a map.</summary>
    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        _ when ListOf(value) is { } list => list,
        string text => [.. TemplateText.Points(text)],
        TemplateMap map => [.. map.Select(pair => TemplateMap.Plain(pair.Key))],
        Undefined => [],
        _ => throw new TemplateProblem($"{KindOf(value)} has no items"),
    };

    /// <summary>How many items a value has.</summary>
    public static long Length(object? value) => value switch
    {
        string text => TemplateText.Length(text),
        TemplateMap map => map.Count,
        Undefined => 0,
        _ when ListOf(value) is { } list => list.Count,
        _ => throw new TemplateProblem($"{KindOf(value)} has no length"),
    };

    /// <summary>Whether a value is in another.</summary>
    public static bool Contains(object? container, object? value) => container switch
    {
        string text => text.Contains(value as string ?? throw new TemplateProblem($"only a text can be in a text, not {KindOf(value)}"), StringComparison.Ordinal),
        TemplateMap map => map.TryGet(value, out _),
        _ => Items(container).Any(item => AreEqual(item, value)),
    };

    /// <summary>What to say where something undefined is used; null for other values.</summary>
    public static string? Unusable(object? value) => value is Undefined missing ? $"{missing.Name} is undefined" : null;

    private static TemplateMap Map(IEnumerable<(string Key, object? Value)> pairs)
    {
        var map = new TemplateMap();
        foreach (var (key, value) in pairs) map[key] = From(value);
        return map;
    }

    private static bool AreEqual(object? left, object? right, int depth)
    {
        if (depth > DeepestValue) throw new TemplateProblem($"values lie more than {DeepestValue} deep in each other");
        if (left is null || right is null) return left is null && right is null;
        if (AsNumber(left) is { } a && AsNumber(right) is { } b) return left is not double && right is not double ? Whole(left) == Whole(right) : a == b;
        return (left, right) switch
        {
            (string x, string y) => x == y,
            (Undefined, Undefined) => true,
            (TemplateMap x, TemplateMap y) => x.Count == y.Count && x.All(pair => y.TryGet(TemplateMap.Plain(pair.Key), out var other) && AreEqual(pair.Value, other, depth + 1)),
            _ when left.GetType() == right.GetType() && ListOf(left) is { } x && ListOf(right) is { } y => x.Count == y.Count && x.Zip(y).All(pair => AreEqual(pair.First, pair.Second, depth + 1)),
            _ => ReferenceEquals(left, right),
        };
    }

    /// <summary>By code points, where halves of surrogate pairs would come before what lies beneath them.</summary>
    private static int ComparePoints(string left, string right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length) return left.Length.CompareTo(right.Length);
        var (a, b) = (left[common], right[common]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? (b >= '\uE000' || b < '\uD800' ? 1 : -1) : -1;
    }

    private static void Write(object? value, StringBuilder text, int depth)
    {
        if (depth > DeepestValue) throw new TemplateProblem($"values lie more than {DeepestValue} deep in each other");
        switch (value)
        {
            case null:
                text.Append("None");
                break;
            case bool flag:
                text.Append(flag ? "True" : "False");
                break;
            case long whole:
                text.Append(whole.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                text.Append(Written(number));
                break;
            case string part:
                TemplateText.Quote(part, text);
                break;
            case Undefined:
                text.Append("Undefined");
                break;
            case List<object?> list:
                WriteItems(list, "[", "]", text, depth);
                break;
            case TemplateTuple tuple:
                WriteItems(tuple.Items, "(", tuple.Items.Count == 1 ? ",)" : ")", text, depth);
                break;
            case TemplateMap map:
                var separator = "{";
                foreach (var (key, item) in map)
                {
                    text.Append(separator);
                    separator = ", ";
                    Write(TemplateMap.Plain(key), text, depth + 1);
                    text.Append(": ");
                    Write(item, text, depth + 1);
                }

                text.Append(map.Count == 0 ? "{}" : "}");
                break;
            default:
                throw new TemplateProblem($"{KindOf(value)} cannot be printed");
        }
    }

    private static void WriteItems(IReadOnlyList<object?> items, string open, string close, StringBuilder text, int depth)
    {
        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) text.Append(", ");
            Write(items[i], text, depth + 1);
        }

        text.Append(close);
    }
}
