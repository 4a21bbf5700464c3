using System.Text.Json;
using Srpo.Core.Statistics;
using Srpo.Reporting.Figures;
using Srpo.Reporting.Files;

namespace Srpo.Reporting.Tests;

public class RobustnessTests
{
    private const double None = double.NaN;

    private static readonly double[] ThreeRuns = [None, 1, 2, 3, None, 4, 5, 6, None];

    private static readonly BootstrapOptions Options = new(Seed: 3, Resamples: 4000);

    [Fact]
    public void A_profile_is_the_share_of_pairs_above_a_threshold()
    {
        var profile = PerformanceProfile.CrossPlay(ThreeRuns, 3, [0, 1, 3.5, 6], Options, 0);
        Assert.Equal([1, 5.0 / 6, 3.0 / 6, 0], profile.Select(point => point.Share));
        Assert.Equal((new Interval(1, 1), new Interval(0, 0)), (profile[0].Interval!.Value, profile[3].Interval!.Value));

        // A cell that was not played is left out, and so is the diagonal.
        double[] gap = [9, 1, None, 3, 9, 4, 5, 6, 9];
        Assert.Equal([1, 4.0 / 5, 3.0 / 5, 0], PerformanceProfile.CrossPlay(gap, 3, [0, 1, 3.5, 6], Options, 0).Select(point => point.Share));
        Assert.Null(PerformanceProfile.CrossPlay([None, 1, 2, None], 2, [0], Options, 0)[0].Interval);
        Assert.Empty(PerformanceProfile.CrossPlay([None, None, None, None], 2, [0], Options, 0));
    }

    /// <summary>Of three runs there are 27 draws, all as likely; three of them have no pair of different runs and are drawn again.</summary>
    [Fact]
    public void The_band_of_a_profile_is_that_of_whole_runs()
    {
        const double threshold = 3.5;
        var exact = new List<double>();
        for (var draw = 0; draw < 27; draw++)
        {
            var counts = new int[3];
            foreach (var run in new[] { draw % 3, draw / 3 % 3, draw / 9 }) counts[run]++;
            var (above, all) = (0.0, 0.0);
            for (var i = 0; i < 3; i++)
            {
                for (var j = 0; j < 3; j++)
                {
                    if (i == j) continue;
                    all += counts[i] * counts[j];
                    above += ThreeRuns[(3 * i) + j] > threshold ? counts[i] * counts[j] : 0;
                }
            }

            if (all > 0) exact.Add(above / all);
        }

        Assert.Equal(24, exact.Count);
        double[] sorted = [.. exact.Order()];
        foreach (var level in new[] { 0.3, 0.8 })
        {
            var band = PerformanceProfile.CrossPlay(ThreeRuns, 3, [threshold], Options with { Level = level }, 0)[0].Interval!.Value;
            Assert.Equal(sorted[(int)(24 * (1 - level) / 2)], band.Low, 1e-12);
            Assert.Equal(sorted[(int)(24 * (1 + level) / 2)], band.High, 1e-12);
        }
    }

    [Fact]
    public void Improvement_counts_wins_of_runs_and_ties_half()
    {
        // Mean returns with the others, in both roles: 3.5, 4.5 and 3 against 3.5 and 3.5.
        double[] first = [None, 4, 2, 6, None, 8, 2, 0, None], second = [None, 3, 4, None];
        var improvement = ImprovementProbability.CrossPlay(first, 3, second, 2, Options, 0, 1)!.Value;
        Assert.Equal((0.5 + 0.5 + 1 + 1 + 0 + 0) / 6, improvement.Probability);
        Assert.Null(improvement.Interval);
        double[] third = [None, 3, 4, 3, None, 3, 3, 3, None];
        var there = ImprovementProbability.CrossPlay(first, 3, third, 3, Options, 0, 1)!.Value;
        var back = ImprovementProbability.CrossPlay(third, 3, first, 3, Options, 1, 0)!.Value;
        Assert.Equal(1, there.Probability + back.Probability, 1e-12);
        Assert.Equal(1 - there.Interval!.Value.Low, back.Interval!.Value.High, 1e-12);
        Assert.Null(ImprovementProbability.CrossPlay([1], 1, third, 3, Options, 0, 1));
    }

    [Fact]
    public void Where_every_run_is_better_there_is_no_doubt_and_where_all_are_alike_none_is()
    {
        double[] high = [.. Enumerable.Repeat(10.0, 16)], low = [.. Enumerable.Repeat(1.0, 16)];
        Assert.Equal(new Improvement(1, new Interval(1, 1)), ImprovementProbability.CrossPlay(high, 4, low, 4, Options, 0, 1));
        Assert.Equal(new Improvement(0.5, new Interval(0.5, 0.5)), ImprovementProbability.CrossPlay(low, 4, low, 4, Options, 0, 1));
    }

