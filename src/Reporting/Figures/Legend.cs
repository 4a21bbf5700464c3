using System.Text;

namespace Srpo.Reporting.Figures;

/// <summary>An entry of a legend.</summary>
internal sealed record LegendEntry(
    string Name, int Colour, LineStyle Line = LineStyle.None, MarkerStyle Marker = MarkerStyle.None, string? SwatchClass = null);

/// <summary>The names of series in a row, each with a sample.</summary>
internal static class Legend
{
    public static void Draw(SvgCanvas canvas, double x, double y, IEnumerable<LegendEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.SwatchClass is { } swatch)
            {
                canvas.Rect(x, y - 9, 11, 11, LineChart.CssClass(swatch, entry.Colour), radius: 2);
                x += 16;
            }
            else
            {
                if (entry.Line != LineStyle.None)
                {
                    var kind = entry.Line == LineStyle.Dashed ? "line dashed" : "line";
                    canvas.Line(x, y - 3.5, x + 18, y - 3.5, LineChart.CssClass(kind, entry.Colour));
                }

                var marker = new StringBuilder();
                MarkerShape.Append(marker, entry.Marker, x + 9, y - 3.5);
                if (marker.Length > 0) canvas.Path(marker.ToString(), LineChart.CssClass(MarkerShape.Kind(entry.Marker), entry.Colour));
                x += 24;
            }

            canvas.Label(x, y, entry.Name, "legend");
            x += 6.6 * entry.Name.Length + 20;
        }
    }
}
