using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The sections of the page that hold figures.</summary>
internal static class FigureSections
{
    /// <summary>With more, the pairs of methods are in the tables only.</summary>
    private const int MostMethodsInCaption = 3;

    public static void WriteCrossPlay(Markup page, ImmutableArray<CrossPlayMatrix> matrices, RunSummary summary)
    {
        if (matrices.IsEmpty) return;
        if (summary.AreDebates) matrices = [.. matrices.Select(InPercent)];
        var scale = CrossPlayFigures.CommonScale(matrices);
        page.Open("section", ("id", "cross-play")).Element("h2", summary.AreDebates ? "Who is right together with whom" : "Who earns what with whom").Line();
        var seatings = matrices.Select(matrix => matrix.Seating).Distinct().ToArray();
        page.Element("p", (summary.AreDebates ? "Each cell is a pair that debates without learning: " : "Each cell is a pair that plays without learning: ") + (seatings.Length == 1 ? seatings[0] : "who sits where is below each matrix") +
            (summary.AreDebates ? ". The diagonal is a run with itself." : ". The diagonal of a method's own block is self-play, the rest of it cross-play.") + (matrices.Length > 1 ? " All matrices share one colour scale." : ""), ("class", "note"));
        page.Raw(ColourBar.Draw(scale, summary.AreDebates ? "joint accuracy in the last round, %" : $"{summary.Info.Score} per episode, mean")).Line();
        page.Open("div", ("class", matrices.Length == 1 ? "single" : "grid2")).Line();
        foreach (var matrix in matrices)
        {
            page.Open("figure", ("class", "card")).Element("h3", DisplayNames.Layout(matrix.Layout));
            page.Open("div", ("class", "scroll")).Raw(Heatmap.Draw(CrossPlayFigures.Matrix(matrix, summary.Info.Names, scale))).Close().Line();
            var caption = summary.AreDebates ? "" : Caption(summary.Layout(matrix.Layout), summary.Info.Names);
            page.Element("figcaption", $"{caption} {Setting(summary.Layout(matrix.Layout), summary.AreDebates ? "questions" : "episodes")}".Trim()).Close().Line();
        }

        page.Close().Close().Line();
    }

    public static void WriteBars(Markup page, RunSummary summary)
    {
        if (summary.Layouts.IsEmpty) return;
        page.Open("section", ("id", "bars")).Element("h2", "With their own partner and with strangers").Line();
        page.Open("figure", ("class", "card")).Open("div", ("class", "scroll"));
        page.Raw(IntervalBars.Draw(CrossPlayFigures.Bars(summary))).Close();
        page.Element("figcaption", $"Pale: a run with itself. Full: runs with other runs of the same method. Whiskers: {Numbers.Percent(summary.Bootstrap.Level)} " +
            $"intervals of the mean, {Numbers.Integer(summary.Bootstrap.Resamples)} bootstrap resamples of whole runs.");
        page.Close().Close().Line();
    }

    public static void WriteLearning(Markup page, ImmutableArray<LearningCurve> curves, RunSummary summary)
    {
        if (summary.Learning.IsEmpty) return;
        page.Open("section", ("id", "learning")).Element("h2", "Learning").Line();
        page.Open("figure", ("class", "card")).Element("h3", "Return in the course of training").Open("div", ("class", "scroll"));
        page.Raw(LineChart.Draw(LearningFigures.Returns(curves, summary.Info.Names, score: summary.Info.Score))).Close();
        page.Element("figcaption", "Line: mean over runs. Band: one standard deviation over runs to either side. At the end: " +
            string.Join("; ", summary.Learning.Select(method =>
                $"{summary.Info.Names.Of(method.Method)} {Numbers.Short(method.FinalReturn)} (std {Numbers.Short(method.FinalStd)})")) + ".");
        page.Close().Line();
        var diagnostics = LearningFigures.Diagnostics(curves, summary.Info.Names);
        if (!diagnostics.IsEmpty)
        {
            page.Open("div", ("class", "grid3")).Line();
            foreach (var (title, chart) in diagnostics)
                page.Open("figure", ("class", "card")).Element("h3", title).Raw(LineChart.Draw(chart)).Close().Line();
            page.Close().Line();
        }

        page.Close().Line();
    }

    /// <summary>The same matrix with shares as per cent.</summary>
    private static CrossPlayMatrix InPercent(CrossPlayMatrix matrix) => new(
        matrix.Layout, matrix.Rows, matrix.Columns, Hundredfold(matrix.Returns), Hundredfold(matrix.ReturnStds), Hundredfold(matrix.SeatReturns), matrix.SeatCosts, matrix.Episodes)
    {
        Seating = matrix.Seating,
        Opponents = matrix.Opponents,
        UnseenOpponents = matrix.UnseenOpponents,
        BaseLayout = matrix.BaseLayout,
        Weights = matrix.Weights,
    };

    private static ImmutableArray<double> Hundredfold(ImmutableArray<double> shares) => [.. shares.Select(share => 100 * share)];

    /// <summary>Who sat where, how often, and against whom.</summary>
    private static string Setting(LayoutSummary? layout, string episodes)
    {
        if (layout is null || layout.Episodes == 0) return "";
        var against = layout.Opponents is null ? "" : $" against {layout.Opponents}{(layout.UnseenOpponents ? ", not seen in training" : "")}";
        return $"A cell: {Numbers.Integer(layout.Episodes)} {episodes}{against}, {layout.Seating}.";
    }

    private static string Caption(LayoutSummary? layout, PopulationNames names)
    {
        if (layout is null) return "";
        var parts = layout.Methods.Where(method => method.SelfPlay.Mean is not null || method.CrossPlay.Mean is not null).Select(method =>
            names.Of(method.Method) + (method.CrossPlay.Mean is null
                ? $": self-play {Numbers.Short(method.SelfPlay.Mean)}"
                : $": cross-play {Numbers.Short(method.CrossPlay.Mean)}, worst pair {Numbers.Short(method.CrossPlay.Min)}"));
        var between = layout.Between.Where(_ => layout.Methods.Length <= MostMethodsInCaption).Select(pair =>
            $"{names.Of(pair.Method0)} with {names.Of(pair.Method1)} {Numbers.Short(pair.Block.Mean)}");
        var caption = string.Join(". ", parts.Append(string.Join(", ", between)).Where(part => part.Length > 0));
        return caption.Length == 0 ? "Nothing was played." : caption + ".";
    }
}
