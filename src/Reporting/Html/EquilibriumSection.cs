using System.Collections.Immutable;
using System.Globalization;
using Srpo.Core.Results;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Html;

/// <summary>The section of the page that lays learned strategies on the branches of equilibria that the solver found.</summary>
internal static class EquilibriumSection
{
    private const int LearnedColour = 6;

    public static void Write(Markup page, FigureBook book, ImmutableArray<LearnedStrategies> learned, ImmutableArray<EquilibriumSweep> sweeps)
    {
        if (learned.IsEmpty) return;
        page.Open("section", ("id", "equilibria")).Element("h2", "Learned strategies and the equilibria of the theory").Line();
        page.Element("p", "Lines are all risk-averse quantal response equilibria that the solver found, solid where best response dynamics return to " +
            "them after a small disturbance, dashed where they do not; one and its mirror image, the seats exchanged, are drawn once. Circles are the strategies of the trained teams, both seats of each.", ("class", "note")).Line();
        foreach (var sweep in sweeps)
        {
            var teams = learned.Where(team => team.Epsilon == sweep.Epsilon[0]).ToArray();
            if (sweep.StrategyNames.All(names => names.Length == 2))
                WriteFigure(page, book, sweep, "equilibria", $"Probability of '{sweep.StrategyNames[0][0]}'", EquilibriumFigures.Probabilities(sweep, Strategies(teams)), Caption(teams));
            WriteFigure(page, book, sweep, "free-riding", "Free-riding", EquilibriumFigures.FreeRiding(sweep, FreeRiding(teams)),
                "Difference of the seats' expected private costs, learned and at the equilibria.");
        }

        page.Close().Line();
    }

    private static void WriteFigure(Markup page, FigureBook book, EquilibriumSweep sweep, string name, string title, LineChartSpec chart, string caption)
    {
        var eps = sweep.Epsilon[0].ToString("0.####", CultureInfo.InvariantCulture);
        var heading = $"{title}, {sweep.Game}, ε = {eps}";
        FigureCard.Write(page, book, Figure.Of(name, heading, chart), caption, heading);
    }

    private static string Caption(LearnedStrategies[] teams) => teams.Length == 0
        ? "Nothing was trained."
        : $"{Numbers.Integer(teams.Length)} teams; the largest difference of a learned probability from the nearest equilibrium's is {Numbers.Fixed(teams.Max(team => team.Distance), 4)}.";

    /// <summary>Both seats of every team: a mirror image of an equilibrium puts the same two heights on the figure.</summary>
    private static LineSeries[] Strategies(LearnedStrategies[] teams) =>
        [Markers("learned", [.. teams.SelectMany(team => team.Strategies.Select(strategy => new ChartPoint(team.Tau, strategy[0])))])];

    private static LineSeries[] FreeRiding(LearnedStrategies[] teams) =>
        [Markers("learned", [.. teams.Select(team => new ChartPoint(team.Tau, team.FreeRiding))])];

    private static LineSeries Markers(string name, ImmutableArray<ChartPoint> points) =>
        new(name, LearnedColour, points) { Line = LineStyle.None, Marker = MarkerStyle.Ring };
}
