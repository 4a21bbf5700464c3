using System.Globalization;
using System.Text;

namespace Srpo.Reporting.Figures;

/// <summary>The shapes of markers as path data, so that thousands of them are one element.</summary>
internal static class MarkerShape
{
    /// <summary>The CSS class: filled or only an outline.</summary>
    public static string Kind(MarkerStyle style) => style == MarkerStyle.Ring ? "marker-open" : "marker";

    /// <summary>Appends a marker around a point.</summary>
    public static void Append(StringBuilder path, MarkerStyle style, double x, double y)
    {
        var (left, top) = (Math.Round(x, 1), Math.Round(y, 1));
        _ = style switch
        {
            MarkerStyle.Dot => path.Append(CultureInfo.InvariantCulture, $"M{left - 1} {top}a1 1 0 1 0 2 0a1 1 0 1 0-2 0"),
            MarkerStyle.Circle or MarkerStyle.Ring =>
                path.Append(CultureInfo.InvariantCulture, $"M{left - 3.5} {top}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0"),
            MarkerStyle.Square => path.Append(CultureInfo.InvariantCulture, $"M{left - 3} {top - 3}h6v6h-6z"),
            MarkerStyle.Triangle => path.Append(CultureInfo.InvariantCulture, $"M{left} {top - 4}l4 7h-8z"),
            MarkerStyle.TriangleDown => path.Append(CultureInfo.InvariantCulture, $"M{left} {top + 4}l4-7h-8z"),
            MarkerStyle.Diamond => path.Append(CultureInfo.InvariantCulture, $"M{left} {top - 4.5}l4.5 4.5l-4.5 4.5l-4.5-4.5z"),
            _ => path,
        };
    }
}
