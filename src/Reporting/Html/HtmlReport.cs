using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>
/// The report as one self-contained page: style, script and figures are inside, nothing is requested from anywhere. The page is
/// well-formed XML as well as HTML.
/// </summary>
public static class HtmlReport
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

    /// <summary>So many sentences of the verdict are set large: the returns and whether they differ beyond chance.</summary>
    private const int SentencesInLead = 2;

    /// <summary>The page.</summary>
    /// <param name="results">What the experiment produced.</param>
    /// <param name="summary">Its key numbers, from <see cref="SummaryBuilder"/>.</param>
    /// <param name="sweeps">Equilibria of the game that was learned; null or empty elsewhere.</param>
    public static string Write(RunResults results, RunSummary summary, IReadOnlyList<EquilibriumSweep>? sweeps = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(summary);
        var page = new Markup();
        page.Raw("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Line();
        WriteHead(page, results.Info.Name);
        page.Open("body").Line();
        WriteHeader(page, results.Info);
        WriteVerdict(page, Verdict.Sentences(summary));
        WriteTiles(page, summary);
        page.Open("main").Line();
        EquilibriumSection.Write(page, results.Strategies, [.. sweeps ?? []]);
        if (summary.AreDebates) DebateSection.Write(page, summary);
        FigureSections.WriteCrossPlay(page, results.Matrices, summary);
        if (!summary.AreDebates) FigureSections.WriteBars(page, summary);
        ShiftSection.Write(page, results.Matrices, summary);
        EpisodeSection.Write(page, results.Episodes, results.Info.Names);
        if (summary.AreDebates) DebateSection.WriteLearning(page, results.Curves, summary);
        else FigureSections.WriteLearning(page, results.Curves, summary);
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

    private static void WriteVerdict(Markup page, ImmutableArray<string> sentences)
    {
        page.Element("p", string.Join(' ', sentences.Take(SentencesInLead)), ("class", "lead")).Line();
        if (sentences.Length > SentencesInLead)
            page.Element("p", string.Join(' ', sentences.Skip(SentencesInLead)), ("class", "more")).Line();
    }

    private static void WriteTiles(Markup page, RunSummary summary)
    {
        page.Open("ul", ("class", "tiles")).Line();
        foreach (var tile in Tiles.For(summary))
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
            : [SummaryTables.Equilibria(summary), SummaryTables.Methods(summary), SummaryTables.Shifts(summary), SummaryTables.Between(summary), SummaryTables.Learning(summary)];
        if (tables.All(table => table.Rows.IsEmpty)) return;
        page.Open("section", ("id", "numbers")).Element("h2", "Numbers").Line();
        page.Element("p", summary.AreDebates
            ? "Every pair of runs is the share of its questions that both answer right in the last round. Std is the spread of the pairs. Intervals here come from resampling whole training runs."
            : "Every cell is the mean of its episodes. Std is the spread of the cells; IQM, the interquartile mean, is the mean of the middle half of them. " +
                "Intervals come from resampling whole training runs. Free-riding is the mean absolute difference of the two seats' private costs.", ("class", "note")).Line();
        foreach (var table in tables.Where(table => !table.Rows.IsEmpty)) WriteTable(page, table);
        page.Close().Line();
    }

    /// <summary>A table with its heading, unless that stands above it already.</summary>
    internal static void WriteTable(Markup page, SummaryTable table, bool heading = true)
    {
        if (heading) page.Element("h3", table.Title).Line();
        page.Open("div", ("class", "card scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", table.Title)).Open("table").Line();
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

    private static string? Align(TableColumn column) => column.IsNumeric ? "n" : null;
}
