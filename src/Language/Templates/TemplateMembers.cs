namespace Srpo.Language.Templates;

/// <summary>Attributes, items, parts and methods of values.</summary>
internal static class TemplateMembers
{
    private delegate object? Method<in T>(TemplateInterpreter interpreter, T value, CallValues arguments);

    private static readonly Dictionary<string, Method<string>> TextMethods = new(StringComparer.Ordinal)
    {
        ["strip"] = (_, value, arguments) => TemplateText.Strip(value, Optional(arguments, "strip"), true, true),
        ["lstrip"] = (_, value, arguments) => TemplateText.Strip(value, Optional(arguments, "lstrip"), true, false),
        ["rstrip"] = (_, value, arguments) => TemplateText.Strip(value, Optional(arguments, "rstrip"), false, true),
        ["split"] = (interpreter, value, arguments) => Split(interpreter, value, arguments, fromEnd: false),
        ["rsplit"] = (interpreter, value, arguments) => Split(interpreter, value, arguments, fromEnd: true),
        ["splitlines"] = (_, value, arguments) => TemplateText.Lines(value, TemplateValues.IsTrue(Checked(arguments, "splitlines", 0, "keepends").Get(0, "keepends", false))),
        ["partition"] = (_, value, arguments) => Partition(value, Text(Checked(arguments, "partition", 1, "sep").Get(0, "sep")), fromEnd: false),
        ["rpartition"] = (_, value, arguments) => Partition(value, Text(Checked(arguments, "rpartition", 1, "sep").Get(0, "sep")), fromEnd: true),
        ["startswith"] = (_, value, arguments) => Any(Checked(arguments, "startswith", 1, "prefix").Get(0, "prefix"), part => value.StartsWith(part, StringComparison.Ordinal)),
        ["endswith"] = (_, value, arguments) => Any(Checked(arguments, "endswith", 1, "suffix").Get(0, "suffix"), part => value.EndsWith(part, StringComparison.Ordinal)),
        ["removeprefix"] = (_, value, arguments) => Text(Checked(arguments, "removeprefix", 1, "prefix").Get(0, "prefix")) is { } part && value.StartsWith(part, StringComparison.Ordinal) ? value[part.Length..] : value,
        ["removesuffix"] = (_, value, arguments) => Text(Checked(arguments, "removesuffix", 1, "suffix").Get(0, "suffix")) is { } part && value.EndsWith(part, StringComparison.Ordinal) ? value[..^part.Length] : value,
        ["replace"] = (interpreter, value, arguments) =>
        {
            arguments.Check("replace", 2, "old", "new", "count");
            return Replace(interpreter, value, Text(arguments.Get(0, "old")), Text(arguments.Get(1, "new")), TemplateValues.Whole(arguments.Get(2, "count", -1L)));
        },
        ["upper"] = (_, value, arguments) => Checked(arguments, "upper", 0) is not null ? value.ToUpperInvariant() : null,
        ["lower"] = (_, value, arguments) => Checked(arguments, "lower", 0) is not null ? value.ToLowerInvariant() : null,
        ["title"] = (_, value, arguments) => Checked(arguments, "title", 0) is not null ? TemplateText.Title(value) : null,
        ["capitalize"] = (_, value, arguments) => Checked(arguments, "capitalize", 0) is not null ? TemplateText.Capitalize(value) : null,
        ["join"] = (interpreter, value, arguments) => interpreter.Joined(value, TemplateValues.Items(Checked(arguments, "join", 1, "iterable").Get(0, "iterable")).Select(Text)),
        ["find"] = (_, value, arguments) => PointAt(value, value.IndexOf(Text(Checked(arguments, "find", 1, "sub").Get(0, "sub")), StringComparison.Ordinal)),
        ["rfind"] = (_, value, arguments) => PointAt(value, value.LastIndexOf(Text(Checked(arguments, "rfind", 1, "sub").Get(0, "sub")), StringComparison.Ordinal)),
        ["count"] = (_, value, arguments) => Text(Checked(arguments, "count", 1, "sub").Get(0, "sub")) is { Length: > 0 } part ? (value.Length - value.Replace(part, "", StringComparison.Ordinal).Length) / (long)part.Length : TemplateText.Length(value) + 1L,
        ["isdigit"] = (_, value, arguments) => All(arguments, "isdigit", value, char.IsDigit),
        ["isalpha"] = (_, value, arguments) => All(arguments, "isalpha", value, char.IsLetter),
        ["isalnum"] = (_, value, arguments) => All(arguments, "isalnum", value, char.IsLetterOrDigit),
        ["isspace"] = (_, value, arguments) => All(arguments, "isspace", value, TemplateText.IsSpace),
        ["isupper"] = (_, value, arguments) => Checked(arguments, "isupper", 0) is not null && value.Any(char.IsUpper) && !value.Any(char.IsLower),
        ["islower"] = (_, value, arguments) => Checked(arguments, "islower", 0) is not null && value.Any(char.IsLower) && !value.Any(char.IsUpper),
    };

