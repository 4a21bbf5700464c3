using System.Collections.Immutable;
using System.Xml.Linq;
using Srpo.Core.Results;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Html;

namespace Srpo.Reporting.Tests;

public class SceneAnimationTests
{
    private static readonly RecordedEpisode Episode = new(
        "srpo", "team <0>",
        [.. Enumerable.Range(0, 30).Select(step => ImmutableArray.Create(
            new SceneCircle("obstacle", "obstacle 0", 0.3, -0.2, 0.2), new SceneCircle("chaser", "chaser 0", -1 + (0.1 * step), 0.5, 0.075)))],
        [.. Enumerable.Range(0, 30).Select(step => (double)step)]);

    [Fact]
    public void What_moves_is_animated_and_what_stands_is_not()
    {
        var svg = XDocument.Parse(SvgDocument.Standalone(SceneAnimation.Draw(Episode)));
        XNamespace space = "http://www.w3.org/2000/svg";
        var circles = svg.Descendants(space + "circle").ToArray();
        Assert.Equal(2, circles.Length);
        Assert.Empty(circles[0].Descendants(space + "animate"));
        var animation = Assert.Single(circles[1].Descendants(space + "animate"));
        Assert.Equal("cx", (string?)animation.Attribute("attributeName"));
        Assert.Equal("indefinite", (string?)animation.Attribute("repeatCount"));
        double[] values = [.. ((string)animation.Attribute("values")!).Split(';').Select(value => double.Parse(value))];
        Assert.Equal(30, values.Length);
        Assert.Equal((double)circles[1].Attribute("cx")!, values[0]);
        Assert.All(values.Zip(values.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.All(values, value => Assert.InRange(value, 0, 340));
    }

    [Fact]
    public void The_picture_has_a_legend_and_needs_nothing_from_outside()
    {
        var text = SvgDocument.Standalone(SceneAnimation.Draw(Episode));
        Assert.Contains(">chaser<", text, StringComparison.Ordinal);
        Assert.DoesNotContain("var(", text, StringComparison.Ordinal);
        Assert.Contains("team &lt;0&gt;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Up_is_up()
    {
        var low = Centre(-0.5);
        var high = Centre(0.5);
        Assert.True(high < low, "a larger y is nearer to the top");

        static double Centre(double y)
        {
            var episode = new RecordedEpisode("a", "a", [[new SceneCircle("x", "x", 0, y, 0.1)]], []);
            return (double)XDocument.Parse(SceneAnimation.Draw(episode)).Descendants("circle").Single().Attribute("cy")!;
        }
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SceneAnimation.Draw(Episode with { Frames = [] }));
        Assert.Throws<ArgumentException>(() => SceneAnimation.Draw(Episode with { Frames = [Episode.Frames[0], [Episode.Frames[1][0]]] }));
        Assert.Throws<ArgumentException>(() => SceneAnimation.Draw(Episode with { Frames = [[new SceneCircle("x", "x", double.NaN, 0, 1)]] }));
    }

    [Fact]
    public void The_page_shows_an_animation_per_method()
    {
        var results = SyntheticRun.Create(2) with { Episodes = [Episode, Episode with { Method = "ippo" }] };
        var page = XDocument.Parse(HtmlReport.Write(results, SummaryBuilder.Build(results)));
        var section = page.Descendants("section").Single(element => (string?)element.Attribute("id") == "episodes");
        Assert.Equal(["SRPO", "IPPO"], section.Descendants("h3").Select(title => title.Value));
        Assert.Equal(4, section.Descendants("circle").Count());
    }
}
