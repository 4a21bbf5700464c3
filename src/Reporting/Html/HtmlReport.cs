using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>
/// The report as one self-contained page: style, script and figures are inside, nothing is requested from anywhere. The page is
/// well-formed XML as well as HTML.
/// </summary>
public static class HtmlReport
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

    /// <summary>The page.</summary>
    /// <param name="results">What the experiment produced.</param>
    /// <param name="summary">Its key numbers, from <see cref="SummaryBuilder"/>.</param>
    /// <param name="sweeps">Equilibria of the game that was learned; null or empty elsewhere.</param>
    /// <param name="book">Takes the figures of the page; null where nobody wants them.</param>
    public static string Write(RunResults results, RunSummary summary, IReadOnlyList<EquilibriumSweep>? sweeps = null, FigureBook? book = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(summary);
        book ??= new FigureBook();
        var styles = MethodStyles.Of(results);
        var page = new Markup();
        page.Raw("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Line();
        WriteHead(page, results.Info.Name);
        page.Open("body").Line();
        WriteHeader(page, results.Info);
        page.Open("main").Line();
        HeadlineSection.Write(page, book, results.Matrices, summary, styles);
        EquilibriumSection.Write(page, book, results.Strategies, [.. sweeps ?? []]);
        if (summary.AreDebates)
        {
            WriteTiles(page, Tiles.OfDebates(summary, styles));
            DebateSection.Write(page, book, summary, styles);
            FigureSections.WriteCrossPlay(page, book, results.Matrices, summary);
        }
        else
        {
            FigureSections.WriteBars(page, book, summary, styles);
            RobustnessSection.Write(page, book, summary, styles);
            FigureSections.WriteCrossPlay(page, book, results.Matrices, summary);
        }

        ShiftSection.Write(page, book, results.Matrices, summary, styles);
        EpisodeSection.Write(page, results.Episodes, styles);
        if (summary.AreDebates) DebateSection.WriteLearning(page, book, results.Curves, summary, styles);
        else FigureSections.WriteLearning(page, book, results.Curves, summary, styles);
        WriteCost(page, summary);
        WriteTables(page, summary);
        RunSection.Write(page, summary);
        page.Close().Line();
        page.Element("div", "", ("id", "tip"), ("role", "status")).Line();
        page.Close().Close().Line();
        return page.ToString();
    }

    /// <summary>Title, policy, style and script.</summary>
    internal static void WriteHead(Markup page, string title)
    {
        page.Open("head").Line();
        page.Empty("meta", ("charset", "utf-8")).Line();
        page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Line();
        page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy)).Line();
        page.Element("title", title).Line();
        page.Open("style").Line().Raw(Theme.Css).Raw(Theme.PageCss).Close().Line();
        page.Open("script").Line().Raw(Theme.Script).Close().Line();
        page.Close().Line();
    }

    private static void WriteHeader(Markup page, RunInfo info) =>
        WriteHeader(page, info.Name, FormattableString.Invariant($"{info.Date.UtcDateTime:yyyy-MM-dd HH:mm} UTC · {info.Id}"));

    /// <summary>Heading, a line below it, and the theme's switch.</summary>
    internal static void WriteHeader(Markup page, string title, string line)
    {
        page.Open("header").Open("div");
        page.Element("h1", title);
        page.Element("p", line, ("class", "meta"));
        page.Close();
        page.Element("button", "Dark theme", ("id", "theme"), ("type", "button"), ("hidden", "hidden"));
        page.Close().Line();
    }

    /// <summary>What the run took.</summary>
    private static void WriteCost(Markup page, RunSummary summary)
    {
        Tile[] tiles = [.. Tiles.OfCost(summary)];
        if (tiles.Length == 0) return;
        page.Open("section", ("id", "cost")).Element("h2", "Cost").Line();
        WriteTiles(page, tiles);
        page.Close().Line();
    }

    private static void WriteTiles(Markup page, IEnumerable<Tile> tiles)
    {
        page.Open("ul", ("class", "tiles")).Line();
        foreach (var tile in tiles)
        {
            page.Open("li", ("class", tile.Colour is { } colour ? $"tile c{colour}" : "tile"));
            page.Element("span", tile.What, ("class", "what"));
            page.Element("span", tile.Number, ("class", "number"));
            if (tile.More.Length > 0) page.Element("span", tile.More, ("class", "more"));
            page.Close().Line();
        }

        page.Close().Line();
    }

    private static void WriteTables(Markup page, RunSummary summary)
    {
        SummaryTable[] tables = summary.AreDebates ? [DebateTables.Populations(summary), SummaryTables.Learning(summary)]
            : [SummaryTables.Equilibria(summary), SummaryTables.Methods(summary), SummaryTables.Improvements(summary), SummaryTables.Shifts(summary), SummaryTables.Between(summary), SummaryTables.Learning(summary)];
        if (tables.All(table => table.Rows.IsEmpty)) return;
        page.Open("section", ("id", "numbers")).Element("h2", "Numbers").Line();
        page.Element("p", summary.AreDebates
            ? "Every pair of runs is the share of its questions that both answer right in the last round; std is the spread of the pairs. Intervals here come from resampling whole training runs."
            : "Every cell is the mean of its episodes; std is the spread of the cells, IQM, the interquartile mean, the mean of the middle half of them, and intervals come from resampling whole training runs." +
                (summary.HasCosts ? " Free-riding is the mean absolute difference of the two seats' private costs." : ""), ("class", "note")).Line();
        foreach (var table in tables.Where(table => !table.Rows.IsEmpty)) WriteTable(page, table);
        page.Close().Line();
    }

    /// <summary>A table with its heading, unless that stands above it already.</summary>
    internal static void WriteTable(Markup page, SummaryTable table, bool heading = true, string cssClass = "card scroll")
    {
        if (heading) page.Element("h3", table.Title).Line();
        page.Open("div", ("class", cssClass), ("tabindex", "0"), ("role", "region"), ("aria-label", table.Title)).Open("table").Line();
        page.Open("thead").Open("tr");
        foreach (var column in table.Columns) page.Element("th", column.Header, ("scope", "col"), ("class", Align(column)));
        page.Close().Close().Open("tbody").Line();
        ImmutableArray<string> before = [];
        foreach (var row in table.Rows)
        {
            page.Open("tr", ("class", !before.IsEmpty && before[0] != row[0] ? "start" : null));
            for (var index = 0; index < row.Length; index++) page.Element("td", row[index], ("class", Align(table.Columns[index])));
            page.Close().Line();
            before = row;
        }

        page.Close().Close().Close().Line();
    }

    /// <summary>Sentences one below the other.</summary>
    internal static void WriteSentences(Markup page, IEnumerable<string> sentences)
    {
        page.Open("ul", ("class", "sentences"));
        foreach (var sentence in sentences) page.Element("li", sentence);
        page.Close().Line();
    }

    private static string? Align(TableColumn column) => column.IsNumeric ? "n" : null;
}