    private static readonly Dictionary<string, Method<TemplateMap>> MapMethods = new(StringComparer.Ordinal)
    {
        ["get"] = (_, value, arguments) => value.TryGet(Checked(arguments, "get", 1, "key", "default").Get(0, "key"), out var found) ? found : arguments.Get(1, "default"),
        ["items"] = (_, value, arguments) => Checked(arguments, "items", 0) is not null ? TemplateFilters.Pairs(value) : null,
        ["keys"] = (_, value, arguments) => Checked(arguments, "keys", 0) is not null ? TemplateValues.Items(value).ToList() : null,
        ["values"] = (_, value, arguments) => Checked(arguments, "values", 0) is not null ? value.Select(pair => pair.Value).ToList() : null,
    };

    private static readonly Dictionary<string, Method<IReadOnlyList<object?>>> ListMethods = new(StringComparer.Ordinal)
    {
        ["index"] = (_, value, arguments) =>
        {
            var wanted = Checked(arguments, "index", 1, "value").Get(0, "value");
            for (var i = 0; i < value.Count; i++)
            {
                if (TemplateValues.AreEqual(value[i], wanted)) return (long)i;
            }

            throw new TemplateProblem($"{TemplateValues.Written(wanted)} is not in the list");
        },
        ["count"] = (_, value, arguments) => Checked(arguments, "count", 1, "value").Get(0, "value") is var wanted ? (long)value.Count(item => TemplateValues.AreEqual(item, wanted)) : 0L,
    };

    /// <summary>Methods that change a value, which templates must not.</summary>
    private static readonly string[] Changing = ["append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update"];

    /// <summary>An attribute of a value, else its item of that name; undefined where there is neither.</summary>
    public static object? Attribute(object? value, string name, bool alsoItems = true)
    {
        switch (value)
        {
            case Undefined missing:
                throw new TemplateProblem($"{missing.Name} is undefined, and has no '{name}'");
            case TemplateNamespace space:
                return space.Attributes.TryGetValue(name, out var found) ? found : new Undefined($"'{name}' of the namespace");
            case LoopState loop:
                return loop.Attribute(name);
            case string text when TextMethods.TryGetValue(name, out var method):
                return Bound(name, text, method);
            case TemplateMap map:
                if (MapMethods.TryGetValue(name, out var ofMap)) return Bound(name, map, ofMap);
                if (alsoItems && map.TryGet(name, out var item)) return item;
                break;
            case not null when TemplateValues.ListOf(value) is { } list && ListMethods.TryGetValue(name, out var ofList):
                return Bound(name, list, ofList);
        }

        if (value is TemplateMap or List<object?> && Changing.Contains(name)) return new TemplateFunction(name, _ => throw new TemplateProblem($"{name} would change {TemplateValues.KindOf(value)}, which templates must not; write a new one, for example list + [item]"));
        return new Undefined($"'{name}' of {TemplateValues.KindOf(value)}");
    }

    /// <summary>An item of a value: by place in lists and texts, by key in maps, else the attribute of that name; undefined where there is none.</summary>
    public static object? Item(object? value, object? index)
    {
        if (value is Undefined missing) throw new TemplateProblem($"{missing.Name} is undefined, and has no item {Shown(index)}");
        if (value is TemplateMap map && index is not (List<object?> or TemplateMap) && map.TryGet(index, out var found)) return found;
        if (index is long or bool && (value is string || TemplateValues.ListOf(value) is not null))
        {
            var items = TemplateValues.Items(value);
            var place = TemplateValues.Whole(index);
            if (place < 0) place += items.Count;
            if (place >= 0 && place < items.Count) return items[(int)place];
        }

        if (index is string name) return Attribute(value, name, alsoItems: false);
        return new Undefined($"the item {Shown(index)} of {TemplateValues.KindOf(value)}");
    }

