using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;
using Srpo.Reporting.Equilibria;
using Srpo.Reporting.Figures;

namespace Srpo.Reporting.Tests;

public sealed class EquilibriumFiguresTests
{
    private static readonly ImmutableArray<string> Actions = ["contribute", "defect"];

    /// <summary>A made-up pitchfork at tau = 1: a symmetric branch, stable beyond, and two mirrored branches before it.</summary>
    private static readonly EquilibriumSweep Pitchfork = new("made up <&>", "matrix", [0.1, 0.1], [Actions, Actions],
    [
        new([.. Taus(0, 2).Select(tau => Point(tau, tau >= 1, 0.5, 0.5))]),
        new([.. Taus(0, 1).Select(tau => Point(tau, true, 0.5 + (0.4 * Math.Sqrt(1 - tau)), 0.5 - (0.4 * Math.Sqrt(1 - tau))))]),
        new([.. Taus(0, 1).Select(tau => Point(tau, true, 0.5 - (0.4 * Math.Sqrt(1 - tau)), 0.5 + (0.4 * Math.Sqrt(1 - tau))))]),
    ])
    {
        Bifurcations = [new(1, "supercritical pitchfork", [[0.5, 0.5], [0.5, 0.5]])],
        FreeRidingBound = [.. Taus(0, 2).Select(tau => new SweepBound(tau, 0.4))],
    };

    private static readonly EquilibriumSweep Gaussian = new("robots", "aggregative", [1, 1], [["mean", "variance"], ["mean", "variance"]],
        [new([.. Taus(0, 1.9).Select(tau => new SweepPoint(tau, null, [[0.4, 0.5], [0.4, 0.5]], [-1 - ((tau - 1) * (tau - 1)), -1 - ((tau - 1) * (tau - 1))], -0.5 + (tau / 10), [0.3, 0.3], 0))])])
    {
        LargestTau = 2,
        Peak = new(1, -1, -0.4),
    };

    [Fact]
    public void Stable_parts_are_solid_unstable_ones_dashed_and_mirror_images_are_left_out()
    {
        var chart = EquilibriumFigures.Probabilities(Pitchfork);
        Assert.Equal(["both players", "player 0", "player 1", "supercritical pitchfork", "unstable"],
            chart.Series.Where(series => series.InLegend).Select(series => series.Name).Order(StringComparer.Ordinal));
        Assert.Single(chart.Series, series => series.Name == "player 0" && series.Line == LineStyle.Solid);
        var both = chart.Series.Where(series => series.Name == "both players").ToArray();
        var dashed = Assert.Single(both, series => series.Line == LineStyle.Dashed);
        Assert.All(dashed.Points.SkipLast(1), point => Assert.True(point.X < 1));
        // The mirrored pair reaches the pitchfork, though both players are alike there.
        Assert.All(chart.Series.Where(series => series.Name.StartsWith("player", StringComparison.Ordinal)), series => Assert.Equal(new ChartPoint(1, 0.5), series.Points[^1]));
        // The dashed part reaches the first stable point: no gap.
        Assert.Equal(Assert.Single(both, series => series.Line == LineStyle.Solid).Points[0], dashed.Points[^1]);
        Assert.Equal(new ChartPoint(1, 0.5), Assert.Single(chart.Series.Single(series => series.Marker == MarkerStyle.Circle).Points));
    }

