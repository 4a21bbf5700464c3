using System.Collections.Immutable;
using System.Globalization;

namespace Srpo.Reporting.Figures;

/// <summary>A figure of a report. It can be drawn at any width, and is laid out for it: text keeps its size, legends break, labels make room.</summary>
/// <param name="Name">Its name among the figures of the report, and that of its files: small letters, digits, '-', '_' and '.'.</param>
/// <param name="Title">What it shows, for people.</param>
/// <param name="Inches">The width that it is made for on paper.</param>
/// <param name="Draw">The picture as an SVG element, at a width in drawing units, of which <see cref="SvgDocument.UnitsPerInch"/> are an inch.</param>
public sealed record Figure(string Name, string Title, double Inches, Func<double, string> Draw)
{
    /// <summary>The largest width in drawing units at which it gains anything.</summary>
    public double Widest { get; init; } = double.MaxValue;

    /// <summary>Width of a column of a paper with two, in inches.</summary>
    public const double Column = 3.25;

    /// <summary>Width of a page's text, in inches.</summary>
    public const double Page = 6.75;

    /// <summary>Least width that a figure is drawn at, in inches.</summary>
    public const double LeastInches = 1.5;

    /// <summary>Largest width that a figure is drawn at, in inches.</summary>
    public const double MostInches = 40;

    /// <summary>The figure as an SVG file.</summary>
    /// <param name="inches">Its width; null for <see cref="Inches"/>.</param>
    public string ToSvg(double? inches = null) => SvgDocument.Standalone(Draw((inches ?? Inches) * SvgDocument.UnitsPerInch));

    /// <summary>A line chart as a figure.</summary>
    internal static Figure Of(string name, string title, LineChartSpec chart, double inches = Page) => new(
        name, title, inches, width => LineChart.Draw(Sized(chart, width)));

    /// <summary>A line chart at another width, and not higher than is good for it.</summary>
    internal static LineChartSpec Sized(LineChartSpec chart, double width) => chart with { Width = width, Height = Math.Min(chart.Height, Math.Max(240, chart.Height * width / chart.Width)) };

    /// <summary>A bar chart as a figure.</summary>
    internal static Figure Of(string name, string title, IntervalBarsSpec bars) => new(
        name, title, Math.Min(Page, IntervalBars.Comfortable(bars, Page * SvgDocument.UnitsPerInch) / SvgDocument.UnitsPerInch),
        width => IntervalBars.Draw(bars with { Width = width, BarsHeight = Math.Min(bars.BarsHeight, Math.Max(150, bars.BarsHeight * width / bars.Width)) }))
    { Widest = IntervalBars.Comfortable(bars, double.MaxValue) };

    /// <summary>A heatmap as a figure, with its colour bar.</summary>
    internal static Figure Of(string name, string title, HeatmapSpec heatmap) => new(name, title, 5, width => Heatmap.Draw(heatmap with { Width = width, ShowColourBar = true }));
}

/// <summary>Collects the figures of a report in the order in which it shows them.</summary>
public sealed class FigureBook
{
    private readonly ImmutableArray<Figure>.Builder _figures = ImmutableArray.CreateBuilder<Figure>();

    /// <summary>The figures so far.</summary>
    public ImmutableArray<Figure> Figures => _figures.ToImmutable();

    /// <summary>Adds a figure; a name that is taken gets a number.</summary>
    /// <returns>The figure as it is known.</returns>
    internal Figure Add(Figure figure)
    {
        var plain = string.Join('-', string.Concat(figure.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' ? c : '-')).Split('-', StringSplitOptions.RemoveEmptyEntries));
        var name = plain;
        for (var number = 2; _figures.Any(other => other.Name == name); number++) name = string.Create(CultureInfo.InvariantCulture, $"{plain}-{number}");
        _figures.Add(figure with { Name = name });
        return _figures[^1];
    }
}
