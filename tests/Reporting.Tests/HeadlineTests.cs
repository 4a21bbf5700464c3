using System.Text.RegularExpressions;
using System.Xml.Linq;
using Srpo.Reporting.Html;

namespace Srpo.Reporting.Tests;

public class HeadlineTests
{
    [Fact]
    public void One_sentence_says_who_earns_what_and_whether_that_is_chance()
    {
        var summary = SummaryBuilder.Build(SyntheticRun.Create(6));
        Assert.Matches(@"^With a partner from another run on the training layout, SRPO earns [0-9.]+ and IPPO earns [0-9.]+; the difference is more than chance, 95 % interval \[[0-9.]+, [0-9.]+\]\.$", Headline.Sentence(summary));
        Assert.EndsWith("2 runs are too few to tell whether that is chance.", Headline.Sentence(SummaryBuilder.Build(SyntheticRun.Create(2))), StringComparison.Ordinal);
        Assert.Equal<string>(["srpo", "ippo"], summary.Headline);
        Assert.Equal(("srpo", "ippo"), (summary.Layouts[0].Headline!.First, summary.Layouts[0].Headline!.Second));
    }

    [Fact]
    public void The_headline_is_what_the_experiment_names()
    {
        var results = SyntheticRun.Create(3, ["ippo", "srpo", "fcp"]);
        var summary = SummaryBuilder.Build(results with { Info = results.Info with { Headline = ["fcp", "ippo", "nobody"] } });
        Assert.Equal<string>(["fcp", "ippo"], summary.Headline);
        Assert.DoesNotContain("SRPO", Headline.Sentence(summary), StringComparison.Ordinal);
        var page = XDocument.Parse(HtmlReport.Write(results with { Info = results.Info with { Headline = ["fcp", "ippo"] } }, summary));
        var figure = page.Descendants("figure").First(element => (string?)element.Attribute("data-figure") == "headline");
        Assert.Equal(["FCP", "IPPO"], figure.Descendants("h3").Select(title => title.Value));

        // All methods are in the table, best first.
        Assert.Equal(3, Headline.Table(summary).Rows.Length);
        Assert.Equal("SRPO", Headline.Table(summary).Rows[0][0]);
    }

    [Fact]
    public void A_method_that_earns_nothing_did_not_learn()
    {
        var summary = SummaryBuilder.Build(MatrixOf.Results(MatrixOf.Blocks("training", 4, ("srpo", 10, 8, 0, 0), ("ippo", 0, 0, 0, 0))));
        Assert.EndsWith("; IPPO did not learn.", Headline.Sentence(summary), StringComparison.Ordinal);
        Assert.Contains("IPPO, did not learn", Headline.Table(summary).Rows.Select(row => row[0]));
        var nothing = SummaryBuilder.Build(MatrixOf.Results(MatrixOf.Blocks("training", 4, ("srpo", 0, 0, 0, 0), ("ippo", 0, 0, 0, 0))));
        Assert.Equal("SRPO and IPPO did not learn to earn anything.", Headline.Sentence(nothing));
    }

    [Fact]
    public void What_was_never_trained_did_not_fail_to_learn()
    {
        var results = MatrixOf.Results(MatrixOf.Blocks("training", 4, ("srpo", 10, 8, 0, 0), ("rider", 0, 0, 0, 0)));
        var summary = SummaryBuilder.Build(results with { Info = results.Info with { Untrained = ["rider"], Headline = ["srpo", "rider"] } });
        Assert.EndsWith("; rider earns nothing.", Headline.Sentence(summary), StringComparison.Ordinal);
        Assert.Contains("rider, earns nothing", Headline.Table(summary).Rows.Select(row => row[0]));
        Assert.Contains("rider earns nothing on the training layout: its mean return is 0.00, with itself and with strangers.", Verdict.Sentences(summary));
    }

    [Fact]
    public void Costs_are_no_columns_where_nobody_pays_any()
    {
        var free = SummaryBuilder.Build(MatrixOf.Results(MatrixOf.Blocks("training", 3, ("srpo", 10, 8, 0, 0), ("ippo", 5, 2, 0, 0))));
        foreach (var table in new[] { Headline.Table(free), SummaryTables.Methods(free), SummaryTables.Between(free) })
        {
            Assert.NotEmpty(table.Rows);
            Assert.DoesNotContain(table.Columns, column => column.Header.Contains("riding", StringComparison.Ordinal) || column.Header.Contains("Cost", StringComparison.Ordinal));
            Assert.All(table.Rows, row => Assert.Equal(table.Columns.Length, row.Length));
        }

        var paid = SummaryBuilder.Build(SyntheticRun.Create(3));
        Assert.Contains(Headline.Table(paid).Columns, column => column.Header == "Free-riding");
        Assert.Contains(SummaryTables.Methods(paid).Columns, column => column.Header == "Cost of seat 1");
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("nine methods")]
    [InlineData("debates")]
    public void No_paragraph_is_longer_than_two_sentences(string name)
    {
        var results = name switch
        {
            "debates" => SyntheticDebates.Create(2, 6),
            "plain" => SyntheticRun.Create(4),
            _ => SyntheticRun.Create(3, ["ippo", "srpo", "fcp", "e3t", "pure", "a", "b", "c", "d"]),
        };
        var page = XDocument.Parse(HtmlReport.Write(results, SummaryBuilder.Build(results)));
        var paragraphs = page.Descendants().Where(element => element.Name.LocalName is "p" or "figcaption" or "li" && (string?)element.Parent!.Attribute("class") != "tiles").ToArray();
        Assert.True(paragraphs.Length > 10);
        Assert.All(paragraphs, paragraph => Assert.True(Regex.Count(paragraph.Value.Trim(), @"[a-z0-9)\]%”""]\.(\s+[A-Z]|$)") <= 2, paragraph.Value));
    }
}
