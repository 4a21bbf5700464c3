using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Srpo.Reporting.Tests.Support;

/// <summary>Where a label of a figure's file lies, by its own width; rows of a curve's reference lines and values in cells included.</summary>
internal sealed record LabelBox(string Text, double Left, double Top, double Right, double Bottom)
{
    /// <summary>Whether two share more than a hair.</summary>
    public bool Overlaps(LabelBox other) => Math.Min(Right, other.Right) - Math.Max(Left, other.Left) > 1 && Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top) > 1;
}

/// <summary>Finds the labels of a figure's file.</summary>
internal static partial class LabelBoxes
{
    public static IEnumerable<LabelBox> Of(XElement svg)
    {
        foreach (var text in svg.Descendants().Where(element => element.Name.LocalName == "text" && element.Attribute("textLength") is not null))
        {
            var (width, size) = (Number(text.Attribute("textLength")), Number(text.Attribute("font-size") ?? svg.Attribute("font-size")));
            var before = (string?)text.Attribute("text-anchor") switch { "middle" => width / 2, "end" => width, _ => 0 };
            var (left, top) = (0.0, 0.0);
            foreach (var group in text.Ancestors().Where(element => element.Attribute("transform") is not null))
            {
                var move = Translate().Match((string)group.Attribute("transform")!);
                (left, top) = (left + Number(move.Groups[1].Value), top + Number(move.Groups[2].Value));
            }

            if ((string?)text.Attribute("transform") is { } turned)
            {
                var place = Translate().Match(turned);
                var (x, y) = (left + Number(place.Groups[1].Value), top + Number(place.Groups[2].Value));
                yield return new LabelBox(text.Value, x - (0.74 * size), y - width + before, x + (0.2 * size), y + before);
            }
            else
            {
                var (x, y) = (left + Number(text.Attribute("x")), top + Number(text.Attribute("y")));
                yield return new LabelBox(text.Value, x - before, y - (0.74 * size), x - before + width, y + (0.2 * size));
            }
        }
    }

    /// <summary>Browsers say sizes with their unit.</summary>
    private static double Number(XAttribute? attribute) => Number(((string?)attribute ?? throw new InvalidOperationException("A label has no place.")).Replace("px", "", StringComparison.Ordinal));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"translate\((-?[0-9.]+) (-?[0-9.]+)\)")]
    private static partial Regex Translate();
}
