using System.Xml.Linq;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Html;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Tests;

public class FiguresTests
{
    [Fact]
    public void Linear_ticks_are_round_and_within_the_axis()
    {
        var scale = LinearScale.Nice(-51, 627, 0, 1);
        Assert.Equal((-200, 800), (scale.Low, scale.High));
        Assert.Equal([-200, 0, 200, 400, 600, 800], scale.Ticks(5));
        Assert.Equal("−200", scale.Label(-200));
        var fine = new LinearScale(0.013, 0.061, 0, 1);
        Assert.Equal(["0.02", "0.04", "0.06"], fine.Ticks(3).Select(fine.Label));
    }

    [Fact]
    public void A_span_of_zero_still_makes_an_axis()
    {
        Assert.True(double.IsFinite(LinearScale.Nice(3, 3, 0, 1).Map(3)));
        Assert.Equal((0, 1), (LinearScale.Nice(0, 0, 0, 1).Low, LinearScale.Nice(0, 0, 0, 1).High));
        Assert.True(double.IsFinite(new LogScale(3, 3, 0, 1).Map(3)));
    }

    [Fact]
    public void Log_ticks_are_powers_of_ten()
    {
        var scale = new LogScale(0.1, 1000, 0, 4);
        Assert.Equal(["0.1", "1", "10", "100", "1000"], scale.Ticks(6).Select(scale.Label));
        Assert.Equal(2, scale.Map(10), 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LogScale(0, 1, 0, 1));
    }

    [Fact]
    public void Colours_get_lighter_with_every_level_and_all_differ()
    {
        string[] colours = [.. Enumerable.Range(0, ColourRamp.Levels).Select(ColourRamp.Hex)];
        Assert.All(colours, colour => Assert.Matches("^#[0-9a-f]{6}$", colour));
        Assert.Equal(ColourRamp.Levels, colours.Distinct().Count());
        double[] luminances = [.. colours.Select(Luminance)];
        Assert.Equal(luminances.Order(), luminances);
        var scale = new LinearScale(0, 10, 0, 1);
        Assert.Equal(0, ColourRamp.Level(scale, -5));
        Assert.Equal(ColourRamp.Levels - 1, ColourRamp.Level(scale, 10));
    }

    [Fact]
    public void Numbers_on_cells_stand_out_from_them()
    {
        for (var level = 0; level < ColourRamp.Levels; level++)
        {
            var cell = Luminance(ColourRamp.Hex(level));
            var text = Luminance(ColourRamp.IsLight(level) ? "#15201a" : "#f4f5f7");
            var contrast = (Math.Max(cell, text) + 0.05) / (Math.Min(cell, text) + 0.05);
            Assert.True(contrast >= 3.5, $"Level {level}: {contrast:F1}");
        }
    }

    [Fact]
    public void A_method_looks_the_same_whatever_else_a_figure_shows_and_no_two_look_alike()
    {
        var styles = MethodStyles.For(MatrixOf.Names, ["fcp", "srpo", "x", "ippo", "srpo", .. Enumerable.Range(0, 60).Select(i => $"m{i}")]);
        Assert.Equal((1, LineStyle.Solid, MarkerStyle.Circle), (styles["srpo"].Colour, styles["srpo"].Line, styles["srpo"].Marker));
        Assert.Equal((2, LineStyle.Dashed, MarkerStyle.Square), (styles["ippo"].Colour, styles["ippo"].Line, styles["ippo"].Marker));
        string[] all = ["fcp", "srpo", "x", "ippo", "self-play", .. Enumerable.Range(0, 60).Select(i => $"m{i}")];
        Assert.Equal(all.Length, all.Select(label => (styles[label].Colour, styles[label].Line, styles[label].Marker)).Distinct().Count());

        // What is known by name does not depend on what takes part.
        Assert.Equal(styles["fcp"], MethodStyles.For(MatrixOf.Names, ["srpo", "ippo"])["fcp"]);
    }

    [Fact]
    public void Two_populations_of_the_subject_do_not_share_a_look_and_opponents_are_grey()
    {
        var styles = MethodStyles.For(new([new("a", "A", PopulationRole.Subject), new("b", "B", PopulationRole.Subject), new("runners", "runners", PopulationRole.Opponent)]), []);
        Assert.Equal(1, styles["a"].Colour);
        Assert.NotEqual(styles["a"].Colour, styles["b"].Colour);
        Assert.Equal((Palette.Other, MarkerStyle.None), (styles["runners"].Colour, styles["runners"].Marker));
    }

    [Fact]
    public void A_line_chart_draws_lines_markers_and_bands_and_skips_what_it_cannot_place()
    {
        var chart = new LineChartSpec("d", new("x", Log: true), new("y"),
        [
            new("a", 1, [new(0, 1), new(1, 1), new(10, double.NaN), new(100, 2), new(1000, 3)]) { Marker = MarkerStyle.Square },
            new("b", 2, [new(1, 1), new(10, 2)]) { Line = LineStyle.Dashed, Band = [new(1, 0, 2), new(10, 1, 3)] },
            new("c", 3, [new(1, 1)]) { Line = LineStyle.None, Marker = MarkerStyle.Ring, InLegend = false },
        ]);
        var svg = XDocument.Parse(LineChart.Draw(chart)).Root!;
        var line = svg.Elements("path").Single(path => (string?)path.Attribute("class") == "line c1");
        Assert.Equal(2, ((string)line.Attribute("d")!).Count(c => c == 'M'));
        Assert.Single(svg.Elements("path"), path => (string?)path.Attribute("class") == "line dashed c2");
        Assert.Single(svg.Elements("path"), path => (string?)path.Attribute("class") == "band c2");
        Assert.Single(svg.Elements("path"), path => (string?)path.Attribute("class") == "marker-open c3");
        Assert.Equal(["a", "b"], svg.Elements("text").Where(text => (string?)text.Attribute("class") == "legend").Select(text => text.Value));
    }

