namespace Srpo.Reporting.Figures;

/// <summary>The area of a chart with its axes, grid and titles.</summary>
internal sealed class PlotFrame
{
    /// <summary>Space to the left of a plot, at least: that of its title.</summary>
    public const double LeastLeft = 34;

    private const double Right = 14;
    private const double TickLength = 7;

    private readonly bool _wholeX;
    private readonly IReadOnlyList<string> _xTitle;
    private readonly IReadOnlyList<string> _yTitle;

    private PlotFrame(Scale x, Scale y, bool wholeX, IReadOnlyList<string> xTitle, IReadOnlyList<string> yTitle) => (X, Y, _wholeX, _xTitle, _yTitle) = (x, y, wholeX, xTitle, yTitle);

    public Scale X { get; }

    public Scale Y { get; }

    /// <summary>Height of the whole picture.</summary>
    public double Height { get; private init; }

    /// <summary>Chooses scales for the data and a chart's size.</summary>
    /// <param name="spec">Axes and size.</param>
    /// <param name="xs">All numbers on the horizontal axis.</param>
    /// <param name="ys">All numbers on the vertical axis.</param>
    /// <param name="legend">Height of the legend above the plot.</param>
    public static PlotFrame For(LineChartSpec spec, IEnumerable<double> xs, IEnumerable<double> ys, double legend)
    {
        const string title = "axis-title";
        double[] heights = [.. ys];
        var yTitle = TextLines.Wrap(spec.Y.Title, title, spec.Width - 8);
        var top = 6 + legend + TextLines.Height(Math.Max(1, yTitle.Count), title) + 6;
        var plot = spec.Height - 82;

        // The scale does not depend on where the plot begins, and says how wide its labels are.
        var draft = Choose(spec.Y, heights, top + plot, top, isNice: true);
        var left = LeftOf(draft);
        var xTitle = TextLines.Wrap(spec.X.Title, title, spec.Width - left - Right);
        var bottom = 22 + TextLines.Height(Math.Max(1, xTitle.Count), title) + 6;
        return new PlotFrame(Choose(spec.X, xs, left, spec.Width - Right, isNice: false), draft, spec.X.IsCount, xTitle, yTitle) { Height = top + plot + bottom };
    }

    /// <summary>Space to the left of a plot for the labels of its scale.</summary>
    public static double LeftOf(Scale y) => Math.Max(LeastLeft, Ticks(y).DefaultIfEmpty(0).Max(tick => FigureStyles.Width(y.Label(tick), "tick")) + TickLength + 5);

    /// <summary>The grid lines of a vertical axis.</summary>
    public static IReadOnlyList<double> Ticks(Scale y) => y.Ticks(Math.Max(2, (int)(Math.Abs(y.From - y.To) / 36)));

    /// <summary>Grid lines and labels of a vertical axis.</summary>
    public static void DrawVertical(SvgCanvas canvas, Scale y, double left, double right)
    {
        foreach (var tick in Ticks(y))
        {
            canvas.Line(left, y.Map(tick), right, y.Map(tick), tick == 0 ? "axis" : "grid");
            canvas.Label(left - TickLength, y.Map(tick) + 3.5, y.Label(tick), "tick", "end");
        }
    }

    /// <summary>Grid lines, axis line, ticks and titles.</summary>
    public void Draw(SvgCanvas canvas)
    {
        var (left, right, bottom, top) = (X.From, X.To, Y.From, Y.To);
        DrawVertical(canvas, Y, left, right);
        canvas.Line(left, bottom, right, bottom, "axis");
        var about = Math.Max(2, (int)((right - left) / 72));
        var free = double.NegativeInfinity;
        foreach (var tick in X.Ticks(_wholeX ? Math.Min(about, (int)Math.Ceiling(X.High - X.Low)) : about))
        {
            var (x, label) = (X.Map(tick), X.Label(tick));
            var half = FigureStyles.Width(label, "tick") / 2;
            canvas.Line(x, bottom, x, bottom + 4, "axis");

            // A label that would reach beyond the picture is moved inwards, one that would touch its neighbour is left out.
            var at = Math.Min(x, right + Right - 1 - half);
            if (at - half < free) continue;
            canvas.Label(at, bottom + 16, label, "tick", "middle");
            free = at + half + 6;
        }

        for (var line = 0; line < _xTitle.Count; line++) canvas.Label(right, bottom + 32 + (line * TextLines.LineHeight("axis-title")), _xTitle[line], "axis-title", "end");
        for (var line = 0; line < _yTitle.Count; line++)
            canvas.Label(2, top - 9 - ((_yTitle.Count - 1 - line) * TextLines.LineHeight("axis-title")), _yTitle[line], "axis-title");
    }

    private static Scale Choose(AxisSpec axis, IEnumerable<double> data, double from, double to, bool isNice)
    {
        var usable = data.Where(value => double.IsFinite(value) && (!axis.Log || value > 0)).DefaultIfEmpty(1).ToArray();
        var low = axis.Low ?? usable.Min();
        var high = axis.High ?? usable.Max();
        if (axis.Log) return new LogScale(low, high, from, to);
        if (!isNice) return new LinearScale(low, high, from, to);
        var nice = LinearScale.Nice(low, high, from, to, 8);
        return new LinearScale(axis.Low ?? nice.Low, axis.High ?? nice.High, from, to);
    }
}
