using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>A figure on the page: its heading, the drawing for wide and the one for narrow pages, and what is said of it.</summary>
internal static class FigureCard
{
    private const double Wide = 920;

    /// <summary>A drawing of the full width is shown so many times as large.</summary>
    private const double Enlarged = 1.25;

    private const double Narrow = 400;
    private const double Small = 360;

    /// <summary>A figure that takes the width of the page. It is drawn twice: wide, and as narrow as a telephone.</summary>
    public static void Write(Markup page, FigureBook book, Figure figure, string? caption = null, string? heading = null, string cssClass = "card")
    {
        var known = Open(page, book, figure, heading, cssClass);
        var width = Math.Min(Wide, known.Widest);
        page.Open("div", ("class", "wide"), ("style", width < Wide ? $"max-width: {Markup.Num(width * Enlarged)}px" : null)).Raw(known.Draw(width)).Close();
        page.Open("div", ("class", "narrow")).Raw(known.Draw(Narrow)).Close();
        Close(page, caption);
    }

    /// <summary>Small figures beside each other, whose lines have the same names, as a rule: the page says these once, above, and every figure that is saved by itself has its own.</summary>
    /// <param name="page">The page.</param>
    /// <param name="book">Takes the figures, each with its legend.</param>
    /// <param name="grid">Class of the grid that they stand in.</param>
    /// <param name="figures">Name, title and chart of each.</param>
    /// <param name="inches">The width that they are made for on paper.</param>
    /// <param name="width">The width that they are drawn at on the page.</param>
    public static void WriteGroup(Markup page, FigureBook book, string grid, IReadOnlyList<(string Name, string Title, LineChartSpec Chart)> figures, double inches = Figure.Column, double width = Small)
    {
        var legend = GroupLegend.Draw(figures.Select(figure => figure.Chart));
        page.Open("div", ("class", "figures")).Raw(legend ?? "").Line();
        page.Open("div", ("class", grid)).Line();
        foreach (var (name, title, chart) in figures)
        {
            Open(page, book, Figure.Of(name, title, chart, inches), title, "card");
            var small = Figure.Sized(chart, width);
            page.Raw(LineChart.Draw(small with { ShowLegend = legend is null }));
            if (legend is not null) page.Open("div", ("data-legend", "yes"), ("hidden", "hidden")).Raw(LineChart.DrawLegend(small)).Close();
            Close(page, caption: null);
        }

        page.Close().Close().Line();
    }

    /// <summary>A matrix, in a frame of its own that scrolls on narrow pages, and says so.</summary>
    /// <param name="page">The page.</param>
    /// <param name="book">Takes the figure, with its colour bar.</param>
    /// <param name="figure">The figure.</param>
    /// <param name="heatmap">What it shows.</param>
    /// <param name="caption">What is said of it.</param>
    public static void WriteMatrix(Markup page, FigureBook book, Figure figure, HeatmapSpec heatmap, string? caption = null)
    {
        Open(page, book, figure, figure.Title, "card");
        WriteScrolling(page, figure.Title, Heatmap.Draw(heatmap));
        Close(page, caption);
    }

    /// <summary>Something that keeps its width and scrolls.</summary>
    public static void WriteScrolling(Markup page, string title, string drawing) =>
        page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", title)).Raw(drawing).Close().Element("p", "Scrolls sideways →", ("class", "hint"));

    /// <summary>Opens a figure and its heading; <see cref="Close"/> ends it.</summary>
    public static Figure Open(Markup page, FigureBook book, Figure figure, string? heading, string cssClass)
    {
        var known = book.Add(figure);
        page.Open("figure", ("class", cssClass), ("data-figure", known.Name));
        if (heading is not null) page.Element("h3", heading);
        return known;
    }

    /// <summary>Ends a figure.</summary>
    public static void Close(Markup page, string? caption)
    {
        if (!string.IsNullOrEmpty(caption)) page.Element("figcaption", caption);
        page.Close().Line();
    }
}
