using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The top of the page: one sentence, one small table, and the matrices of the comparison that the experiment is about.</summary>
internal static class HeadlineSection
{
    public static void Write(Markup page, FigureBook book, ImmutableArray<CrossPlayMatrix> matrices, RunSummary summary, MethodStyles styles)
    {
        page.Element("p", Headline.Sentence(summary), ("class", "lead")).Line();
        if (Headline.Table(summary) is { Rows.IsEmpty: false } table) HtmlReport.WriteTable(page, table, heading: false, cssClass: "card scroll headline");
        if (!summary.AreDebates) WriteMatrices(page, book, matrices, summary, styles);
        string[] rest = [.. Verdict.Sentences(summary)];
        if (rest.Length == 0) return;
        page.Open("details", ("class", "more")).Element("summary", "All findings in words");
        HtmlReport.WriteSentences(page, rest);
        page.Close().Line();
    }

    private static void WriteMatrices(Markup page, FigureBook book, ImmutableArray<CrossPlayMatrix> matrices, RunSummary summary, MethodStyles styles)
    {
        if (Verdict.MainLayout(summary) is not { } layout || matrices.FirstOrDefault(matrix => matrix.Layout == layout.Layout) is not { } main) return;
        string[] shown = [.. Headline.Methods(summary, layout).Where(method => method.CrossPlay.Mean is not null).Select(method => method.Method)];
        if (shown.Length == 0) return;
        var scale = CrossPlayFigures.CommonScale([main]);
        (string Title, HeatmapSpec Matrix)[] pairs = [.. shown.Select(method => (styles[method].Name, CrossPlayFigures.Own(main, method, summary.Info.Names, scale)))];
        var title = shown.Length == 1 ? $"{pairs[0].Title} with itself" : string.Join(" beside ", pairs.Select(pair => pair.Title));
        FigureCard.Open(page, book, new Figure(
            "headline", $"Cross-play: {title}", Figure.Page, width => Heatmap.DrawSideBySide($"Cross-play matrices of {string.Join(", ", pairs.Select(pair => pair.Title))}", pairs, width)), heading: null, "card after");
        page.Raw(ColourBar.Draw(scale, $"{summary.Info.Score} per episode, mean"));
        page.Open("div", ("class", "pair")).Line();
        foreach (var (name, matrix) in pairs)
        {
            page.Open("div").Element("h3", name);
            FigureCard.WriteScrolling(page, name, Heatmap.Draw(matrix with { Width = 440 }));
            page.Close().Line();
        }

        page.Close();
        FigureCard.Close(page, $"Runs of a method with each other{(summary.Layouts.Length > 1 ? $" on {DisplayNames.LayoutInSentence(layout.Layout)}" : "")}; the diagonal is self-play.");
    }
}
