using System.Globalization;
using System.Text;
using Srpo.Core.Text;

namespace Srpo.Language.Templates;

/// <summary>Filters: what stands behind a bar.</summary>
internal static class TemplateFilters
{
    private delegate object? Function(TemplateInterpreter interpreter, object? value, CallValues arguments);

    private static readonly Dictionary<string, Function> Known = new(StringComparer.Ordinal)
    {
        ["trim"] = (_, value, arguments) => TemplateText.Strip(Soft(Checked(arguments, "trim", value, 0, "chars")), arguments.Get(0, "chars") as string, true, true),
        ["upper"] = (_, value, arguments) => Soft(Checked(arguments, "upper", value)).ToUpperInvariant(),
        ["lower"] = (_, value, arguments) => Soft(Checked(arguments, "lower", value)).ToLowerInvariant(),
        ["title"] = (_, value, arguments) => TemplateText.Title(Soft(Checked(arguments, "title", value))),
        ["capitalize"] = (_, value, arguments) => TemplateText.Capitalize(Soft(Checked(arguments, "capitalize", value))),
        ["string"] = (_, value, arguments) => Soft(Checked(arguments, "string", value)),
        // Nothing is escaped here, so nothing needs to be marked as safe.
        ["safe"] = (_, value, arguments) => Soft(Checked(arguments, "safe", value)),
        ["escape"] = (_, value, arguments) => Escape(Soft(Checked(arguments, "escape", value))),
        ["replace"] = Replace,
        ["indent"] = Indent,
        ["wordcount"] = (_, value, arguments) => (long)TemplateText.Split(Soft(Checked(arguments, "wordcount", value)), null, -1, false).Count,
        ["length"] = (_, value, arguments) => TemplateValues.Length(Checked(arguments, "length", value)),
        ["default"] = Default,
        ["tojson"] = (_, value, arguments) => TemplateJson.Write(value, arguments),
        ["join"] = Join,
        ["items"] = (_, value, arguments) => Checked(arguments, "items", value) switch
        {
            Undefined => new List<object?>(),
            TemplateMap map => Pairs(map),
            var other => throw new TemplateProblem($"items needs a map, not {TemplateValues.KindOf(other)}"),
        },
        ["dictsort"] = DictSort,
        ["list"] = (_, value, arguments) => TemplateValues.Items(Checked(arguments, "list", value)).ToList(),
        ["first"] = (_, value, arguments) => TemplateValues.Items(Checked(arguments, "first", value)) is [var first, ..] ? first : new Undefined("the first item of nothing"),
        ["last"] = (_, value, arguments) => TemplateValues.Items(Checked(arguments, "last", value)) is [.., var last] ? last : new Undefined("the last item of nothing"),
        ["reverse"] = (_, value, arguments) => Checked(arguments, "reverse", value) is string text
            ? string.Concat(TemplateText.Points(text).Reverse())
            : TemplateValues.Items(value).Reverse().ToList(),
        ["sort"] = Sort,
        ["unique"] = Unique,
        ["min"] = (interpreter, value, arguments) => Extreme(interpreter, value, arguments, "min", -1),
        ["max"] = (interpreter, value, arguments) => Extreme(interpreter, value, arguments, "max", 1),
        ["sum"] = Sum,
        ["map"] = Map,
        ["select"] = (interpreter, value, arguments) => Select(interpreter, value, arguments, byAttribute: false, keep: true),
        ["reject"] = (interpreter, value, arguments) => Select(interpreter, value, arguments, byAttribute: false, keep: false),
        ["selectattr"] = (interpreter, value, arguments) => Select(interpreter, value, arguments, byAttribute: true, keep: true),
        ["rejectattr"] = (interpreter, value, arguments) => Select(interpreter, value, arguments, byAttribute: true, keep: false),
        ["groupby"] = GroupBy,
        ["batch"] = Batch,
        ["attr"] = (_, value, arguments) =>
        {
            arguments.Check("attr", 1, "name");
            return TemplateMembers.Attribute(value, TemplateValues.Text(arguments.Get(0, "name")), alsoItems: false);
        },
        ["abs"] = (_, value, arguments) => Checked(arguments, "abs", value) is double number ? (object)Math.Abs(number) : Math.Abs(TemplateValues.Whole(value)),
        ["round"] = Round,
        ["int"] = ToInteger,
        ["float"] = (_, value, arguments) =>
        {
            arguments.Check("float", 0, "default");
            return TemplateValues.AsNumber(value) ?? Parse(value) ?? arguments.Get(0, "default", 0.0);
        },
    };

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal) { ["count"] = "length", ["d"] = "default", ["e"] = "escape" };

    /// <summary>Whether there is such a filter.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(Aliases.GetValueOrDefault(name, name));

    /// <summary>What to say where there is none.</summary>
    public static string Unknown(string name) => NearestName.Unknown("filter", name, Known.Keys);

    /// <summary>Applies a filter.</summary>
    public static object? Apply(TemplateInterpreter interpreter, string name, object? value, CallValues arguments)
    {
        if (!Known.TryGetValue(Aliases.GetValueOrDefault(name, name), out var filter)) throw new TemplateProblem(Unknown(name));
        return filter(interpreter, value, arguments);
    }

    /// <summary>The pairs of a map as tuples.</summary>
    public static List<object?> Pairs(TemplateMap map) => [.. map.Select(pair => new TemplateTuple([TemplateMap.Plain(pair.Key), pair.Value]))];

    /// <summary>The text of a number as one; null where it is none.</summary>
    private static double? Parse(object? value) =>
        value is string text && double.TryParse(TemplateText.Strip(text, null, true, true).Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Soft(object? value) => TemplateValues.Text(value);

    private static object? Checked(CallValues arguments, string filter, object? value, int least = 0, params ReadOnlySpan<string> names)
    {
        arguments.Check(filter, least, names);
        return value;
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);

    private static object? Replace(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("replace", 2, "old", "new", "count");
        return TemplateMembers.Replace(interpreter, Soft(value), Soft(arguments.Get(0, "old")), Soft(arguments.Get(1, "new")), arguments.Get(2, "count") is { } count ? TemplateValues.Whole(count) : -1);
    }

    private static object? Indent(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("indent", 0, "width", "first", "blank");
        var width = arguments.Get(0, "width", 4L);
        var by = width as string ?? interpreter.Repeat(" ", TemplateValues.Whole(width));
        var (first, blank) = (TemplateValues.IsTrue(arguments.Get(1, "first", false)), TemplateValues.IsTrue(arguments.Get(2, "blank", false)));
        var lines = (Soft(value) + "\n").Split('\n')[..^1];
        // As Jinja: lines that are empty are not indented unless asked for.
        var rest = lines.Skip(1).Select(line => line.Length > 0 || blank ? by + line : line);
        return interpreter.Produced((first ? by : "") + string.Join('\n', [lines[0], .. rest]));
    }

    private static object? Default(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("default", 0, "default_value", "boolean");
        return value is Undefined || TemplateValues.IsTrue(arguments.Get(1, "boolean", false)) && !TemplateValues.IsTrue(value) ? arguments.Get(0, "default_value", "") : value;
    }

    private static object? Join(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("join", 0, "d", "attribute");
        var items = TemplateValues.Items(value);
        if (arguments.Get(1, "attribute") is { } attribute) items = [.. items.Select(item => Path(item, attribute))];
        return interpreter.Joined(Soft(arguments.Get(0, "d", "")), items.Select(Soft));
    }

    private static object? DictSort(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("dictsort", 0, "case_sensitive", "by", "reverse");
        if (value is not TemplateMap map) throw new TemplateProblem($"dictsort needs a map, not {TemplateValues.KindOf(value)}");
        var place = Soft(arguments.Get(1, "by", "key")) switch
        {
            "key" => 0,
            "value" => 1,
            var other => throw new TemplateProblem($"dictsort sorts by 'key' or by 'value', not by '{other}'"),
        };
        return Sorted(interpreter, Pairs(map), item => ((TemplateTuple)item!).Items[place], TemplateValues.IsTrue(arguments.Get(0, "case_sensitive", false)), TemplateValues.IsTrue(arguments.Get(2, "reverse", false)));
    }

    private static object? Sort(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("sort", 0, "reverse", "case_sensitive", "attribute");
        var attribute = arguments.Get(2, "attribute");
        return Sorted(interpreter, TemplateValues.Items(value), item => Path(item, attribute), TemplateValues.IsTrue(arguments.Get(1, "case_sensitive", false)), TemplateValues.IsTrue(arguments.Get(0, "reverse", false)));
    }

    private static List<object?> Sorted(TemplateInterpreter interpreter, IReadOnlyList<object?> items, Func<object?, object?> key, bool caseSensitive, bool reverse)
    {
        interpreter.Charge(items.Count * 16L);
        var order = Comparer<object?>.Create(TemplateValues.Compare);
        object? Key(object? item)
        {
            var value = key(item);
            return value is string text && !caseSensitive ? text.ToLowerInvariant() : value;
        }

        // Both keep the order of equals.
        return [.. reverse ? items.OrderByDescending(Key, order) : items.OrderBy(Key, order)];
    }

    private static object? Unique(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("unique", 0, "case_sensitive", "attribute");
        var caseSensitive = TemplateValues.IsTrue(arguments.Get(0, "case_sensitive", false));
        var (seen, kept) = (new TemplateMap(), new List<object?>());
        foreach (var item in TemplateValues.Items(value))
        {
            var key = Path(item, arguments.Get(1, "attribute"));
            if (key is string text && !caseSensitive) key = text.ToLowerInvariant();
            if (seen.TryGet(key, out _)) continue;
            seen[key] = true;
            kept.Add(item);
        }

        return kept;
    }

    private static object? Extreme(TemplateInterpreter interpreter, object? value, CallValues arguments, string name, int sign)
    {
        arguments.Check(name, 0, "case_sensitive", "attribute");
        var items = TemplateValues.Items(value);
        if (items.Count == 0) return new Undefined($"the {name} of nothing");
        var sorted = Sorted(interpreter, items, item => Path(item, arguments.Get(1, "attribute")), TemplateValues.IsTrue(arguments.Get(0, "case_sensitive", false)), reverse: sign > 0);
        return sorted[0];
    }

    private static object? Sum(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("sum", 0, "attribute", "start");
        return TemplateValues.Items(value).Aggregate(arguments.Get(1, "start", 0L), (sum, item) => interpreter.Operate("+", sum, Path(item, arguments.Get(0, "attribute"))));
    }

    private static object? Map(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        var items = TemplateValues.Items(value);
        interpreter.Charge(items.Count);
        if (arguments.Positional.Count == 0)
        {
            arguments.Check("map", 0, "attribute", "default");
            if (!arguments.Has(0, "attribute")) throw new TemplateProblem("map needs the name of a filter, or an attribute");
            arguments.Named.TryGetValue("default", out var fallback);
            return items.Select(item =>
            {
                var found = Path(item, arguments.Named["attribute"]);
                return found is Undefined && arguments.Named.ContainsKey("default") ? fallback : found;
            }).ToList();
        }

        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return items.Select(item => Apply(interpreter, Soft(arguments.Positional[0]), item, rest)).ToList();
    }

    private static object? Select(TemplateInterpreter interpreter, object? value, CallValues arguments, bool byAttribute, bool keep)
    {
        var items = TemplateValues.Items(value);
        interpreter.Charge(items.Count);
        var skip = byAttribute ? 1 : 0;
        if (arguments.Positional.Count < skip) throw new TemplateProblem("the name of an attribute is missing");
        var name = arguments.Positional.Count > skip ? Soft(arguments.Positional[skip]) : null;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(skip + 1)] };
        bool Passes(object? item)
        {
            var subject = byAttribute ? Path(item, arguments.Positional[0]) : item;
            return name is null ? TemplateValues.IsTrue(subject) : TemplateTests.Apply(name, subject, rest);
        }

        return items.Where(item => Passes(item) == keep).ToList();
    }

    private static object? GroupBy(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("groupby", 1, "attribute", "default", "case_sensitive");
        object? Key(object? item)
        {
            var key = Path(item, arguments.Get(0, "attribute"));
            return key is Undefined && arguments.Has(1, "default") ? arguments.Get(1, "default") : key;
        }

        var groups = new List<(object? Key, List<object?> Items)>();
        foreach (var item in Sorted(interpreter, TemplateValues.Items(value), Key, TemplateValues.IsTrue(arguments.Get(2, "case_sensitive", false)), reverse: false))
        {
            if (groups.Count == 0 || !TemplateValues.AreEqual(groups[^1].Key, Key(item))) groups.Add((Key(item), []));
            groups[^1].Items.Add(item);
        }

        return groups.Select(object? (group) => new TemplateTuple([group.Key, group.Items])).ToList();
    }

    private static object? Batch(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("batch", 1, "linecount", "fill_with");
        var size = TemplateValues.Whole(arguments.Get(0, "linecount"));
        if (size is < 1 or > int.MaxValue) throw new TemplateProblem("batch needs a size of at least 1");
        var parts = TemplateValues.Items(value).Chunk((int)size).Select(part => part.ToList()).ToList();
        if (parts.Count > 0 && arguments.Get(1, "fill_with") is { } filler)
        {
            interpreter.Charge(size);
            while (parts[^1].Count < size) parts[^1].Add(filler);
        }

        return parts.Select(object? (part) => part).ToList();
    }

    private static object? Round(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("round", 0, "precision", "method");
        var number = TemplateValues.AsNumber(value) ?? throw new TemplateProblem($"round needs a number, not {TemplateValues.KindOf(value)}");
        var digits = TemplateValues.Whole(arguments.Get(0, "precision", 0L));
        if (digits is < -15 or > 15) throw new TemplateProblem("round knows a precision between -15 and 15");
        var scale = Math.Pow(10, digits);
        return Soft(arguments.Get(1, "method", "common")) switch
        {
            "common" when value is not double => (object)(digits >= 0 ? TemplateValues.Whole(value) : (long)(Math.Round(number * scale, MidpointRounding.ToEven) / scale)),
            "common" => digits >= 0 ? Math.Round(number, (int)digits, MidpointRounding.ToEven) : Math.Round(number * scale, MidpointRounding.ToEven) / scale,
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            var other => throw new TemplateProblem($"round knows the methods common, ceil and floor, not '{other}'"),
        };
    }

    private static object? ToInteger(TemplateInterpreter interpreter, object? value, CallValues arguments)
    {
        arguments.Check("int", 0, "default", "base");
        if (arguments.Has(1, "base")) throw new TemplateProblem("int with a base is not known");
        if (value is string text && long.TryParse(TemplateText.Strip(text, null, true, true).Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        var number = TemplateValues.AsNumber(value) ?? Parse(value);
        return number is { } known && Math.Abs(known) < 9e18 ? (value is double or string ? (long)known : TemplateValues.Whole(value)) : arguments.Get(0, "default", 0L);
    }

    /// <summary>An attribute of an item, "a.b" of what its attribute a has; the item itself where none is named.</summary>
    private static object? Path(object? item, object? attribute) => attribute switch
    {
        null => item,
        long index => TemplateMembers.Item(item, index),
        _ => Soft(attribute).Split('.').Aggregate(item, (value, name) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? TemplateMembers.Item(value, index) : TemplateMembers.Item(value, name)),
    };
}

/// <summary>Writes JSON as the function does that chat templates are rendered with: Python's, with its spaces, and nothing escaped that need not be.</summary>
internal static class TemplateJson
{
    private const int DeepestValue = 100;

    /// <summary>A value as JSON.</summary>
    /// <param name="value">Any value that JSON has.</param>
    /// <param name="arguments">ensure_ascii, indent, separators, sort_keys.</param>
    public static string Write(object? value, CallValues arguments)
    {
        arguments.Check("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        var indent = arguments.Get(1, "indent") switch
        {
            null => null,
            string given => given,
            var width => new string(' ', (int)Math.Clamp(TemplateValues.Whole(width), 0, 64)),
        };
        var (items, key) = arguments.Get(2, "separators") is { } pair && TemplateValues.ListOf(pair) is [string first, string second] ? (first, second) : (indent is null ? ", " : ",", ": ");
        var text = new StringBuilder();
        new Writer(text, indent, items, key, TemplateValues.IsTrue(arguments.Get(0, "ensure_ascii", false)), TemplateValues.IsTrue(arguments.Get(3, "sort_keys", false))).Write(value, 0);
        return text.ToString();
    }

    private sealed class Writer(StringBuilder text, string? indent, string itemSeparator, string keySeparator, bool onlyAscii, bool sortKeys)
    {
        public void Write(object? value, int depth)
        {
            if (depth > DeepestValue) throw new TemplateProblem($"values lie more than {DeepestValue} deep in each other");
            switch (value)
            {
                case null:
                    text.Append("null");
                    break;
                case bool flag:
                    text.Append(flag ? "true" : "false");
                    break;
                case double number when !double.IsFinite(number):
                    text.Append(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                    break;
                case long or double:
                    text.Append(TemplateValues.Text(value));
                    break;
                case string part:
                    WriteText(part);
                    break;
                case TemplateMap map:
                    var pairs = map.Select(pair => (Key: Key(TemplateMap.Plain(pair.Key)), pair.Value));
                    WriteAll('{', '}', (sortKeys ? pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal) : pairs).ToList(), pair =>
                    {
                        WriteText(pair.Key);
                        text.Append(keySeparator);
                        Write(pair.Value, depth + 1);
                    }, depth);
                    break;
                case var _ when TemplateValues.ListOf(value) is { } list:
                    WriteAll('[', ']', list, item => Write(item, depth + 1), depth);
                    break;
                default:
                    throw new TemplateProblem(TemplateValues.Unusable(value) ?? $"{TemplateValues.KindOf(value)} cannot be written as JSON");
            }
        }

        private static string Key(object? key) => key switch
        {
            string name => name,
            null => "null",
            bool flag => flag ? "true" : "false",
            long or double => TemplateValues.Text(key),
            _ => throw new TemplateProblem($"{TemplateValues.KindOf(key)} cannot be a key of JSON"),
        };

        private void WriteAll<T>(char open, char close, IReadOnlyList<T> items, Action<T> write, int depth)
        {
            text.Append(open);
            for (var i = 0; i < items.Count; i++)
            {
                if (i > 0) text.Append(itemSeparator);
                NewLine(depth + 1);
                write(items[i]);
            }

            if (items.Count > 0) NewLine(depth);
            text.Append(close);
        }

        private void NewLine(int depth)
        {
            if (indent is null) return;
            text.Append('\n');
            for (var i = 0; i < depth; i++) text.Append(indent);
        }

        private void WriteText(string part)
        {
            text.Append('"');
            foreach (var value in part)
            {
                switch (value)
                {
                    case '"':
                        text.Append("\\\"");
                        break;
                    case '\\':
                        text.Append("\\\\");
                        break;
                    case '\n':
                        text.Append("\\n");
                        break;
                    case '\r':
                        text.Append("\\r");
                        break;
                    case '\t':
                        text.Append("\\t");
                        break;
                    case '\b':
                        text.Append("\\b");
                        break;
                    case '\f':
                        text.Append("\\f");
                        break;
                    case < ' ':
                    case > '~' when onlyAscii:
                        text.Append("\\u").Append(((int)value).ToString("x4", CultureInfo.InvariantCulture));
                        break;
                    default:
                        text.Append(value);
                        break;
                }
            }

            text.Append('"');
        }
    }
}
