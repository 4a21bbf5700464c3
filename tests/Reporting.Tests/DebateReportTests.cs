using System.Text.Json;
using System.Xml.Linq;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Files;
using Srpo.Reporting.Html;

namespace Srpo.Reporting.Tests;

public sealed class DebateReportTests
{
    /// <summary>Few resamples: what intervals are is tested elsewhere.</summary>
    private static readonly BootstrapOptions Quick = new(Resamples: 60);

    private static readonly RunResults Whole = SyntheticDebates.Create(runs: 2, questions: 40);

    private static readonly RunSummary Summary = SummaryBuilder.Build(Whole, Quick);

    [Fact]
    public void Table_1_holds_pairs_of_models_of_one_method_in_both_orders_of_the_seats()
    {
        var joint = Assert.Single(Summary.Debates).Joint;
        Assert.Equal(
            [("small", "large", "ippo"), ("small", "large", "srpo"), ("small", "other", "ippo"), ("small", "other", "srpo"), ("large", "other", "ippo"), ("large", "other", "srpo")],
            joint.Cells.Select(cell => (cell.Model0, cell.Model1, cell.Method)));
        Assert.All(joint.Cells, cell => Assert.Equal((4, 40), (cell.Pairs, cell.Questions)));

        // By hand: ippo-small x ippo-large, two runs each, either of them in seat 0.
        var matches = Whole.Debates[0];
        var shares = from row in new[] { 0, 1 } from column in new[] { 2, 3 } from debates in new[] { matches[row, column]!, matches[column, row]! } select DebateMeasures.Of(debates, AnswerRule.Strict)[^1].Joint;
        Assert.Equal(shares.Average(), joint.Cells[0].Accuracy.Strict, 1e-12);
        Assert.True(joint.Cells[0].Accuracy.StrictInterval is { } interval && interval.Contains(joint.Cells[0].Accuracy.Strict));
        Assert.True(joint.Cells.All(cell => cell.Accuracy.Flexible >= cell.Accuracy.Strict));
        Assert.Equal(joint.Cells.Where(cell => cell.Method == "srpo").Average(cell => cell.Accuracy.Strict), joint.Means.Single(cell => cell.Method == "srpo").Accuracy.Strict, 1e-12);
    }

    [Fact]
    public void Table_2_is_the_accuracy_of_the_trained_model_beside_a_stranger()
    {
        var table = Summary.Debates[0].WithStranger;
        Assert.Equal(6, table.Cells.Length);
        Assert.All(table.Cells, cell => Assert.Equal(("llama", 2), (cell.Model1, cell.Pairs)));
        var matches = Whole.Debates[0];
        var stranger = matches.Players.Length - 1;
        var shares =
            from run in new[] { 0, 1 }
            from seats in new[] { DebateMeasures.Of(matches[run, stranger]!, AnswerRule.Strict)[^1].Accuracy.Seat0, DebateMeasures.Of(matches[stranger, run]!, AnswerRule.Strict)[^1].Accuracy.Seat1 }
            select seats;
        Assert.Equal(shares.Average(), table.Cells.Single(cell => cell is { Method: "ippo", Model0: "small" }).Accuracy.Strict, 1e-12);
    }

    [Fact]
    public void Differences_are_those_of_the_cells_and_of_their_means()
    {
        foreach (var table in new[] { Summary.Debates[0].Joint, Summary.Debates[0].WithStranger })
        {
            Assert.Equal(4, table.Differences.Length);
            foreach (var one in table.Differences)
            {
                Assert.Equal(("srpo", "ippo"), (one.Method, one.Baseline));
                double Of(string method) => table.Cells.Concat(table.Means).Single(cell => cell.Method == method && cell.Model0 == one.Model0 && cell.Model1 == one.Model1).Accuracy.Strict;
                Assert.Equal(Of("srpo") - Of("ippo"), one.Accuracy.Strict, 1e-12);
                Assert.True(one.Accuracy.StrictInterval is { } ends && ends.Low <= ends.High);
            }
        }
    }

