namespace Srpo.Reporting.Figures;

/// <summary>The legend of heatmaps: the colour map from the lowest to the highest value, with ticks.</summary>
public static class ColourBar
{
    internal const double Height = 30;

    /// <summary>The bar as an SVG element of its own.</summary>
    /// <param name="scale">Lowest and highest value.</param>
    /// <param name="title">What the values are.</param>
    public static string Draw(Scale scale, string title)
    {
        ArgumentNullException.ThrowIfNull(scale);
        var canvas = new SvgCanvas(432, Height + 18, $"Colour scale: {title}, {scale.Label(scale.Low)} to {scale.Label(scale.High)}", "bar");
        canvas.Label(16, 12, title, "axis-title");
        Draw(canvas, scale, 16, 18, 400);
        return canvas.Finish();
    }

    internal static void Draw(SvgCanvas canvas, Scale scale, double x, double y, double width)
    {
        var step = width / ColourRamp.Levels;
        canvas.Markup.Open("g", ("shape-rendering", "crispEdges"));
        for (var level = 0; level < ColourRamp.Levels; level++)
        {
            // Each colour reaches the end of the bar, under the next ones: no gaps between neighbours, whatever the zoom.
            canvas.Rect(x + level * step, y, width - level * step, 10, $"h{level}");
        }

        canvas.Markup.Close();
        foreach (var tick in scale.Ticks(Math.Clamp((int)(width / 60), 2, 6)))
        {
            var at = x + scale.Share(tick) * width;
            canvas.Line(at, y + 10, at, y + 14, "axis");

            // Labels at the ends stay above the bar.
            var half = Math.Min(FigureStyles.Width(scale.Label(tick), "tick"), width) / 2;
            canvas.Label(Math.Clamp(at, x + half - 3, x + width - half + 3), y + 25, scale.Label(tick), "tick", "middle");
        }
    }
}
