using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The section of the page about unknown teammates and unknown opponents.</summary>
internal static class ShiftSection
{
    public static void Write(Markup page, ImmutableArray<CrossPlayMatrix> matrices, RunSummary summary)
    {
        if (summary.Shifts.IsEmpty) return;
        var scale = CrossPlayFigures.CommonScale(matrices);
        page.Open("section", ("id", "shifts")).Element("h2", "Unknown teammates, unknown opponents").Line();
        foreach (var shift in summary.Shifts)
        {
            page.Element("p", $"Teams trained against {shift.Training}. Teammate shift: with other runs of their method. Opponent shift: against " +
                $"{string.Join(", ", shift.Unseen)}. {string.Join(' ', shift.Methods.Select(method => Verdict.Cost(method, summary.Info.Names)).OfType<string>())}", ("class", "note")).Line();
            page.Open("figure", ("class", "card")).Open("div", ("class", "scroll"));
            page.Raw(IntervalBars.Draw(ShiftFigures.Bars(shift, summary.Info.Names, summary.Info.Score))).Close();
            page.Element("figcaption", $"Means. Whiskers: {Numbers.Percent(summary.Bootstrap.Level)} intervals of the mean, bootstrap resamples of whole runs. " +
                string.Join(". ", shift.Methods.Select(method => Worst(method, summary.Info.Names))) + ".").Close().Line();
            WriteHeatmaps(page, [.. matrices.Where(matrix => matrix.BaseLayout == shift.Layout && matrix.Opponents is not null)], summary.Info.Names, scale);
        }

        page.Close().Line();
    }

    private static void WriteHeatmaps(Markup page, IReadOnlyList<CrossPlayMatrix> matrices, PopulationNames names, Scale scale)
    {
        page.Open("div", ("class", "grid2 after")).Line();
        foreach (var withOthers in new[] { false, true })
        {
            page.Open("figure", ("class", "card")).Element("h3", withOthers ? "With the other runs of the method" : "With itself");
            page.Open("div", ("class", "scroll")).Raw(Heatmap.Draw(ShiftFigures.Opponents(matrices, names, scale, withOthers))).Close();
            page.Element("figcaption", "Rows: the opponents of training, then those that were not seen. " +
                (withOthers ? "Each cell is the mean over the run's partners." : "Each cell is one pair.")).Close().Line();
        }

        page.Close().Line();
    }

    private static string Worst(MethodShift method, PopulationNames names) =>
        $"{names.Of(method.Method)}: std and worst with unknown teammates {Numbers.Short(method.Teammate.Std)} and {Numbers.Short(method.Teammate.Min)}, " +
        $"with unknown opponents {Numbers.Short(method.Opponent.Std)} and {Numbers.Short(method.Opponent.Min)}, " +
        $"with both {Numbers.Short(method.Both.Std)} and {Numbers.Short(method.Both.Min)}";
}