    [Fact]
    public void Rounds_are_told_by_method_and_partner()
    {
        var results = Summary.Debates[0];
        Assert.Equal(
            [("ippo", "another model"), ("ippo", "another run"), ("ippo", "itself"), ("ippo", "llama"), ("srpo", "another model"), ("srpo", "another run"), ("srpo", "itself"), ("srpo", "llama")],
            results.Diagnostics.Select(block => (block.Method, block.Partner)));
        Assert.All(results.Diagnostics, block => Assert.Equal(SyntheticDebates.Rounds, block.Rounds.Length));
        var models = results.Diagnostics.Single(block => block is { Method: "srpo", Partner: DebateDiagnostics.AnotherModel });
        Assert.Equal(results.Joint.Means.Single(cell => cell.Method == "srpo").Accuracy.Strict, models.Rounds[^1].Joint.Strict, 1e-12);
        Assert.Equal((3 * 4 * 2 * 40, models.Rounds[1].Strict.Recovery.Seat0), (models.Rounds[0].Strict.Debates, models.Rounds[1].Strict.Recovery.Seat1));
        Assert.Equal(models.Rounds[0].Strict.Accuracy.Seat0, models.Rounds[0].Accuracy.Strict, 1e-12);
        var stranger = results.Diagnostics.Single(block => block is { Method: "srpo", IsStranger: true });
        Assert.Equal(results.WithStranger.Means.Single(cell => cell.Method == "srpo").Accuracy.Strict, stranger.Rounds[^1].Accuracy.Strict, 1e-12);
        Assert.NotEqual(stranger.Rounds[0].Strict.Accuracy.Seat0, stranger.Rounds[0].Strict.Accuracy.Seat1);
    }

    [Fact]
    public void Baselines_are_held_beside_the_debate()
    {
        var results = Summary.Debates[0];
        Assert.Equal(12, results.Baselines.Length);
        var one = results.Baselines.Single(baseline => baseline is { Method: "srpo", Model0: "small", Model1: "large" });
        Assert.Equal(["small", "large", "small & large"], one.Votes.Select(vote => vote.Models));
        Assert.All(one.Votes, vote =>
        {
            Assert.Equal(one.Debater.Strict - vote.Accuracy.Strict, vote.DebaterAhead.Strict, 1e-12);
            Assert.InRange(vote.Answers, 4, 8);
        });
        Assert.InRange(one.Tokens, 6 * 20, 6 * 50);
        Assert.Equal(results.Joint.Cells.Single(cell => cell is { Method: "srpo", Model0: "small", Model1: "large" }).Accuracy.Strict, (one.Seats!.Value.First.Strict + one.Seats.Value.Exchanged.Strict) / 2, 1e-12);
        Assert.True(one.Alone1.Strict > one.Alone0.Strict);

        // Without independent answers there are no votes; where seats are not told apart, none to exchange.
        var bare = SyntheticDebates.Create(1, 10, independent: false);
        bare = bare with { Debates = [bare.Debates[0] with { IsOrdered = false }] };
        Assert.All(SummaryBuilder.Build(bare, Quick).Debates[0].Baselines, baseline => Assert.True(baseline.Votes.IsEmpty && baseline.Seats is null));
    }

    [Fact]
    public void Learning_is_told_by_round()
    {
        Assert.Equal(6, Summary.DebateLearning.Length);
        var one = Summary.DebateLearning[0];
        Assert.Equal(("ippo-small", 2, 7680), (one.Population.Label, one.Runs, one.AgentSteps));
        var last = Whole.Curves.Where(curve => curve.Method == "ippo-small").Select(curve => DebateMeasures.Of(curve.Points[^1].Debates!, AnswerRule.Strict)[2]).ToArray();
        Assert.Equal(last.Average(round => round.Accuracy.Total / 2), one.Last[2].Accuracy, 1e-12);
        Assert.Equal(last.Average(round => round.Joint), one.Last[2].Joint, 1e-12);
    }

