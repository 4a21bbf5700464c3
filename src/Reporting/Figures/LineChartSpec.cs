using System.Collections.Immutable;

namespace Srpo.Reporting.Figures;

/// <summary>What a line chart shows: any number of series with lines, markers and bands over two axes.</summary>
/// <param name="Description">The picture in words, for those who cannot see it.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Series">The series, drawn in order; bands lie below all lines.</param>
public sealed record LineChartSpec(string Description, AxisSpec X, AxisSpec Y, ImmutableArray<LineSeries> Series)
{
    /// <summary>Width in drawing units; text is 11 units high. The chart is laid out for it: legends and titles break into lines.</summary>
    public double Width { get; init; } = 920;

    /// <summary>Height in drawing units, with a legend and titles of one line; more lines are added to it.</summary>
    public double Height { get; init; } = 360;

    /// <summary>Whether the names of the series are shown above the plot.</summary>
    public bool ShowLegend { get; init; } = true;

    /// <summary>Marked places on the horizontal axis; the axis reaches at least to them.</summary>
    public ImmutableArray<ReferenceLine> VerticalLines { get; init; } = [];
}

/// <summary>A dotted line from bottom to top of a chart, with its name along it.</summary>
/// <param name="X">Horizontal.</param>
/// <param name="Name">What it marks, short.</param>
public sealed record ReferenceLine(double X, string Name);

/// <summary>An axis of a chart.</summary>
/// <param name="Title">What it measures, with unit.</param>
/// <param name="Log">Whether equal ratios are equally far apart; points that are not positive are then left out.</param>
public sealed record AxisSpec(string Title, bool Log = false)
{
    /// <summary>The lower end; null takes it from the data.</summary>
    public double? Low { get; init; }

    /// <summary>The upper end; null takes it from the data.</summary>
    public double? High { get; init; }

    /// <summary>Whether only whole numbers are places on it; the horizontal axis has no ticks between them then.</summary>
    public bool IsCount { get; init; }
}

/// <summary>A series of a line chart. Where a point's y is not finite, the line is interrupted.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Colour">Categorical colour, 1 to <see cref="Palette.Size"/>.</param>
/// <param name="Points">The points in drawing order.</param>
public sealed record LineSeries(string Name, int Colour, ImmutableArray<ChartPoint> Points)
{
    /// <summary>A shaded area around the line; empty for none.</summary>
    public ImmutableArray<BandPoint> Band { get; init; } = [];

    /// <summary>How points are joined.</summary>
    public LineStyle Line { get; init; } = LineStyle.Solid;

    /// <summary>How points are marked.</summary>
    public MarkerStyle Marker { get; init; } = MarkerStyle.None;

    /// <summary>With long lines, about so many points along it have a marker; null for all.</summary>
    public int? MarkersShown { get; init; }

    /// <summary>Whether it is thin and pale, for the second of two lines that belong together.</summary>
    public bool IsPale { get; init; }

    /// <summary>Whether the legend names it; turn off for further branches of one series.</summary>
    public bool InLegend { get; init; } = true;
}

/// <summary>A point of a series.</summary>
/// <param name="X">Horizontal.</param>
/// <param name="Y">Vertical.</param>
public readonly record struct ChartPoint(double X, double Y);

/// <summary>A place on a band.</summary>
/// <param name="X">Horizontal.</param>
/// <param name="Low">Lower edge.</param>
/// <param name="High">Upper edge.</param>
public readonly record struct BandPoint(double X, double Low, double High);

/// <summary>How the points of a series are joined.</summary>
public enum LineStyle
{
    /// <summary>Not at all: only markers.</summary>
    None,

    /// <summary>A solid line.</summary>
    Solid,

    /// <summary>A dashed line, for instance an unstable branch.</summary>
    Dashed,

    /// <summary>Dashes and dots in turn.</summary>
    DashDot,

    /// <summary>Dots.</summary>
    Dotted,
}

/// <summary>How the points of a series are marked.</summary>
public enum MarkerStyle
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>A tiny dot, for clouds of points.</summary>
    Dot,

    /// <summary>A filled circle.</summary>
    Circle,

    /// <summary>An open circle.</summary>
    Ring,

    /// <summary>A square.</summary>
    Square,

    /// <summary>A triangle on its base.</summary>
    Triangle,

    /// <summary>A triangle on its tip.</summary>
    TriangleDown,

    /// <summary>A square on its tip.</summary>
    Diamond,
}
