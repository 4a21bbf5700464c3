using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>Draws an <see cref="IntervalBarsSpec"/>: bars from zero with values and intervals.</summary>
public static class IntervalBars
{
    private const double Width = 920;
    private const double BarGap = 4;
    private const double GroupGap = 34;

    /// <summary>The picture as an SVG element.</summary>
    public static string Draw(IntervalBarsSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var bars = Math.Max(1, spec.Groups.Sum(group => group.Bars.Length));
        var barWidth = Math.Clamp((Width - PlotFrame.Left - 14 - spec.Groups.Length * GroupGap) / bars - BarGap, 16, 44);
        var needed = bars * (barWidth + BarGap) + spec.Groups.Length * GroupGap;
        var width = Math.Max(Width, PlotFrame.Left + 14 + needed);
        var frame = new LineChartSpec(spec.Description, new(""), new(spec.YTitle), []) { Width = width, Height = spec.Height };
        var canvas = new SvgCanvas(width, spec.Height, spec.Description, "chart");
        DrawLegend(canvas, spec);

        var scale = Values(spec).Prepend(0).ToArray();
        var y = LinearScale.Nice(scale.Min(), scale.Max(), frame.Height - 30, 56, 8);
        canvas.Label(PlotFrame.Left, 40, spec.YTitle, "axis-title");
        foreach (var tick in y.Ticks(5))
        {
            canvas.Line(PlotFrame.Left, y.Map(tick), width - 14, y.Map(tick), tick == 0 ? "axis" : "grid");
            canvas.Label(PlotFrame.Left - 7, y.Map(tick) + 3.5, y.Label(tick), "tick", "end");
        }

        var stretch = Math.Max(GroupGap, (width - 14 - PlotFrame.Left - bars * (barWidth + BarGap)) / Math.Max(1, spec.Groups.Length));
        var x = PlotFrame.Left + stretch / 2;
        foreach (var group in spec.Groups)
        {
            var groupWidth = group.Bars.Length * (barWidth + BarGap) - BarGap;
            canvas.Label(x + groupWidth / 2, spec.Height - 10, group.Name, "group", "middle");
            foreach (var bar in group.Bars)
            {
                DrawBar(canvas, y, group, bar, x, barWidth);
                x += barWidth + BarGap;
            }

            x += stretch;
        }

        return canvas.Finish();
    }

    private static void DrawBar(SvgCanvas canvas, LinearScale y, BarGroup group, Bar bar, double x, double width)
    {
        if (bar.Value is not { } value || !double.IsFinite(value)) return;
        var (top, bottom) = (y.Map(Math.Max(value, 0)), y.Map(Math.Min(value, 0)));
        var interval = bar.Interval is { } given && double.IsFinite(given.Low) && double.IsFinite(given.High) ? given : (Interval?)null;
        var tooltip = $"{group.Name}, {bar.Name}: {Numbers.Short(value)}";
        if (interval is not null) tooltip += $", interval {Numbers.Range(interval)}";
        canvas.Rect(x, top, width, Math.Max(0.5, bottom - top), LineChart.CssClass(bar.IsPale ? "fill-pale" : "fill", bar.Colour), tooltip, 2);

        var edge = value >= 0 ? top : bottom;
        if (interval is { } ends)
        {
            var middle = x + width / 2;
            var (high, low) = (y.Map(ends.High), y.Map(ends.Low));
            canvas.Path(FormattableString.Invariant(
                $"M{middle:0.#} {high:0.#}V{low:0.#}M{middle - 4:0.#} {high:0.#}h8M{middle - 4:0.#} {low:0.#}h8"), "whisker");
            edge = value >= 0 ? Math.Min(edge, high) : Math.Max(edge, low);
        }

        canvas.Label(x + width / 2, value >= 0 ? edge - 5 : edge + 13, Numbers.Fixed(value, Math.Abs(value) >= 10 ? 0 : 1), "value", "middle");
    }

    private static void DrawLegend(SvgCanvas canvas, IntervalBarsSpec spec) => Legend.Draw(
        canvas, PlotFrame.Left, 14,
        spec.Groups.SelectMany(group => group.Bars).DistinctBy(bar => bar.Name).Select(bar =>
            new LegendEntry(bar.Name, bar.Colour, SwatchClass: bar.IsPale ? "fill-pale" : "fill")));

    private static IEnumerable<double> Values(IntervalBarsSpec spec) =>
        from barGroup in spec.Groups
        from bar in barGroup.Bars
        where bar.Value is not null
        from value in new[] { bar.Value!.Value, bar.Interval?.Low ?? bar.Value.Value, bar.Interval?.High ?? bar.Value.Value }
        where double.IsFinite(value)
        select value;
}
