using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Srpo.Reporting.Html;

namespace Srpo.Reporting.Figures;

/// <summary>
/// What the classes of figures mean, read from the page's own style sheet: as attributes with literal colours for files of their own, which programs open that know no style sheets,
/// and as sizes of texts for whoever lays them out.
/// </summary>
internal static partial class FigureStyles
{
    private const string Root = "fig";

    private static readonly ImmutableDictionary<string, string> Colours = Variables(Theme.Css);

    private static readonly ImmutableArray<Rule> Rules = [.. Read(Theme.Css)];

    /// <summary>Font and size by class: every label is measured, most of them several times.</summary>
    private static readonly ConcurrentDictionary<string, (FontMetrics Metrics, double Size)> Fonts = new(StringComparer.Ordinal);

    /// <summary>Properties that SVG knows as attributes; the others are for browsers.</summary>
    private static readonly ImmutableHashSet<string> Attributes =
    [
        "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "font-family", "font-size", "font-weight", "text-anchor",
    ];

    /// <summary>The attributes of an element of a figure, in the light theme; the figure's own element has the class <c>fig</c>.</summary>
    /// <param name="element">The element, within its figure.</param>
    public static IEnumerable<(string Name, string Value)> Of(XElement element)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var rule in Rules.Where(rule => rule.Matches(element)))
        {
            foreach (var (name, value) in rule.Declarations) found[name] = value;
        }

        return found.Where(property => Attributes.Contains(property.Key)).OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => (property.Key, Literal(property.Value, found)));
    }

    /// <summary>Width of a text of a class, in drawing units.</summary>
    public static double Width(string text, string cssClass)
    {
        var (metrics, size) = Metrics(cssClass);
        return metrics.Width(text, size);
    }

    /// <summary>Size of a text of a class, in drawing units.</summary>
    public static double Size(string cssClass) => Metrics(cssClass).Size;

    private static (FontMetrics Metrics, double Size) Metrics(string cssClass) => Fonts.GetOrAdd(cssClass, FindFont);

    private static (FontMetrics Metrics, double Size) FindFont(string cssClass)
    {
        var text = new XElement("text", new XAttribute("class", cssClass));
        _ = new XElement("svg", new XAttribute("class", Root), text);
        var (size, isBold) = (11.0, false);
        foreach (var (name, value) in Rules.Where(rule => rule.Matches(text) || rule.Matches(text.Parent!)).SelectMany(rule => rule.Declarations))
        {
            if (name == "font-size") size = double.Parse(value.Replace("px", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
            if (name == "font-weight") isBold = value is not ("normal" or "400");
        }

        return (isBold ? FontMetrics.Bold : FontMetrics.Regular, size);
    }

    /// <summary>A value without variables and units.</summary>
    private static string Literal(string value, Dictionary<string, string> found)
    {
        while (Variable().Match(value) is { Success: true } use)
        {
            var name = use.Groups[1].Value;
            var known = found.GetValueOrDefault(name) ?? Colours.GetValueOrDefault(name) ?? throw new InvalidOperationException($"The style sheet has no {name}.");
            value = value.Replace(use.Value, known, StringComparison.Ordinal);
        }

        return value.EndsWith("px", StringComparison.Ordinal) ? value[..^2] : value.Replace("\"", "", StringComparison.Ordinal);
    }

    /// <summary>The variables of the light theme: the first block of them.</summary>
    private static ImmutableDictionary<string, string> Variables(string css) => Block().Matches(Comment().Replace(css, ""))
        .Where(block => block.Groups[1].Value.Trim() == ":root")
        .SelectMany(block => Declarations(block.Groups[2].Value))
        .Where(declaration => declaration.Name.StartsWith("--", StringComparison.Ordinal))
        .ToImmutableDictionary(declaration => declaration.Name, declaration => declaration.Value);

    private static IEnumerable<Rule> Read(string css) => Block().Matches(Comment().Replace(css, ""))
        .Where(block => block.Groups[1].Value.Trim().StartsWith('.'))
        .Select(block => new Rule([.. block.Groups[1].Value.Trim().Split(' ')], [.. Declarations(block.Groups[2].Value)]));

    private static IEnumerable<(string Name, string Value)> Declarations(string block) => block.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(declaration => declaration.Split(':', 2, StringSplitOptions.TrimEntries)).Select(parts => (parts[0], parts[1]));

    [GeneratedRegex(@"([^{}]+)\{([^{}]*)\}")]
    private static partial Regex Block();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"var\((--[a-z0-9]+)\)")]
    private static partial Regex Variable();

    /// <summary>A rule of the style sheet; its selector is a chain of classes and names of elements.</summary>
    private sealed record Rule(ImmutableArray<string> Selector, ImmutableArray<(string Name, string Value)> Declarations)
    {
        public bool Matches(XElement element)
        {
            if (!Fits(element, Selector[^1])) return false;
            var at = element.Parent;
            for (var part = Selector.Length - 2; part >= 0; at = at.Parent)
            {
                if (at is null) return false;
                if (Fits(at, Selector[part])) part--;
            }

            return true;
        }

        private static bool Fits(XElement element, string part) =>
            part[0] == '.' ? ((string?)element.Attribute("class") ?? "").Split(' ').Contains(part[1..]) : element.Name.LocalName == part;
    }
}
