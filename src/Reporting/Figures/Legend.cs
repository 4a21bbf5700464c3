using System.Text;

namespace Srpo.Reporting.Figures;

/// <summary>An entry of a legend.</summary>
internal sealed record LegendEntry(
    string Name, int Colour, LineStyle Line = LineStyle.None, MarkerStyle Marker = MarkerStyle.None, string? SwatchClass = null, bool IsPale = false)
{
    /// <summary>Width of what stands before the name.</summary>
    public double SampleWidth => SwatchClass is not null ? 16 : Line == LineStyle.None && Marker == MarkerStyle.None ? 0 : 34;

    public double Width => SampleWidth + FigureStyles.Width(Name, "legend");

    /// <summary>Draws what stands before the name.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="x">Its left edge.</param>
    /// <param name="y">Its middle.</param>
    public void DrawSample(SvgCanvas canvas, double x, double y)
    {
        if (SwatchClass is not null)
        {
            canvas.Rect(x, y - 5, 11, 11, LineChart.CssClass(SwatchClass, Colour), radius: 2);
            return;
        }

        if (Line != LineStyle.None) canvas.Line(x, y, x + 28, y, LineChart.LineClass(Line, IsPale, Colour));
        var marker = new StringBuilder();
        MarkerShape.Append(marker, Marker, x + 14, y);
        if (marker.Length > 0) canvas.Path(marker.ToString(), LineChart.CssClass(MarkerShape.Kind(Marker), Colour));
    }
}

/// <summary>The names of series in rows, each with a sample; it breaks where there is no more room, within a name where that alone is too long.</summary>
internal sealed class Legend
{
    private const double RowHeight = 18;
    private const double LineHeight = 14;
    private const double Gap = 18;

    private readonly List<(LegendEntry Entry, IReadOnlyList<string> Lines, double X, double Y)> _places = [];

    /// <summary>Lays entries out.</summary>
    /// <param name="x">Left edge.</param>
    /// <param name="right">Right edge.</param>
    /// <param name="entries">The entries; each is drawn once.</param>
    public Legend(double x, double right, IEnumerable<LegendEntry> entries)
    {
        var (at, top, row) = (x, 0.0, 0.0);
        foreach (var entry in entries.Distinct())
        {
            if (at > x && at + entry.Width > right) (at, top, row) = (x, top + row, 0);
            var lines = entry.Width <= right - x ? [entry.Name] : TextLines.Wrap(entry.Name, "legend", right - x - entry.SampleWidth);
            _places.Add((entry, lines, at, top));
            row = Math.Max(row, RowHeight + ((lines.Count - 1) * LineHeight));
            at += entry.Width + Gap;
        }

        Height = top + row;
    }

    /// <summary>Height that it takes.</summary>
    public double Height { get; }

    /// <summary>Draws it.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="top">Its upper edge.</param>
    public void Draw(SvgCanvas canvas, double top)
    {
        foreach (var (entry, lines, x, down) in _places)
        {
            var y = top + down + 13;
            entry.DrawSample(canvas, x, y - 4);
            for (var line = 0; line < lines.Count; line++) canvas.Label(x + entry.SampleWidth, y + (line * LineHeight), lines[line], "legend");
        }
    }
}
