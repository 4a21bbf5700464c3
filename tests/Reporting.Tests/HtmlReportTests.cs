using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Srpo.Core.Results;
using Srpo.Reporting.Html;

namespace Srpo.Reporting.Tests;

public class HtmlReportTests
{
    public static TheoryData<string> Cases => ["plain", "one run", "one method", "three methods", "large", "no curves", "no matrices", "nothing", "not played"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_report_is_well_formed_and_self_contained(string name)
    {
        var html = Write(Case(name));
        var page = XDocument.Parse(html);
        Assert.Equal("html", page.Root!.Name.LocalName);
        Assert.DoesNotContain("http:", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("//", Regex.Replace(html, @"^\s*//.*$", "", RegexOptions.Multiline), StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?i)\burl\(", html);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Descendants(), element => element.Attribute("src") is not null || element.Name.LocalName is "link" or "iframe" or "object");
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", html, StringComparison.Ordinal);
        Assert.All(page.Descendants().Where(element => element.Name.LocalName == "svg" && element.Parent!.Name.LocalName != "svg"), svg =>
        {
            // A sample of a legend stands before the words that it is of.
            if (svg.Parent!.Name.LocalName == "li")
            {
                Assert.Equal("true", (string?)svg.Attribute("aria-hidden"));
                Assert.NotEmpty(svg.ElementsAfterSelf().Single().Value);
                return;
            }

            Assert.Equal("img", (string?)svg.Attribute("role"));
            Assert.NotEmpty((string)svg.Attribute("aria-label")!);
        });
        var ids = page.Descendants().Select(element => (string?)element.Attribute("id")).OfType<string>().ToArray();
        Assert.Equal(ids.Distinct().Count(), ids.Length);
    }

    [Fact]
    public void Small_figures_beside_each_other_have_one_legend_and_each_one_for_its_file()
    {
        var page = XDocument.Parse(Write(Case("three methods")));
        var groups = page.Descendants().Where(element => (string?)element.Attribute("class") == "figures").ToArray();
        Assert.NotEmpty(groups);
        foreach (var group in groups)
        {
            string[] names = [.. group.Elements("ul").Single().Elements("li").Select(entry => entry.Value)];
            Assert.Equal(3, names.Length);
            Assert.All(group.Descendants("figure"), figure =>
            {
                Assert.Empty(Names(figure.Element("svg")!));
                string[] own = [.. Names(figure.Elements("div").Single(part => part.Attribute("data-legend") is not null && part.Attribute("hidden") is not null))];
                Assert.NotEmpty(own);
                Assert.Empty(own.Except(names));
            });
        }

        static IEnumerable<string> Names(XElement drawn) => drawn.Descendants("text").Where(text => (string?)text.Attribute("class") == "legend").Select(text => text.Value);
    }

    [Fact]
    public void All_text_is_escaped()
    {
        const string evil = "</script><script>alert('x')</script>&\"<b>\u0001\ud800";
        var agents = new[] { new AgentLabel(evil, 0), new AgentLabel(evil, 1), new AgentLabel("b<", 0), new AgentLabel("b<", 1) };
        var matrix = MatrixOf.Cells(evil, agents, (row, column) => (row + column, 1, 2));
        var info = SyntheticRun.Info(evil, 2) with
        {
            Id = evil,
            CommandLine = evil,
            Versions = ImmutableSortedDictionary<string, string>.Empty.Add(evil, evil),
            Settings = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["</script>"] = "<b>&" }),
        };
        var results = new RunResults(info, [matrix], [new(evil, 0, [new(1, 1, 1, default), new(2, 2, 2, default)])]);
        var html = Write(results);
        var page = XDocument.Parse(html);
        Assert.Single(page.Descendants("script"));
        Assert.Empty(page.Descendants("b"));
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.Contains("alert('x')", page.Descendants("h1").Single().Value, StringComparison.Ordinal);
    }

    /// <summary>Half a page of settings is folded away, and what is JSON within a text is readable as such.</summary>
    [Fact]
    public void Settings_are_folded_and_readable()
    {
        var settings = new Dictionary<string, object> { ["environment"] = new { Name = "tag", Definition = "{\n  \"chasers\": 2,\n  \"size\": 1E-08\n}" }, ["maps"] = new[] { "{ no JSON", " [1]" } };
        var results = SyntheticRun.Create(2);
        results = results with { Info = results.Info with { Settings = JsonSerializer.SerializeToElement(settings), Versions = ImmutableSortedDictionary<string, string>.Empty.Add("cores", "2").Add(".NET", "10") } };
        var section = XDocument.Parse(Write(results)).Descendants("section").Single(section => (string?)section.Attribute("id") == "settings");
        var details = Assert.Single(section.Elements("details"));
        Assert.Null(details.Attribute("open"));
        Assert.Equal("All settings, as JSON", details.Element("summary")!.Value);
        Assert.Equal(
            """
            {
              "environment": {
                "Name": "tag",
                "Definition": {
                  "chasers": 2,
                  "size": 1E-08
                }
              },
              "maps": [
                "{ no JSON",
                " [1]"
              ]
            }
            """.ReplaceLineEndings("\n"),
            details.Element("pre")!.Value.ReplaceLineEndings("\n"));
        Assert.Equal([".NET", "Cores"], XDocument.Parse(Write(results)).Descendants("dt").Select(name => name.Value).TakeLast(2));
    }

    [Fact]
    public void A_report_of_60_by_60_stays_small()
    {
        var html = Write(SyntheticRun.Create(30));
        Assert.InRange(html.Length, 100_000, 600_000);
        var block = XDocument.Parse(html).Descendants("g").First(group => (string?)group.Attribute("class") == "cells");
        Assert.Equal(900, ((string)block.Attribute("data-values")!).Split(' ').Length);
        Assert.Equal(30, JsonSerializer.Deserialize<string[]>((string)block.Attribute("data-rows")!)!.Length);
    }

    [Fact]
    public void Small_matrices_have_a_tooltip_per_cell()
    {
        var page = XDocument.Parse(Write(SyntheticRun.Create(8)));
        var tooltips = page.Descendants("rect").Elements("title").Select(title => title.Value).ToArray();
        // Four matrices, and the headline's two; bars are drawn twice, for wide and for narrow pages.
        Assert.Equal((4 * 256) + (2 * 64) + (2 * (16 + 4)), tooltips.Length);
        Assert.Contains(tooltips, text => text.StartsWith("IPPO/0 + SRPO/7: ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_numbers_of_the_table_are_those_of_the_summary()
    {
        var results = SyntheticRun.Create(4);
        var summary = SummaryBuilder.Build(results);
        var table = SummaryTables.Methods(summary);
        Assert.Equal(8, table.Rows.Length);
        Assert.All(table.Rows, row => Assert.Equal(table.Columns.Length, row.Length));
        var srpo = summary.Layout("training")!.Method("srpo")!;
        var row = table.Rows.Single(row => row[0] == "Training" && row[1] == "SRPO");
        Assert.Equal("12", row[5]);
        Assert.Equal(Text.Numbers.Short(srpo.CrossPlay.Mean), row[6]);
        Assert.Contains(XDocument.Parse(HtmlReport.Write(results, summary)).Descendants("td"), cell => cell.Value == row[6]);
    }

    [Fact]
    public void Episodes_of_pairs_are_in_the_page_as_far_as_there_is_room()
    {
        RecordedEpisode Episode(string rank, int steps, int size) => new("srpo", $"srpo/0 with srpo/1, {rank}", [], [.. Enumerable.Range(0, steps).Select(step => (double)step)])
        {
            Rank = rank,
            PairReturn = 12.5,
            Drawings = [.. Enumerable.Range(0, steps).Select(step => $"#<{step}>#\n" + new string('.', size))],
        };
        var page = XDocument.Parse(Write(SyntheticRun.Create(2) with { Episodes = [Episode("worst", 5, 10), Episode("median", 5, 400_000), Episode("best", 5, 400_000)] }));
        var section = page.Descendants("section").Single(element => (string?)element.Attribute("id") == "episodes");
        Assert.Equal(["Worst pair", "Median pair"], section.Descendants("h4").Select(title => title.Value));
        Assert.Contains("1 further episodes would make the page larger than 3 MB", section.Value, StringComparison.Ordinal);
        var player = section.Descendants("div").First(element => (string?)element.Attribute("class") == "player");
        Assert.Equal(5, JsonSerializer.Deserialize<string[]>((string)player.Attribute("data-frames")!)!.Length);
        Assert.Equal("#<0>#\n..........", player.Element("pre")!.Value);
        Assert.Contains(section.Descendants("figcaption"), caption => caption.Value == "srpo/0 with srpo/1, worst: 4 steps, score 4.00; the pair's mean is 12.5.");
    }

    private static string Write(RunResults results) => HtmlReport.Write(results, SummaryBuilder.Build(results));

    private static RunResults Case(string name) => name switch
    {
        "plain" => SyntheticRun.Create(4),
        "one run" => SyntheticRun.Create(1),
        "one method" => SyntheticRun.Create(3, ["srpo"], ["training"]),
        "three methods" => SyntheticRun.Create(3, ["ippo", "srpo", "fcp"]),
        "large" => SyntheticRun.Create(12),
        "no curves" => SyntheticRun.Create(2) with { Curves = [] },
        "no matrices" => SyntheticRun.Create(2) with { Matrices = [] },
        "nothing" => new(new RunInfo { Name = "empty", Id = "0", Date = default }, [], []),
        "not played" => MatrixOf.Results(new CrossPlayMatrixBuilder("training", MatrixOf.Agents("ippo", 2)).Build()),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