    [Fact]
    public void Charts_beside_each_other_have_one_legend_where_one_of_them_names_all()
    {
        LineSeries a = new("a & b", 1, [new(0, 1)]) { Marker = MarkerStyle.Ring }, c = new("c", 2, [new(0, 1)]), d = new("d", 3, [new(0, 1)]), branch = new("x", 1, [new(0, 1)]) { InLegend = false };
        var list = XDocument.Parse(GroupLegend.Draw([Chart(c), Chart(a, branch, c), Chart()])!).Root!;
        Assert.Equal(["a & b", "c"], list.Elements("li").Select(entry => entry.Value));
        Assert.All(list.Descendants("svg"), sample => Assert.Equal("true", (string?)sample.Attribute("aria-hidden")));
        Assert.Equal(["line c1", "marker-open c1"], list.Elements("li").First().Descendants().Select(part => (string?)part.Attribute("class")).Where(name => name?.EndsWith("c1", StringComparison.Ordinal) == true));
        Assert.Equal("", GroupLegend.Draw([Chart(branch)]));

        // Names of one chart, or looks, that another does not have.
        Assert.Null(GroupLegend.Draw([Chart(a, c), Chart(a, d)]));
        Assert.Null(GroupLegend.Draw([Chart(a, c), Chart(c with { Line = LineStyle.Dotted })]));

        // With the legend that it takes along, a chart without one is the chart with it.
        var (whole, alone, legend) = (Root(LineChart.Draw(Chart(a, c))), Root(LineChart.Draw(Chart(a, c) with { ShowLegend = false })), Root(LineChart.DrawLegend(Chart(a, c))));
        Assert.DoesNotContain(alone.Elements("text"), IsName);
        Assert.Equal(whole.Elements("text").Where(IsName).Select(text => text.ToString()), legend.Elements("text").Select(text => text.ToString()));
        Assert.Equal("", LineChart.DrawLegend(Chart(branch)));

        static LineChartSpec Chart(params LineSeries[] series) => new("d", new("x"), new("y"), [.. series]);
        static XElement Root(string svg) => XDocument.Parse(svg).Root!;
        static bool IsName(XElement text) => (string?)text.Attribute("class") == "legend";
    }

    [Fact]
    public void Given_ends_of_an_axis_cut_off_what_lies_beyond()
    {
        var chart = new LineChartSpec("d", new("x"), new("y") { Low = 0, High = 1 }, [new("a", 1, [new(0, 0), new(1, 100)])]);
        Assert.Single(XDocument.Parse(LineChart.Draw(chart)).Root!.Elements("svg"));
    }

    [Fact]
    public void Empty_figures_are_figures()
    {
        _ = XDocument.Parse(LineChart.Draw(new("d", new("x"), new("y"), [])));
        _ = XDocument.Parse(IntervalBars.Draw(new("d", "y", [])));
        _ = XDocument.Parse(Heatmap.Draw(new("d", [], [], [], new LinearScale(0, 1, 0, 1))));
    }

    [Fact]
    public void Bars_may_be_negative_or_missing()
    {
        var svg = XDocument.Parse(IntervalBars.Draw(new("d", "y", [new("g", [new("a", 1, false, -5, new(-6, -4)), new("b", 2, true, null, null)])]))).Root!;
        Assert.Single(svg.Elements("rect"), rect => rect.Element("title") is not null);
        Assert.Contains(svg.Elements("text"), text => text.Value == "−5.0");
    }

    [Fact]
    public void A_figure_can_stand_alone()
    {
        var svg = XDocument.Parse(SvgDocument.Standalone(Heatmap.Draw(new(
            "a \"<heat>\"", [new("g", "0")], [new("g", "0"), new("h", "0")], [1, double.NaN], new LinearScale(0, 1, 0, 1))
        { ShowColourBar = true })));
        Assert.Equal("http://www.w3.org/2000/svg", svg.Root!.Name.NamespaceName);
        Assert.Equal("a \"<heat>\"", (string?)svg.Root.Elements().First());
        Assert.Single(svg.Descendants(), element => (string?)element.Attribute("fill") == "#e3e4e8");
        Assert.DoesNotContain(svg.Descendants(), element => element.Attribute("class") is not null);
    }

    [Theory]
    [InlineData(null, "–")]
    [InlineData(double.NaN, "–")]
    [InlineData(571.4, "571")]
    [InlineData(-50.25, "−50.2")]
    [InlineData(1.404, "1.40")]
    [InlineData(-0.001, "0.00")]
    [InlineData(1234567.0, "1\u202f234\u202f567")]
    public void Numbers_for_people(double? value, string expected) => Assert.Equal(expected, Numbers.Short(value));

    [Theory]
    [InlineData(0.42, "0.4 s")]
    [InlineData(42, "42 s")]
    [InlineData(247.3, "4 min 07 s")]
    [InlineData(7500, "2 h 05 min")]
    [InlineData(double.NaN, "–")]
    public void Durations_for_people(double seconds, string expected) => Assert.Equal(expected, Numbers.Duration(seconds));

    [Theory]
    [InlineData(950, "950")]
    [InlineData(12_000, "12 k")]
    [InlineData(3_905_000, "3.9 M")]
    [InlineData(999_700, "1 M")]
    public void Counts_for_people(double value, string expected) => Assert.Equal(expected, Numbers.Count(value));

    private static double Luminance(string hex)
    {
        double Channel(int at)
        {
            var value = Convert.ToInt32(hex.Substring(at, 2), 16) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Channel(1) + 0.7152 * Channel(3) + 0.0722 * Channel(5);
    }
}
