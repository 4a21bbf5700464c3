using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The sections of the page that hold figures.</summary>
internal static class FigureSections
{
    public static void WriteCrossPlay(Markup page, FigureBook book, ImmutableArray<CrossPlayMatrix> matrices, RunSummary summary)
    {
        if (matrices.IsEmpty) return;
        if (summary.AreDebates) matrices = [.. matrices.Select(InPercent)];
        var scale = CrossPlayFigures.CommonScale(matrices);
        page.Open("section", ("id", "cross-play")).Element("h2", summary.AreDebates ? "Who is right together with whom" : "Who earns what with whom").Line();
        var seatings = matrices.Select(matrix => matrix.Seating).Distinct().ToArray();
        page.Element("p", (summary.AreDebates ? "Each cell is a pair that debates without learning: " : "Each cell is a pair that plays without learning: ") + (seatings.Length == 1 ? seatings[0] : "who sits where is below each matrix") +
            (summary.AreDebates ? "; the diagonal is a run with itself." : "; the diagonal of a method's own block is self-play, the rest of it cross-play.") + (matrices.Length > 1 ? " All matrices share one colour scale." : ""), ("class", "note"));
        page.Raw(ColourBar.Draw(scale, summary.AreDebates ? "joint accuracy in the last round, %" : $"{summary.Info.Score} per episode, mean")).Line();
        page.Open("div", ("class", matrices.Length == 1 ? "single" : "grid2")).Line();
        foreach (var matrix in matrices)
        {
            var heatmap = CrossPlayFigures.Matrix(matrix, summary.Info.Names, scale);
            FigureCard.WriteMatrix(
                page, book, Figure.Of($"crossplay-{matrix.Layout}", DisplayNames.Layout(matrix.Layout), heatmap), heatmap,
                Setting(summary.Layout(matrix.Layout), summary.AreDebates));
        }

        page.Close().Close().Line();
    }

    public static void WriteBars(Markup page, FigureBook book, RunSummary summary, MethodStyles styles)
    {
        if (summary.Layouts.IsEmpty) return;
        page.Open("section", ("id", "bars")).Element("h2", "With their own partner and with strangers").Line();
        FigureCard.Write(
            page, book, Figure.Of("bars", "With their own partner and with strangers", CrossPlayFigures.Bars(summary, styles)),
            $"Pale: a run with itself; full: runs with other runs of the same method. Whiskers: {Numbers.Percent(summary.Bootstrap.Level)} " +
            $"intervals of the mean, {Numbers.Integer(summary.Bootstrap.Resamples)} bootstrap resamples of whole runs.");
        page.Close().Line();
    }

    public static void WriteLearning(Markup page, FigureBook book, ImmutableArray<LearningCurve> curves, RunSummary summary, MethodStyles styles)
    {
        if (summary.Learning.IsEmpty) return;
        page.Open("section", ("id", "learning")).Element("h2", "Learning").Line();
        const string title = "Return in the course of training";
        FigureCard.Write(
            page, book, Figure.Of("learning", title, LearningFigures.Returns(curves, styles, score: summary.Info.Score)),
            $"Line: mean over runs, with a band of one standard deviation over runs to either side. {Ends(summary, styles)}", title);
        if (LearningFigures.HasTwoAxes(curves, styles))
        {
            const string byEnvironment = "The same by environment steps";
            FigureCard.Write(
                page, book, Figure.Of("learning-environment-steps", byEnvironment, LearningFigures.Returns(curves, styles, score: summary.Info.Score, steps: TrainingSteps.Environment)),
                "A policy learns from fewer steps than environments take where adversaries or turns have a share of them, and from more where it sits in several seats.", byEnvironment);
        }

        if (SummaryTables.AtEqualSteps(summary) is { Rows.IsEmpty: false } equal) HtmlReport.WriteTable(page, equal);
        var diagnostics = LearningFigures.Diagnostics(curves, styles);
        if (!diagnostics.IsEmpty) FigureCard.WriteGroup(page, book, "grid3", [.. diagnostics.Select(figure => ($"learning-{figure.Title.ToLowerInvariant()}", figure.Title, figure.Chart))]);

        page.Close().Line();
    }

    /// <summary>Why curves end at different places, where they do.</summary>
    private static string Ends(RunSummary summary, MethodStyles styles)
    {
        var ends = summary.Learning.Where(method => styles.Names.Role(method.Method) != PopulationRole.Opponent).GroupBy(method => method.PolicySteps).OrderBy(group => group.Key).ToArray();
        var unfinished = summary.Info.Unfinished.Where(label => styles.Names.Role(label) != PopulationRole.Opponent).Select(label => styles.Names.Of(label)).ToArray();
        if (unfinished.Length > 0) return $"Training is under way: the curves of {string.Join(", ", unfinished)} go on.";
        return ends.Length < 2 ? "" : "Curves end where training ends: " +
            string.Join("; ", ends.Select(group => $"{string.Join(", ", group.Select(method => styles[method.Method].Name))} after {Numbers.Count(group.Key)} steps")) + ".";
    }

    /// <summary>The same matrix with shares as per cent.</summary>
    private static CrossPlayMatrix InPercent(CrossPlayMatrix matrix) => new(
        matrix.Layout, matrix.Rows, matrix.Columns, Hundredfold(matrix.Returns), Hundredfold(matrix.ReturnStds), Hundredfold(matrix.SeatReturns), matrix.SeatCosts, matrix.Episodes)
    {
        Seating = matrix.Seating,
        Opponents = matrix.Opponents,
        UnseenOpponents = matrix.UnseenOpponents,
        BaseLayout = matrix.BaseLayout,
        Actions = matrix.Actions,
        Weights = matrix.Weights,
    };

    private static ImmutableArray<double> Hundredfold(ImmutableArray<double> shares) => [.. shares.Select(share => 100 * share)];

    /// <summary>Who sat where, how often, and against whom.</summary>
    private static string Setting(LayoutSummary? layout, bool debates)
    {
        if (layout is null || layout.Episodes == 0) return "";
        var episodes = debates ? "questions" : "episodes";
        var against = layout.Opponents is null ? "" : $" against {layout.Opponents}{(layout.UnseenOpponents ? ", not seen in training" : "")}";
        return $"A cell: {Numbers.Integer(layout.Episodes)} {episodes}{against}, {layout.Seating}{(debates ? "" : $"; {DisplayNames.Acting(layout.Actions)}")}.";
    }
}