    [Fact]
    public void Further_series_are_drawn_above_the_branches()
    {
        var learned = new LineSeries("learned", 2, [new(0.5, 0.7)]) { Line = LineStyle.None, Marker = MarkerStyle.Ring };
        Assert.Equal("learned", EquilibriumFigures.Probabilities(Pitchfork, learned).Series[^1].Name);
        Assert.Equal("learned", EquilibriumFigures.FreeRiding(Pitchfork, learned).Series[^1].Name);
        Assert.Contains("marker-open c2", LineChart.Draw(EquilibriumFigures.Probabilities(Pitchfork, learned)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_tau_is_a_line_within_the_axis_unless_it_is_far_away()
    {
        var chart = EquilibriumFigures.Welfare(Gaussian);
        Assert.Equal(2, Assert.Single(chart.VerticalLines).X);
        var drawn = XDocument.Parse(LineChart.Draw(chart));
        var line = Assert.Single(drawn.Descendants("line"), element => (string?)element.Attribute("class") == "reference");
        Assert.InRange((double)line.Attribute("x1")!, 800, 920);
        Assert.Contains(drawn.Descendants("text"), text => text.Value == "no equilibrium from τ = 2");
        Assert.Contains(chart.Series, series => series.Name == "highest utility" && series.Points[0] == new ChartPoint(1, -1));
        Assert.Empty(EquilibriumFigures.Welfare(Gaussian with { LargestTau = 50 }).VerticalLines);
        Assert.Empty(EquilibriumFigures.Welfare(Gaussian with { LargestTau = null }).VerticalLines);
    }

    [Fact]
    public void Games_of_more_actions_have_a_figure_per_player()
    {
        var sweep = new EquilibriumSweep("g", "matrix", [1, 1], [["a", "b", "c"], Actions],
            [new([.. Taus(0, 1).Select(tau => new SweepPoint(tau, true, [[0.2, 0.3, 0.5], [0.5, 0.5]], [1, 2], null, [0.1, 0], 0.1))])]);
        Assert.Equal(["Free-riding", "Strategy of player 0", "Strategy of player 1", "Utility against risk aversion"], EquilibriumFigures.All(sweep).Select(figure => figure.Title));
        Assert.Equal(["a", "b", "c"], EquilibriumFigures.Strategy(sweep, 0).Series.Select(series => series.Name));
    }

    [Fact]
    public void Files_are_well_formed_and_read_back()
    {
        var directory = Directory.CreateTempSubdirectory("srpo-sweep-").FullName;
        try
        {
            foreach (var sweep in new[] { Pitchfork, Gaussian, Pitchfork with { Branches = [] } })
            {
                var paths = SweepWriter.WriteAll(directory, sweep);
                Assert.Equal(SweepWriter.Names, paths.Select(path => Path.GetFileName(path)));
                XDocument.Parse(File.ReadAllText(paths[2]));
                var page = XDocument.Parse(File.ReadAllText(paths[3]));
                Assert.Contains(sweep.Game, page.Descendants("h1").Single().Value, StringComparison.Ordinal);
                using var json = JsonDocument.Parse(File.ReadAllText(paths[1]));
                Assert.Equal(sweep.Branches.Length, json.RootElement.GetProperty("branches").GetArrayLength());
                var records = CsvReader.Read(File.ReadAllText(paths[0]));
                Assert.Equal(1 + sweep.Branches.Sum(branch => branch.Points.Length), records.Count);
                Assert.All(records, record => Assert.Equal(records[0].Count, record.Count));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void The_sentences_say_what_was_found()
    {
        Assert.Contains("a supercritical pitchfork at τ = 1", string.Join(' ', SweepTables.Sentences(Pitchfork)), StringComparison.Ordinal);
        Assert.Contains("highest at τ = 1", string.Join(' ', SweepTables.Sentences(Gaussian)), StringComparison.Ordinal);
        Assert.Equal(["1", "supercritical pitchfork"], SweepTables.Bifurcations(Pitchfork).Rows[0].Take(2));
    }

    private static IEnumerable<double> Taus(double low, double high) => Enumerable.Range(0, 21).Select(i => low + ((high - low) * i / 20));

    private static SweepPoint Point(double tau, bool isStable, double x, double y) =>
        new(tau, isStable, [[x, 1 - x], [y, 1 - y]], [1 - x, 1 - y], 1, [x, y], Math.Abs(x - y));
}
