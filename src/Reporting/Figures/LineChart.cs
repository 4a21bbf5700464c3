using System.Globalization;
using System.Text;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>Draws a <see cref="LineChartSpec"/>.</summary>
public static class LineChart
{
    private const double LegendTop = 4;

    /// <summary>The picture as an SVG element.</summary>
    public static string Draw(LineChartSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var legend = LegendOf(spec, spec.ShowLegend ? Entries(spec) : []);
        var frame = PlotFrame.For(
            spec,
            spec.Series.SelectMany(series => series.Points.Select(point => point.X).Concat(series.Band.Select(point => point.X)))
                .Concat(spec.VerticalLines.Select(line => line.X)),
            spec.Series.SelectMany(series =>
                series.Points.Select(point => point.Y).Concat(series.Band.SelectMany(point => new[] { point.Low, point.High }))),
            legend.Height);
        var canvas = new SvgCanvas(spec.Width, frame.Height, spec.Description, "chart");
        legend.Draw(canvas, LegendTop);
        frame.Draw(canvas);
        var isClipped = (spec.X.Low ?? spec.X.High ?? spec.Y.Low ?? spec.Y.High) is not null;
        foreach (var line in spec.VerticalLines) DrawReference(canvas, frame, line);
        if (isClipped) OpenClip(canvas, frame);
        foreach (var series in spec.Series.Where(series => series.Band.Length > 1)) DrawBand(canvas, frame, series);
        foreach (var series in spec.Series) DrawSeries(canvas, frame, series);
        if (isClipped) canvas.Markup.Close();
        return canvas.Finish();
    }

    /// <summary>The legend of a chart that is drawn without it, as wide as the chart: together they are a picture that explains itself.</summary>
    /// <returns>An SVG element; empty where no series has a name in the legend.</returns>
    public static string DrawLegend(LineChartSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var legend = LegendOf(spec, Entries(spec));
        if (legend.Height == 0) return "";
        var canvas = new SvgCanvas(spec.Width, LegendTop + legend.Height, "Legend");
        legend.Draw(canvas, LegendTop);
        return canvas.Finish();
    }

    /// <summary>What the legend of a chart names.</summary>
    internal static IEnumerable<LegendEntry> Entries(LineChartSpec spec) => spec.Series.Where(series => series.InLegend)
        .Select(series => new LegendEntry(series.Name, series.Colour, series.Line, series.Marker, IsPale: series.IsPale)).Distinct();

    /// <summary>As wide as the picture: the plot's left edge depends on the labels of its axis.</summary>
    private static Legend LegendOf(LineChartSpec spec, IEnumerable<LegendEntry> entries) => new(2, spec.Width - 4, entries);

    private static void DrawReference(SvgCanvas canvas, PlotFrame frame, ReferenceLine line)
    {
        var x = frame.X.Map(line.X);
        if (!double.IsFinite(x)) return;
        canvas.Line(x, frame.Y.From, x, frame.Y.To, "reference");
        // Along the line, where it covers the least of the curves.
        canvas.Label(frame.X.Share(line.X) > 0.5 ? x - 6 : x + 13, (frame.Y.From + frame.Y.To) / 2, line.Name, "tick", "middle", upright: false);
    }

    /// <summary>An inner picture of the plot's area cuts off what lies beyond given ends of the axes.</summary>
    private static void OpenClip(SvgCanvas canvas, PlotFrame frame)
    {
        var (x, y) = (Markup.Num(frame.X.From), Markup.Num(frame.Y.To));
        var (width, height) = (Markup.Num(frame.X.To - frame.X.From), Markup.Num(frame.Y.From - frame.Y.To));
        canvas.Markup.Open("svg",
            ("x", x), ("y", y), ("width", width), ("height", height), ("viewBox", $"{x} {y} {width} {height}"), ("overflow", "hidden"));
    }

    /// <summary>A class name of the theme, for instance <c>line c2</c>.</summary>
    internal static string CssClass(string kind, int colour) => string.Create(CultureInfo.InvariantCulture, $"{kind} c{colour}");

    /// <summary>The classes of a line.</summary>
    internal static string LineClass(LineStyle line, bool isPale, int colour) => CssClass(
        (line switch { LineStyle.Dashed => "line dashed", LineStyle.DashDot => "line dashdot", LineStyle.Dotted => "line dotted", _ => "line" }) + (isPale ? " pale" : ""), colour);

    private static void DrawBand(SvgCanvas canvas, PlotFrame frame, LineSeries series)
    {
        var path = new StringBuilder();
        foreach (var part in Parts(series.Band, point => IsDrawable(frame, point.X, point.Low) && IsDrawable(frame, point.X, point.High)))
        {
            foreach (var point in part) Append(path, path.Length == 0 || path[^1] == 'z', frame, point.X, point.High);
            for (var index = part.Count - 1; index >= 0; index--) Append(path, false, frame, part[index].X, part[index].Low);
            path.Append('z');
        }

        if (path.Length > 0) canvas.Path(path.ToString(), CssClass("band", series.Colour));
    }

    private static void DrawSeries(SvgCanvas canvas, PlotFrame frame, LineSeries series)
    {
        var parts = Parts(series.Points, point => IsDrawable(frame, point.X, point.Y));
        if (series.Line != LineStyle.None)
        {
            var path = new StringBuilder();
            foreach (var part in parts)
            {
                for (var index = 0; index < part.Count; index++) Append(path, index == 0, frame, part[index].X, part[index].Y);
            }

            if (path.Length > 0)
                canvas.Path(path.ToString(), LineClass(series.Line, series.IsPale, series.Colour));
        }

        if (series.Marker == MarkerStyle.None) return;
        var markers = new StringBuilder();
        ChartPoint[] placed = [.. parts.SelectMany(part => part)];
        var every = series.MarkersShown is { } shown ? Math.Max(1, placed.Length / Math.Max(1, shown)) : 1;

        // Series with the same points mark others of them, so that markers lie beside each other.
        for (var index = every == 1 ? 0 : series.Colour * every / 8; index < placed.Length; index += every)
        {
            var point = placed[index];
            MarkerShape.Append(markers, series.Marker, frame.X.Map(point.X), frame.Y.Map(point.Y));
        }

        if (markers.Length > 0) canvas.Path(markers.ToString(), CssClass(MarkerShape.Kind(series.Marker), series.Colour));
    }

    /// <summary>Whether both scales can place a point; a logarithm takes positive numbers only.</summary>
    private static bool IsDrawable(PlotFrame frame, double x, double y) =>
        double.IsFinite(frame.X.Map(x)) && double.IsFinite(frame.Y.Map(y));

    private static List<List<T>> Parts<T>(IEnumerable<T> points, Func<T, bool> isDrawable)
    {
        var parts = new List<List<T>>();
        var isOpen = false;
        foreach (var point in points)
        {
            if (!isDrawable(point))
            {
                isOpen = false;
                continue;
            }

            if (!isOpen) parts.Add([]);
            isOpen = true;
            parts[^1].Add(point);
        }

        return parts;
    }

    private static void Append(StringBuilder path, bool isFirst, PlotFrame frame, double x, double y) => path
        .Append(isFirst ? 'M' : 'L')
        .Append(Math.Round(frame.X.Map(x), 1).ToString(CultureInfo.InvariantCulture))
        .Append(' ')
        .Append(Math.Round(frame.Y.Map(y), 1).ToString(CultureInfo.InvariantCulture));
}
