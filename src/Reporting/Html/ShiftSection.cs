using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The section of the page about unknown teammates and unknown opponents.</summary>
internal static class ShiftSection
{
    public static void Write(Markup page, FigureBook book, ImmutableArray<CrossPlayMatrix> matrices, RunSummary summary, MethodStyles styles)
    {
        if (summary.Shifts.IsEmpty) return;
        var scale = CrossPlayFigures.CommonScale(matrices);
        page.Open("section", ("id", "shifts")).Element("h2", "Unknown teammates, unknown opponents").Line();
        foreach (var shift in summary.Shifts)
        {
            page.Element("p", $"Teams trained against {shift.Training}; unknown teammates are other runs of their method, unknown opponents are {string.Join(", ", shift.Unseen)}.", ("class", "note")).Line();
            string[] costs = [.. shift.Methods.Select(method => Verdict.Cost(method, summary.Info.Names)).OfType<string>()];
            if (costs.Length > 0) HtmlReport.WriteSentences(page, costs);
            FigureCard.Write(
                page, book, Figure.Of("shifts", "Unknown teammates, unknown opponents", ShiftFigures.Bars(shift, styles, summary.Info.Score)),
                $"Means, with {Numbers.Percent(summary.Bootstrap.Level)} intervals from bootstrap resamples of whole runs. Deviations and worst cells are in the tables.");
            WriteHeatmaps(page, book, [.. matrices.Where(matrix => matrix.BaseLayout == shift.Layout && matrix.Opponents is not null)], summary.Info.Names, scale);
        }

        page.Close().Line();
    }

    private static void WriteHeatmaps(Markup page, FigureBook book, IReadOnlyList<CrossPlayMatrix> matrices, PopulationNames names, Scale scale)
    {
        page.Open("div", ("class", "grid2 after")).Line();
        foreach (var withOthers in new[] { false, true })
        {
            var (name, title) = withOthers ? ("opponents-with-others", "With the other runs of the method") : ("opponents-with-itself", "With itself");
            var heatmap = ShiftFigures.Opponents(matrices, names, scale, withOthers);
            FigureCard.WriteMatrix(page, book, Figure.Of(name, title, heatmap), heatmap, "Rows: the opponents of training, then those that were not seen. " +
                (withOthers ? "Each cell is the mean over the run's partners." : "Each cell is one pair."));
        }

        page.Close().Line();
    }
}
