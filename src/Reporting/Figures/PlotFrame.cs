namespace Srpo.Reporting.Figures;

/// <summary>The area of a chart with its axes, grid and titles.</summary>
internal sealed class PlotFrame
{
    public const double Left = 56;
    private const double Right = 14;
    private const double Bottom = 42;

    private readonly bool _wholeX;

    private PlotFrame(Scale x, Scale y, bool wholeX) => (X, Y, _wholeX) = (x, y, wholeX);

    public Scale X { get; }

    public Scale Y { get; }

    /// <summary>Chooses scales for the data and a chart's size.</summary>
    /// <param name="spec">Axes and size.</param>
    /// <param name="xs">All numbers on the horizontal axis.</param>
    /// <param name="ys">All numbers on the vertical axis.</param>
    /// <param name="top">Space above the plot.</param>
    public static PlotFrame For(LineChartSpec spec, IEnumerable<double> xs, IEnumerable<double> ys, double top) => new(
        Choose(spec.X, xs, Left, spec.Width - Right, isNice: false),
        Choose(spec.Y, ys, spec.Height - Bottom, top, isNice: true),
        spec.X.IsCount);

    /// <summary>Grid lines, axis line, ticks and titles.</summary>
    public void Draw(SvgCanvas canvas, string xTitle, string yTitle)
    {
        var (left, right, bottom, top) = (X.From, X.To, Y.From, Y.To);
        foreach (var tick in Y.Ticks(Math.Max(2, (int)((bottom - top) / 36))))
        {
            var y = Y.Map(tick);
            canvas.Line(left, y, right, y, tick == 0 ? "axis" : "grid");
            canvas.Label(left - 7, y + 3.5, Y.Label(tick), "tick", "end");
        }

        canvas.Line(left, bottom, right, bottom, "axis");
        var about = Math.Max(2, (int)((right - left) / 72));
        foreach (var tick in X.Ticks(_wholeX ? Math.Min(about, (int)Math.Ceiling(X.High - X.Low)) : about))
        {
            var x = X.Map(tick);
            canvas.Line(x, bottom, x, bottom + 4, "axis");
            canvas.Label(x, bottom + 16, X.Label(tick), "tick", "middle");
        }

        canvas.Label(right, bottom + 34, xTitle, "axis-title", "end");
        canvas.Label(left, top - 9, yTitle, "axis-title");
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
