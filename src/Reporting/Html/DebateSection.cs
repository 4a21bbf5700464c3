using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The sections of the page about debates.</summary>
internal static class DebateSection
{
    /// <summary>Tables 1 and 2, reasoning and coordination, rounds, baselines.</summary>
    public static void Write(Markup page, RunSummary summary)
    {
        foreach (var (results, index) in summary.Debates.Select((results, index) => (results, index)))
        {
            var layout = summary.Debates.Length == 1 ? "" : $", {DisplayNames.Layout(results.Layout)}";
            var id = index == 0 ? "debates" : FormattableString.Invariant($"debates-{index + 1}");
            page.Open("section", ("id", id)).Element("h2", "Debates" + layout).Line();
            page.Element("p", "Right means that the number after the mark #### is right (strict); flexible counts the last number where that mark is missing. Debates are of test questions, without learning, and runs of different models " +
                $"were trained apart from each other. Intervals of {Numbers.Percent(results.Level)}: bootstrap resamples of training runs and questions, crossed.", ("class", "note")).Line();
            WriteTable(page, summary, results.Joint, DebateTables.Joint(results, summary.Info.Names), " & ", "joint accuracy", "Bars: share of questions that both debaters answer right in the last round, each pair of models in both orders of the seats.");
            WriteTable(page, summary, results.WithStranger, DebateTables.WithStranger(results, summary.Info.Names), " with ", "accuracy", "Bars: share of questions that the trained debater answers right in the last round; its partner was not trained.");
            if (DebateTables.Differences(results, summary.Info.Names) is { Rows.IsEmpty: false } differences) HtmlReport.WriteTable(page, differences);
            WriteRounds(page, summary, results);
            if (DebateTables.Baselines(results, summary.Info.Names) is { Rows.IsEmpty: false } baselines)
            {
                HtmlReport.WriteTable(page, baselines);
                page.Element("p", "Shares of right answers, strict. Alone: the answer of the first round, given without having seen the other's. A vote counts independent answers, each drawn anew, as many as cost no more tokens than the debate about the same " +
                    "question; of equally frequent answers the one that was given first.", ("class", "note after")).Line();
            }

            page.Close().Line();
        }
    }

    /// <summary>Accuracy by round in the course of training, and the measures of updates.</summary>
    public static void WriteLearning(Markup page, ImmutableArray<LearningCurve> curves, RunSummary summary)
    {
        var charts = DebateFigures.Learning(curves, summary.Debaters, summary.Info.Names);
        var diagnostics = LearningFigures.Diagnostics(curves, summary.Info.Names);
        if (charts.IsEmpty && diagnostics.IsEmpty && summary.DebateLearning.IsEmpty) return;
        page.Open("section", ("id", "learning")).Element("h2", "Learning").Line();
        page.Element("p", "Debates of a run with itself about validation questions. Dashed: accuracy before the debate, in its first round. Solid: after it, in its last round; band: one standard deviation over runs to either side.", ("class", "note")).Line();
        WriteCharts(page, "grid2", charts);
        if (DebateTables.Learning(summary) is { Rows.IsEmpty: false } table) HtmlReport.WriteTable(page, table);
        WriteCharts(page, "grid3", [.. DebateFigures.Training(curves, summary.Debaters, summary.Info.Names), .. diagnostics]);
        page.Close().Line();
    }

    private static void WriteTable(Markup page, RunSummary summary, DebateBatch table, SummaryTable shown, string between, string what, string caption)
    {
        if (table.Cells.IsEmpty) return;
        page.Open("figure", ("class", "card")).Element("h3", shown.Title).Open("div", ("class", "scroll"));
        page.Raw(IntervalBars.Draw(DebateFigures.Bars(table, summary.Debaters, summary.Info.Names, between, what))).Close();
        page.Element("figcaption", $"{caption} {Numbers.Integer(table.Cells.Max(cell => cell.Questions))} questions a pair of runs; {Runs(table)}.").Close().Line();
        HtmlReport.WriteTable(page, shown, heading: false);
    }

    private static string Runs(DebateBatch table)
    {
        int least = table.Cells.Min(cell => cell.Pairs), most = table.Cells.Max(cell => cell.Pairs);
        return least == most ? $"{Numbers.Integer(most)} {(most == 1 ? "pair" : "pairs")} of runs a bar" : $"{Numbers.Integer(least)} to {Numbers.Integer(most)} pairs of runs a bar";
    }

    private static void WriteRounds(Markup page, RunSummary summary, DebateResults results)
    {
        if (results.Diagnostics.IsEmpty) return;
        page.Open("figure", ("class", "card after")).Element("h3", "Reasoning and coordination: before and after the debate").Open("div", ("class", "scroll"));
        page.Raw(IntervalBars.Draw(DebateFigures.BeforeAndAfter(results, summary.Debaters, summary.Info.Names))).Close();
        page.Element("figcaption", "Pale: accuracy of a debater in the first round, in which it has seen nobody else's answer. Full: in the last round. \"another model\" are the pairs of models that were trained apart.").Close().Line();

        // One kind of partner, the most telling one that there is.
        var partner = results.Diagnostics.OrderBy(block => block.Partner switch { DebateDiagnostics.AnotherModel => 0, DebateDiagnostics.AnotherRun => 2, DebateDiagnostics.Itself => 3, _ => 1 }).First().Partner;
        page.Element("h3", $"By round, with {partner}").Line();
        WriteCharts(page, "grid3", DebateFigures.Rounds([.. results.Diagnostics.Where(block => block.Partner == partner)], summary.Debaters, summary.Info.Names));
        HtmlReport.WriteTable(page, DebateTables.Diagnostics(results, summary.Info.Names));
    }

    private static void WriteCharts(Markup page, string grid, ImmutableArray<(string Title, LineChartSpec Chart)> charts)
    {
        if (charts.IsEmpty) return;
        page.Open("div", ("class", grid)).Line();
        foreach (var (title, chart) in charts) page.Open("figure", ("class", "card")).Element("h3", title).Raw(LineChart.Draw(chart)).Close().Line();
        page.Close().Line();
    }
}