    [Fact]
    public void Rewards_in_training_are_those_of_agents()
    {
        var charts = Figures.DebateFigures.Training(Whole.Curves, Whole.Debaters, Figures.MethodStyles.Of(Whole));
        Assert.Equal(["small: reward in training", "large: reward in training", "other: reward in training"], charts.Select(chart => chart.Title));
        Assert.Equal(["IPPO", "SRPO"], charts[0].Chart.Series.Select(series => series.Name));
        Assert.Equal(1, charts[0].Chart.Series[0].Points[^1].Y, 1e-12);
        Assert.Equal(10, charts[0].Chart.Series[0].Points.Length);
        Assert.Empty(Figures.DebateFigures.Training([.. Whole.Curves.Select(curve => curve with { Points = [.. curve.Points.Select(point => point with { Actors = [] })] })], Whole.Debaters, Figures.MethodStyles.Of(Whole)));
    }

    [Fact]
    public void What_is_not_there_is_left_out()
    {
        // No stranger, one method, one model, nothing played, and pairs that are missing.
        var populations = SyntheticDebates.Populations;
        Assert.True(Build([.. populations[..6]]).Debates[0].WithStranger.Cells.IsEmpty);
        var alone = Build([populations[0]]);
        Assert.True(alone.Debates[0].Joint.Cells.IsEmpty && alone.Debates[0].Diagnostics.Length == 2);
        Assert.Contains("No two runs with different models have debated", Verdict.Sentences(alone)[0], StringComparison.Ordinal);
        Assert.True(Build([populations[6]]).Debates.Single().Diagnostics.Single().Partner == DebateDiagnostics.Itself);
        var empty = SyntheticDebates.Create(1, 5);
        empty = empty with { Debates = [empty.Debates[0] with { Cells = [.. empty.Debates[0].Cells.Select(_ => (DebateOutcomes?)null)] }] };
        Assert.Empty(SummaryBuilder.Build(empty, Quick).Debates);
        Assert.NotEmpty(HtmlReport.Write(empty, SummaryBuilder.Build(empty, Quick)));
        var half = SyntheticDebates.Create(2, 5);
        half = half with { Debates = [half.Debates[0] with { Cells = [.. half.Debates[0].Cells.Select((cell, index) => index % 3 == 0 ? null : cell)] }] };
        Assert.NotEmpty(SummaryBuilder.Build(half, Quick).Debates[0].Joint.Cells);

        // Two untrained models are a table of their own; a trained model's own weights before training are no stranger.
        DebaterPopulation[] untrained = [new("a", "untrained", "small", PopulationRole.Other, false), new("b", "untrained", "large", PopulationRole.Other, false)];
        Assert.Equal(("small", "large"), Build([.. untrained]).Debates[0].Joint.Cells.Select(cell => (cell.Model0, cell.Model1)).Single());
        var both = Build([.. untrained, .. populations[..2]]).Debates[0];
        Assert.Equal(["untrained", "ippo"], both.Joint.Cells.Select(cell => cell.Method));
        Assert.Empty(both.WithStranger.Cells);

        static RunSummary Build(System.Collections.Immutable.ImmutableArray<DebaterPopulation> populations) => SummaryBuilder.Build(SyntheticDebates.Create(2, 12, populations), Quick);
    }

    [Fact]
    public void The_page_speaks_of_debates()
    {
        var html = HtmlReport.Write(Whole, Summary);
        var page = XDocument.Parse(html);
        var ids = page.Descendants("section").Select(section => (string)section.Attribute("id")!).ToArray();
        Assert.Equal(["debates", "cross-play", "episodes", "learning", "cost", "numbers", "run", "reproduce", "settings"], ids);
        var text = page.Root!.Element("body")!.Value;
        foreach (var wrong in new[] { "ree-riding", "rivate cost", "mean return", "earns", "Mean return" }) Assert.DoesNotContain(wrong, text, StringComparison.Ordinal);
        foreach (var right in new[] { "Joint accuracy of models that were trained apart", "Accuracy with an untrained partner of another family", "Debate ahead of the vote of both", "before and after the debate" })
            Assert.Contains(right, text, StringComparison.Ordinal);
        var titles = page.Descendants("h3").Select(title => title.Value).ToArray();
        foreach (var measure in new[] { "Recovery", "Corruption", "Flips", "Length", "Repetition", "Agreement", "small", "large", "other", "small: reward in training" }) Assert.Contains(measure, titles);
        Assert.All(page.Descendants("svg").Where(svg => svg.Attribute("aria-label") is not null), svg => Assert.NotEmpty((string)svg.Attribute("aria-label")!));
    }

