using System.Globalization;
using System.Xml.Linq;

namespace Srpo.Reporting.Figures;

/// <summary>Makes a file of its own of a figure.</summary>
public static class SvgDocument
{
    /// <summary>Drawing units to an inch, as CSS has them: text of 11 units is 8 points high on paper.</summary>
    public const double UnitsPerInch = 96;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>
    /// The SVG document of a figure on white: colours, lines and fonts are plain attributes, its size is in inches. Browsers, Inkscape, rsvg and office programs show the same.
    /// </summary>
    /// <param name="figure">What one of the Draw methods gave.</param>
    /// <exception cref="ArgumentException">It is no SVG element.</exception>
    public static string Standalone(string figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        if (!figure.StartsWith("<svg ", StringComparison.Ordinal)) throw new ArgumentException("This is no SVG element.", nameof(figure));
        var drawn = XElement.Parse(figure, LoadOptions.PreserveWhitespace);
        var (width, height) = Size(drawn);
        var root = Literal(drawn);
        root.AddFirst(
            new XElement(Svg + "title", (string?)drawn.Attribute("aria-label") ?? ""),
            new XElement(Svg + "rect", new XAttribute("width", Number(width)), new XAttribute("height", Number(height)), new XAttribute("fill", "#ffffff")));
        root.SetAttributeValue("width", Number(width / UnitsPerInch) + "in");
        root.SetAttributeValue("height", Number(height / UnitsPerInch) + "in");
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>The element with its children, classes replaced by what they mean.</summary>
    private static XElement Literal(XElement drawn)
    {
        var copy = new XElement(Svg + drawn.Name.LocalName);
        foreach (var (name, value) in FigureStyles.Of(drawn)) copy.SetAttributeValue(name, value);
        foreach (var attribute in drawn.Attributes())
        {
            // What is for the page: classes, what its script reads, and what it says to those who listen.
            var name = attribute.Name.LocalName;
            if (name is "class" or "role" or "aria-label" || name.StartsWith("data-", StringComparison.Ordinal)) continue;
            copy.SetAttributeValue(name, attribute.Value);
        }

        foreach (var node in drawn.Nodes()) copy.Add(node is XElement child ? Literal(child) : node);
        return copy;
    }

    /// <summary>Width and height of a figure in drawing units.</summary>
    internal static (double Width, double Height) Size(XElement drawn)
    {
        var box = ((string?)drawn.Attribute("viewBox") ?? throw new ArgumentException("The figure has no size.", nameof(drawn))).Split(' ');
        return (double.Parse(box[2], CultureInfo.InvariantCulture), double.Parse(box[3], CultureInfo.InvariantCulture));
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