    [Fact]
    public void The_summary_has_both_of_every_method()
    {
        var summary = SummaryBuilder.Build(SyntheticRun.Create(4, ["ippo", "srpo", "fcp"]));
        Assert.All(summary.Layouts, layout =>
        {
            Assert.Equal(["ippo", "srpo", "fcp"], layout.Profiles.Select(profile => profile.Method));
            Assert.All(layout.Profiles, profile => Assert.Equal((1, 0), (profile.Points[0].Share, profile.Points[^1].Share)));
            Assert.Equal([("srpo", "ippo"), ("srpo", "fcp")], layout.Improvements.Select(pair => (pair.First, pair.Second)));
        });
        Assert.Equal(8, SummaryTables.Improvements(summary).Rows.Length);
        Assert.Empty(SummaryBuilder.Build(SyntheticRun.Create(1)).Layouts[0].Profiles);
    }

    [Fact]
    public void Summary_json_has_the_numbers_that_the_page_draws()
    {
        var results = SyntheticRun.Create(4, ["ippo", "srpo", "fcp"]);
        var summary = SummaryBuilder.Build(results);
        var styles = MethodStyles.Of(results);
        using var json = JsonDocument.Parse(SummaryJson.Write(summary));
        foreach (var layout in summary.Layouts)
        {
            var profiles = json.RootElement.GetProperty("profiles").GetProperty(layout.Layout);
            Assert.Equal(["ippo", "srpo", "fcp"], profiles.EnumerateObject().Select(profile => profile.Name));
            foreach (var line in RobustnessFigures.Profiles(layout, styles, "score").Series)
            {
                var profile = profiles.EnumerateObject().Single(profile => styles[profile.Name].Name == line.Name).Value;
                Assert.Equal(line.Points.Select(point => point.X), Doubles(profile.GetProperty("thresholds")));
                Assert.Equal(line.Points.Select(point => point.Y), Doubles(profile.GetProperty("shares")).Select(share => 100 * share));
                var (low, high) = (Doubles(profile.GetProperty("ci95")[0]), Doubles(profile.GetProperty("ci95")[1]));
                Assert.Equal(line.Band.Select(point => (point.Low, point.High)), low.Zip(high).Select(ends => (100 * ends.First, 100 * ends.Second)));
            }

            var bars = RobustnessFigures.Improvements(summary, styles).Groups.Single(group => group.Name == Text.DisplayNames.Layout(layout.Layout)).Bars;
            var pairs = json.RootElement.GetProperty("improvement").GetProperty(layout.Layout).EnumerateArray().ToArray();
            Assert.Equal([("srpo", "ippo"), ("srpo", "fcp")], pairs.Select(pair => (pair.GetProperty("first").GetString(), pair.GetProperty("second").GetString())));
            Assert.Equal(bars.Select(bar => bar.Value), pairs.Select(pair => (double?)(100 * pair.GetProperty("probability").GetDouble())));
            Assert.Equal(bars.Select(bar => bar.Interval!.Value.Low), pairs.Select(pair => 100 * pair.GetProperty("ci95")[0].GetDouble()));
        }

        // Two runs have profiles without bands, one has none; a list of numbers is one line.
        var two = SummaryJson.Write(SummaryBuilder.Build(SyntheticRun.Create(2)));
        using var narrow = JsonDocument.Parse(two);
        var ippo = narrow.RootElement.GetProperty("profiles").GetProperty("training").GetProperty("ippo");
        Assert.Equal(JsonValueKind.Null, ippo.GetProperty("ci95").ValueKind);
        Assert.Equal(JsonValueKind.Null, narrow.RootElement.GetProperty("improvement").GetProperty("training")[0].GetProperty("ci95").ValueKind);
        Assert.Contains("\n        \"shares\": [1, ", two, StringComparison.Ordinal);
        using var single = JsonDocument.Parse(SummaryJson.Write(SummaryBuilder.Build(SyntheticRun.Create(1))));
        Assert.Empty(single.RootElement.GetProperty("profiles").EnumerateObject());
        Assert.Empty(single.RootElement.GetProperty("improvement").EnumerateObject());
    }

    private static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetDouble())];

    [Fact]
    public void Worst_median_and_best_pair_are_of_different_runs()
    {
        var matrix = MatrixOf.Cells("training", MatrixOf.Agents("a", 3), (row, column) => (row == column ? 100 : ThreeRuns[(3 * row) + column], 0, 0));
        Assert.Equal(
            [("worst", "a/0 x a/1", 1.0), ("median", "a/1 x a/0", 3.0), ("best", "a/2 x a/1", 6.0)],
            RepresentativePairs.Of(matrix, "a").Select(pair => (pair.Rank, pair.Pair.ToString(), pair.Return)));
        Assert.Equal(["worst", "best"], RepresentativePairs.Of(MatrixOf.Cells("t", MatrixOf.Agents("a", 2), (row, _) => (row, 0, 0)), "a").Select(pair => pair.Rank));
        Assert.Empty(RepresentativePairs.Of(matrix, "b"));
        Assert.Equal([("worst", 3.0), ("best", 100.0)], RepresentativePairs.Of(matrix, pair => pair is { Row.Run: 1, Column.Run: < 2 }).Select(pair => (pair.Rank, pair.Return)));
    }
}
