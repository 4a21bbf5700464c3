using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The section of the page about all pairs rather than their mean.</summary>
internal static class RobustnessSection
{
    /// <summary>Width at which the only profile of a page is drawn: its text is as large as that of the other figures.</summary>
    private const double Alone = 560;

    private const double ProfileInches = 5;

    public static void Write(Markup page, FigureBook book, RunSummary summary, MethodStyles styles)
    {
        LayoutSummary[] profiled = [.. summary.Layouts.Where(layout => !layout.Profiles.IsEmpty)];
        if (profiled.Length == 0) return;
        page.Open("section", ("id", "robustness")).Element("h2", "Not only on average").Line();
        page.Element("p", "A performance profile shows how many of a method's pairs of different runs earn more than r: of two methods the higher line is better, and where a line leaves 100 % is its worst pair. " +
            $"Bands: {Numbers.Percent(summary.Bootstrap.Level)} intervals at each r, bootstrap resamples of whole runs (Agarwal et al. 2021).", ("class", "note")).Line();
        (string Name, string Title, LineChartSpec Chart)[] profiles =
            [.. profiled.Select(layout => ($"profiles-{layout.Layout}", $"Performance profiles, {DisplayNames.Layout(layout.Layout)}", RobustnessFigures.Profiles(layout, styles, summary.Info.Score)))];
        if (profiles is [var (name, heading, chart)])
        {
            page.Open("div", ("class", "single")).Line();
            FigureCard.Write(page, book, Figure.Of(name, heading, chart, ProfileInches) with { Widest = Alone }, heading: heading);
            page.Close().Line();
        }
        else FigureCard.WriteGroup(page, book, "grid2", profiles, ProfileInches, width: 440);

        if (summary.Layouts.Any(layout => !layout.Improvements.IsEmpty))
        {
            const string title = "Probability of improvement";
            FigureCard.Write(
                page, book, Figure.Of("improvement", title, RobustnessFigures.Improvements(summary, styles)),
                "A run counts by its mean return with the other runs of its method; 50 % is no difference. It says how often, not by how much.", title, "card after");
        }

        page.Close().Line();
    }
}