    /// <summary>A part of a list, a tuple or a text.</summary>
    public static object? Slice(object? value, object? start, object? stop, object? step)
    {
        if (value is not string && TemplateValues.ListOf(value) is null) throw new TemplateProblem(TemplateValues.Unusable(value) ?? $"{TemplateValues.KindOf(value)} has no parts");
        var items = TemplateValues.Items(value);
        var by = step is null ? 1 : TemplateValues.Whole(step);
        if (by == 0) throw new TemplateProblem("the step of a slice is 0");
        var (least, most) = by < 0 ? (-1L, items.Count - 1L) : (0L, items.Count);
        var first = Within(start, by < 0 ? most : least);
        var last = Within(stop, by < 0 ? least : most);
        var part = new List<object?>();
        for (var i = first; by > 0 ? i < last : i > last; i += by)
        {
            part.Add(items[(int)i]);
            if (by > items.Count || by < -items.Count) break;
        }

        return value switch
        {
            string => string.Concat(part),
            TemplateTuple => new TemplateTuple(part),
            _ => part,
        };

        long Within(object? given, long fallback)
        {
            if (given is null) return fallback;
            var at = TemplateValues.Whole(given);
            return Math.Clamp(at < 0 ? at + items.Count : at, least, most);
        }
    }

    /// <summary>A text with another in place of a part of it.</summary>
    public static string Replace(TemplateInterpreter interpreter, string text, string old, string with, long most)
    {
        if (most < 0 && old.Length > 0)
        {
            interpreter.Charge(text.Length);
            // What may become too long is counted before it is built.
            var places = with.Length > old.Length ? TemplateText.Split(text, old, -1, fromEnd: false).Count - 1L : 0;
            interpreter.RequireRoom(text.Length + places * (with.Length - old.Length));
            return interpreter.Produced(text.Replace(old, with, StringComparison.Ordinal));
        }

        if (old.Length > 0) return interpreter.Joined(with, TemplateText.Split(text, old, most, fromEnd: false).Select(Text));
        // An empty text is found before each character and at the end.
        var points = TemplateText.Points(text);
        var times = most < 0 ? points.Count + 1L : Math.Min(most, points.Count + 1L);
        interpreter.RequireRoom(text.Length + times * with.Length);
        return interpreter.Produced(string.Concat(points.Append("").Select((point, i) => i < times ? with + point : point)));
    }

    private static string Shown(object? index) => index is string or long or double or bool or null ? TemplateValues.Written(index) : TemplateValues.KindOf(index);

    private static TemplateFunction Bound<T>(string name, T value, Method<T> method) =>
        new(name, arguments => method(TemplateInterpreter.Current, value, arguments));

    private static CallValues Checked(CallValues arguments, string what, int least, params ReadOnlySpan<string> names)
    {
        arguments.Check(what, least, names);
        return arguments;
    }

    private static string Text(object? value) => value as string ?? throw new TemplateProblem(TemplateValues.Unusable(value) ?? $"here belongs a text, not {TemplateValues.KindOf(value)}");

    private static string? Optional(CallValues arguments, string what) => Checked(arguments, what, 0, "chars").Get(0, "chars") is { } chars ? Text(chars) : null;

    private static bool Any(object? parts, Func<string, bool> passes) => parts is TemplateTuple several ? several.Items.Any(part => passes(Text(part))) : passes(Text(parts));

    private static bool All(CallValues arguments, string what, string text, Func<char, bool> passes)
    {
        arguments.Check(what, 0);
        return text.Length > 0 && text.All(passes);
    }

    private static object? Split(TemplateInterpreter interpreter, string text, CallValues arguments, bool fromEnd)
    {
        arguments.Check("split", 0, "sep", "maxsplit");
        interpreter.Charge(text.Length);
        return TemplateText.Split(text, arguments.Get(0, "sep") is { } separator ? Text(separator) : null, TemplateValues.Whole(arguments.Get(1, "maxsplit", -1L)), fromEnd);
    }

    private static TemplateTuple Partition(string text, string separator, bool fromEnd) => TemplateText.Split(text, separator, 1, fromEnd) switch
    {
        [var first, var second] => new TemplateTuple([first, separator, second]),
        _ => new TemplateTuple(fromEnd ? ["", "", text] : [text, "", ""]),
    };

    private static long PointAt(string text, int offset) => offset < 0 ? -1 : TemplateText.Length(text[..offset]);
}