    [Fact]
    public void Transcripts_are_to_be_read()
    {
        var page = XDocument.Parse(HtmlReport.Write(Whole, Summary));
        var transcripts = page.Descendants("details").Where(details => (string?)details.Attribute("class") == "card transcript").ToArray();
        Assert.Equal(6, transcripts.Length);
        foreach (var (heading, rank) in transcripts.Select(transcript => transcript.Element("summary")!.Value).Zip(["Worst", "Median", "Best", "Worst", "Median", "Best"]))
            Assert.Matches($"^{rank} pair with another model, (ippo|srpo)-[a-z]+/[01] with (ippo|srpo)-[a-z]+/[01], joint accuracy [0-9]+ %: both right at the end$", heading);
        Assert.Equal(["IPPO", "SRPO"], page.Descendants("h3").Where(title => (string?)title.Attribute("class") == "method debaters").Select(title => title.Value));

        // Ranked by the matrix.
        var worst = Whole.Matrices[0];
        var cells = from row in Enumerable.Range(0, worst.Rows.Length)
                    from column in Enumerable.Range(0, worst.Columns.Length)
                    where worst.Rows[row].Method.StartsWith("srpo", StringComparison.Ordinal) && worst.Columns[column].Method.StartsWith("srpo", StringComparison.Ordinal) && worst.Rows[row].Method != worst.Columns[column].Method
                    select worst[row, column].Return;
        Assert.EndsWith($"joint accuracy {Text.Numbers.Percent(cells.Min())}: both right at the end", transcripts[3].Element("summary")!.Value, StringComparison.Ordinal);
        Assert.Equal(["Question 7: Ida finds 6 apples in each of 7 <trees>.", "Round 1 of 3", "Round 2 of 3", "Round 3 of 3"], transcripts[0].Elements("h4").Select(heading => heading.Value));
        Assert.Contains("was 41 (wrong), taken over from the peer\n    #### 42", transcripts[0].Elements("pre").ElementAt(2).Value, StringComparison.Ordinal);
        Assert.Equal(["open", null, null, null, null, null], transcripts.Select(transcript => (string?)transcript.Attribute("open")));
    }

