using Srpo.Core.Text;

namespace Srpo.Language.Templates;

/// <summary>Tests: what stands behind "is".</summary>
internal static class TemplateTests
{
    private static readonly Dictionary<string, Func<object?, CallValues, bool>> Known = new(StringComparer.Ordinal)
    {
        ["defined"] = Plain(value => value is not Undefined),
        ["undefined"] = Plain(value => value is Undefined),
        ["none"] = Plain(value => value is null),
        ["boolean"] = Plain(value => value is bool),
        ["true"] = Plain(value => value is true),
        ["false"] = Plain(value => value is false),
        ["integer"] = Plain(value => value is long),
        ["float"] = Plain(value => value is double),
        ["number"] = Plain(value => TemplateValues.AsNumber(value) is not null),
        ["string"] = Plain(value => value is string),
        ["mapping"] = Plain(value => value is TemplateMap),
        ["iterable"] = Plain(value => value is string or TemplateMap or Undefined || TemplateValues.ListOf(value) is not null),
        ["sequence"] = Plain(value => value is string or TemplateMap || TemplateValues.ListOf(value) is not null),
        ["callable"] = Plain(value => value is TemplateFunction),
        ["odd"] = Plain(value => Modulo(value, 2) == 1),
        ["even"] = Plain(value => Modulo(value, 2) == 0),
        ["lower"] = Plain(value => TemplateValues.Text(value) is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper)),
        ["upper"] = Plain(value => TemplateValues.Text(value) is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower)),
        ["divisibleby"] = With((value, other) => Modulo(value, TemplateValues.Whole(other)) == 0),
        ["in"] = With((value, other) => TemplateValues.Contains(other, value)),
        ["sameas"] = With((value, other) => value is null or bool or long or double or string ? value?.GetType() == other?.GetType() && TemplateValues.AreEqual(value, other) : ReferenceEquals(value, other)),
        ["eq"] = With(TemplateValues.AreEqual),
        ["ne"] = With((value, other) => !TemplateValues.AreEqual(value, other)),
        ["lt"] = With((value, other) => TemplateValues.Compare(value, other) < 0),
        ["le"] = With((value, other) => TemplateValues.Compare(value, other) <= 0),
        ["gt"] = With((value, other) => TemplateValues.Compare(value, other) > 0),
        ["ge"] = With((value, other) => TemplateValues.Compare(value, other) >= 0),
        ["filter"] = Plain(value => value is string name && TemplateFilters.IsKnown(name)),
        ["test"] = Plain(value => value is string name && IsKnown(name)),
    };

    /// <summary>Other names of the same.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["equalto"] = "eq",
        ["=="] = "eq",
        ["!="] = "ne",
        ["<"] = "lt",
        ["lessthan"] = "lt",
        ["<="] = "le",
        [">"] = "gt",
        ["greaterthan"] = "gt",
        [">="] = "ge",
    };

    /// <summary>Whether there is such a test.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(Aliases.GetValueOrDefault(name, name));

    /// <summary>What to say where there is none.</summary>
    public static string Unknown(string name) => NearestName.Unknown("test", name, Known.Keys);

    /// <summary>Tests a value.</summary>
    public static bool Apply(string name, object? value, CallValues arguments)
    {
        if (!Known.TryGetValue(Aliases.GetValueOrDefault(name, name), out var test)) throw new TemplateProblem(Unknown(name));
        return test(value, arguments);
    }

    private static Func<object?, CallValues, bool> Plain(Func<object?, bool> test) => (value, arguments) =>
    {
        arguments.Check("this test", 0);
        return test(value);
    };

    private static Func<object?, CallValues, bool> With(Func<object?, object?, bool> test) => (value, arguments) =>
    {
        arguments.Check("this test", 1, "other");
        return test(value, arguments.Get(0, "other"));
    };

    private static long Modulo(object? value, long divisor)
    {
        if (divisor == 0) throw new TemplateProblem("division by zero");
        var rest = TemplateValues.Whole(value) % divisor;
        return rest != 0 && rest < 0 != divisor < 0 ? rest + divisor : rest;
    }
}
