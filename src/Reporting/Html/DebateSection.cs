using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The sections of the page about debates.</summary>
internal static class DebateSection
{
    /// <summary>Tables 1 and 2, reasoning and coordination, rounds, baselines.</summary>
    public static void Write(Markup page, FigureBook book, RunSummary summary, MethodStyles styles)
    {
        foreach (var (results, index) in summary.Debates.Select((results, index) => (results, index)))
        {
            var layout = summary.Debates.Length == 1 ? "" : $", {DisplayNames.Layout(results.Layout)}";
            var id = index == 0 ? "debates" : FormattableString.Invariant($"debates-{index + 1}");
            page.Open("section", ("id", id)).Element("h2", "Debates" + layout).Line();
            page.Element("p", "Right means that the number after the mark #### is right (strict); flexible counts the last number where that mark is missing. Debates are of test questions, without learning, and runs of different models " +
                $"were trained apart from each other; intervals of {Numbers.Percent(results.Level)} come from bootstrap resamples of training runs and questions, crossed.", ("class", "note")).Line();
            WriteTable(page, book, summary, styles, "debates-joint", results.Joint, DebateTables.Joint(results, summary.Info.Names), " & ", "joint accuracy", "Bars: share of questions that both debaters answer right in the last round, each pair of models in both orders of the seats.");
            WriteTable(page, book, summary, styles, "debates-stranger", results.WithStranger, DebateTables.WithStranger(results, summary.Info.Names), " with ", "accuracy", "Bars: share of questions that the trained debater answers right in the last round; its partner was not trained.");
            if (DebateTables.Differences(results, summary.Info.Names) is { Rows.IsEmpty: false } differences) HtmlReport.WriteTable(page, differences);
            WriteRounds(page, book, summary, styles, results);
            if (DebateTables.Baselines(results, summary.Info.Names) is { Rows.IsEmpty: false } baselines)
            {
                HtmlReport.WriteTable(page, baselines);
                page.Element("p", "Shares of right answers, strict; alone is the answer of the first round, given without having seen the other's. A vote counts independent answers, each drawn anew, as many as cost no more tokens than the debate about the same " +
                    "question; of equally frequent answers the one that was given first.", ("class", "note after")).Line();
            }

            page.Close().Line();
        }
    }

    /// <summary>Accuracy by round in the course of training, and the measures of updates.</summary>
    public static void WriteLearning(Markup page, FigureBook book, ImmutableArray<LearningCurve> curves, RunSummary summary, MethodStyles styles)
    {
        var charts = DebateFigures.Learning(curves, summary.Debaters, styles);
        var diagnostics = LearningFigures.Diagnostics(curves, styles);
        if (charts.IsEmpty && diagnostics.IsEmpty && summary.DebateLearning.IsEmpty) return;
        page.Open("section", ("id", "learning")).Element("h2", "Learning").Line();
        page.Element("p", "Debates of a run with itself about validation questions. Pale: accuracy before the debate, in its first round; full: after it, in its last round, with a band of one standard deviation over runs to either side.", ("class", "note")).Line();
        WriteCharts(page, book, "grid2", "debates-learning", charts);
        if (DebateTables.Learning(summary) is { Rows.IsEmpty: false } table) HtmlReport.WriteTable(page, table);
        WriteCharts(page, book, "grid3", "learning", [.. DebateFigures.Training(curves, summary.Debaters, styles), .. diagnostics]);
        page.Close().Line();
    }

    private static void WriteTable(Markup page, FigureBook book, RunSummary summary, MethodStyles styles, string name, DebateBatch table, SummaryTable shown, string between, string what, string caption)
    {
        if (table.Cells.IsEmpty) return;
        FigureCard.Write(
            page, book, Figure.Of(name, shown.Title, DebateFigures.Bars(table, styles, between, what)),
            $"{caption} {Numbers.Integer(table.Cells.Max(cell => cell.Questions))} questions a pair of runs; {Runs(table)}.", shown.Title);
        HtmlReport.WriteTable(page, shown, heading: false);
    }

    private static string Runs(DebateBatch table)
    {
        int least = table.Cells.Min(cell => cell.Pairs), most = table.Cells.Max(cell => cell.Pairs);
        return least == most ? $"{Numbers.Integer(most)} {(most == 1 ? "pair" : "pairs")} of runs a bar" : $"{Numbers.Integer(least)} to {Numbers.Integer(most)} pairs of runs a bar";
    }

    private static void WriteRounds(Markup page, FigureBook book, RunSummary summary, MethodStyles styles, DebateResults results)
    {
        if (results.Diagnostics.IsEmpty) return;
        const string title = "Reasoning and coordination: before and after the debate";
        FigureCard.Write(
            page, book, Figure.Of("debates-rounds", title, DebateFigures.BeforeAndAfter(results, styles)),
            "Pale: accuracy of a debater in the first round, in which it has seen nobody else's answer; full: in the last round." +
            (results.Diagnostics.Any(block => block.Partner == DebateDiagnostics.AnotherModel) ? $" \"{DebateDiagnostics.AnotherModel}\" are the pairs of models that were trained apart." : ""), title, "card after");

        // One kind of partner, the most telling one that there is.
        var partner = results.Diagnostics.OrderBy(block => block.Partner switch { DebateDiagnostics.AnotherModel => 0, DebateDiagnostics.AnotherRun => 2, DebateDiagnostics.Itself => 3, _ => 1 }).First().Partner;
        page.Element("h3", $"By round, with {partner}").Line();
        WriteCharts(page, book, "grid3", "debates-round", DebateFigures.Rounds([.. results.Diagnostics.Where(block => block.Partner == partner)], styles));
        HtmlReport.WriteTable(page, DebateTables.Diagnostics(results, summary.Info.Names));
    }

    private static void WriteCharts(Markup page, FigureBook book, string grid, string name, ImmutableArray<(string Title, LineChartSpec Chart)> charts)
    {
        if (!charts.IsEmpty) FigureCard.WriteGroup(page, book, grid, [.. charts.Select(figure => ($"{name}-{figure.Title.ToLowerInvariant()}", figure.Title, figure.Chart))]);
    }
}