    [Fact]
    public void Transcripts_share_the_room_that_a_page_has_for_episodes()
    {
        RecordedEpisode Long(string rank) => SyntheticDebates.Episode("srpo", new(rank, new(new("srpo-small", 0), new("srpo-large", 0)), 0.5)) with { Transcript = ["Question\n" + new string('x', 1_200_000)] };
        var page = HtmlReport.Write(Whole with { Episodes = [Long("worst"), Long("median"), Long("best")] }, Summary);
        Assert.InRange(page.Length, 2_400_000, 3_400_000);
        Assert.Equal(["Worst pair", "Median pair"], XDocument.Parse(page).Descendants("details").Where(details => (string?)details.Attribute("class") == "card transcript").Select(details => details.Element("summary")!.Value.Split(" with")[0]));
        Assert.Contains("1 further episodes would make the page larger than 3 MB; `srpo replay` shows them.", page, StringComparison.Ordinal);

        // Before pairs are ranked, a debate is only named.
        var first = SyntheticDebates.Episode("srpo", new("", new(new("srpo-small", 0), new("stranger", 0)), 0)) with { PairReturn = null };
        page = HtmlReport.Write(Whole with { Episodes = [first] }, Summary);
        Assert.Contains("<summary>srpo-small/0 with stranger/0: both right at the end</summary>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Pairs are the worst", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verdict_says_what_the_tables_hold()
    {
        var sentences = Verdict.Sentences(Summary);
        var means = Summary.Debates[0].Joint.Means.ToDictionary(cell => cell.Method, cell => Text.Numbers.Fixed(100 * cell.Accuracy.Strict, 1));
        Assert.Equal(
            $"Two debaters with different models, trained apart by the same method, are both right at the end, in the mean over all pairs of models: {means["srpo"]} % of the questions with SRPO and {means["ippo"]} % with IPPO.", sentences[0]);
        Assert.Contains(sentences, sentence => sentence.StartsWith("SRPO is above IPPO in ", StringComparison.Ordinal) && sentence.Contains("of 3 pairs of models", StringComparison.Ordinal));
        Assert.Contains(sentences, sentence => sentence.StartsWith("With an untrained partner of another family, a debater is right at the end, in the mean over all models: ", StringComparison.Ordinal));
        Assert.Contains(sentences, sentence => sentence.StartsWith("There are few runs, 2 of a population", StringComparison.Ordinal));
        Assert.Contains(sentences, sentence => sentence.StartsWith("With another model, a debater is right before the debate and after it in ", StringComparison.Ordinal) && sentence.EndsWith(" (SRPO).", StringComparison.Ordinal));
        Assert.Contains(sentences, sentence => sentence.Contains("the majority of independent answers of both at equal tokens", StringComparison.Ordinal));
        Assert.EndsWith(" (srpo-other).", sentences[^1], StringComparison.Ordinal);
        Assert.StartsWith("Before training and after it, a debater is right at the end of debates with itself about validation questions in ", sentences[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Files_hold_every_pair_and_every_round()
    {
        var pairs = CsvReader.Read(DebateCsv.WritePairs(Whole.Debates, Whole.Debaters));
        Assert.Equal(1 + (13 * 13 * 3 * 2), pairs.Count);
        Assert.Equal(["layout", "seat0Population", "seat0Run", "seat1Population", "seat1Run", "seat0Method", "seat1Method", "seat0Model", "seat1Model", "round", "extraction", "debates", "seat0Accuracy"], pairs[0].Take(13));
        Assert.Equal(["training", "ippo-small", "0", "ippo-small", "0", "ippo", "ippo", "small", "small", "1", "strict", "40"], pairs[1].Take(12));
        Assert.Equal("", pairs[1][pairs[0].ToList().IndexOf("seat0Recovery")]);
        var last = DebateMeasures.Of(Whole.Debates[0][0, 0]!, AnswerRule.Strict)[2];
        Assert.Equal(last.Joint, CsvReader.Number(pairs[3][14]));
        Assert.Equal(1 + (6 * 2 * 11 * 3 * 2), CsvReader.Read(DebateCsv.WriteLearning(Whole.Curves)).Count);

        using var json = JsonDocument.Parse(SummaryJson.Write(Summary));
        var debates = json.RootElement.GetProperty("debates");
        Assert.Equal(7, debates.GetProperty("populations").GetArrayLength());
        var layout = debates.GetProperty("layouts").GetProperty("training");
        var cell = layout.GetProperty("joint").GetProperty("cells")[0];
        Assert.Equal(Summary.Debates[0].Joint.Cells[0].Accuracy.Strict, cell.GetProperty("accuracy").GetProperty("strict").GetDouble());
        Assert.Equal(2, cell.GetProperty("accuracy").GetProperty("strictCi95").GetArrayLength());
        Assert.Equal(8 * 3, layout.GetProperty("rounds").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, layout.GetProperty("rounds")[0].GetProperty("strict").GetProperty("recovery")[0].ValueKind);
        Assert.Equal(3, layout.GetProperty("baselines")[0].GetProperty("votes").GetArrayLength());
        Assert.Equal(6, debates.GetProperty("learning").GetArrayLength());
    }

    [Fact]
    public void The_files_of_a_report_are_its_own()
    {
        var directory = Path.Combine(Path.GetTempPath(), "srpo-debates-" + Guid.NewGuid().ToString("N"));
        try
        {
            var names = ReportWriter.WriteAll(directory, SyntheticDebates.Create(1, 6), Quick).Paths.Select(path => Path.GetRelativePath(directory, path)).ToArray();
            Assert.Contains("debates.csv", names);
            Assert.Contains("debates-learning.csv", names);
            Assert.Contains(Path.Combine("figures", "debates-joint.svg"), names);
            Assert.All(names.Where(name => Path.GetDirectoryName(name) != "figures"), name => Assert.True(ReportWriter.IsFile(name)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
