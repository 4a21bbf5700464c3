using System.Text.Json;
using Srpo.Core.Results;

namespace Srpo.Reporting.Tests;

public class SummaryBuilderTests
{
    /// <summary>3 x 3, returns 0..8 row by row; the costs differ by the row's number.</summary>
    private static readonly CrossPlayMatrix Numbers0To8 = MatrixOf.Cells(
        "training", MatrixOf.Agents("ippo", 3), (row, column) => (3 * row + column, 10, 10 + (column == 1 ? -row : row)));

    [Fact]
    public void Diagonal_is_self_play_and_the_rest_cross_play()
    {
        var method = SummaryBuilder.Build(MatrixOf.Results(Numbers0To8)).Layout("training")!.Method("ippo")!;
        Assert.Equal(3, method.SelfPlay.Cells);
        Assert.Equal(4, method.SelfPlay.Mean);
        Assert.Equal(Math.Sqrt(32.0 / 3), method.SelfPlay.Std!.Value, 12);
        Assert.Equal(0, method.SelfPlay.Min);
        Assert.Equal(6, method.CrossPlay.Cells);
        Assert.Equal((1 + 2 + 3 + 5 + 6 + 7) / 6.0, method.CrossPlay.Mean!.Value, 12);
        Assert.Equal(1, method.CrossPlay.Min);
        Assert.Equal((2 + 3 + 5 + 6) / 4.0, method.CrossPlay.InterquartileMean!.Value, 12);
        Assert.NotNull(method.CrossPlay.Interval);
    }

    [Fact]
    public void The_gap_is_a_number_and_the_worst_pair_has_a_name()
    {
        // 0 to 8 row by row: the diagonal has mean 4, and so have the others; the least of those is [0, 1].
        var summary = SummaryBuilder.Build(MatrixOf.Results(Numbers0To8));
        var method = summary.Layouts[0].Methods[0];
        Assert.Equal(method.SelfPlay.Mean!.Value - method.CrossPlay.Mean!.Value, method.Gap!.Value, 12);
        Assert.Equal((0, 1), (method.CrossPlay.Worst!.Value.Row.Run, method.CrossPlay.Worst!.Value.Column.Run));
        Assert.Null(method.SelfPlay.Worst);
        using var json = JsonDocument.Parse(Files.SummaryJson.Write(summary));
        var written = json.RootElement.GetProperty("layouts").EnumerateObject().First().Value.EnumerateObject().First().Value;
        Assert.Equal(method.Gap!.Value, written.GetProperty("gap").GetDouble(), 12);
        Assert.Equal([method.CrossPlay.Worst!.Value.Row.ToString(), method.CrossPlay.Worst!.Value.Column.ToString()], written.GetProperty("crossPlay").GetProperty("worstPair").EnumerateArray().Select(one => one.GetString()));
        Assert.Contains(SummaryTables.Methods(summary).Rows[0], cell => cell == method.CrossPlay.Worst!.Value.ToString());
        // No gap of 0 is made a sentence of.
        Assert.DoesNotContain(Verdict.Sentences(summary), sentence => sentence.StartsWith("The gap", StringComparison.Ordinal));
        Assert.Contains(Verdict.Sentences(summary), sentence => sentence.Contains($"({method.CrossPlay.Worst!.Value}, of 6 pairs)", StringComparison.Ordinal));

        AgentLabel[] agents = [.. MatrixOf.Agents("a", 2), .. MatrixOf.Agents("b", 2)];
        var between = SummaryBuilder.Build(MatrixOf.Results(MatrixOf.Cells("training", agents, (row, column) => (row == 1 && column == 2 ? -5 : 1, 0, 0)))).Layouts[0].Between;
        Assert.Equal("a/1 x b/0", between[0].Block.Worst!.Value.ToString());
        var alone = SummaryBuilder.Build(SyntheticRun.Create(1)).Layouts[0].Methods[0];
        Assert.Equal((null, null), (alone.Gap, alone.CrossPlay.Worst));
    }

    [Fact]
    public void Free_riding_is_the_mean_of_absolute_differences_not_the_difference_of_means()
    {
        var method = SummaryBuilder.Build(MatrixOf.Results(Numbers0To8)).Layouts[0].Methods[0];
        Assert.Equal(1, method.FreeRiding!.Value, 12);
        Assert.Equal(10, method.PrivateCost!.Value.Seat0, 12);
        Assert.Equal((10 + 9 + 12) / 3.0, method.PrivateCost!.Value.Seat1, 12);
        Assert.Equal((0 + 0 + 1 + 1 + 2 + 2) / 6.0, method.CrossPlay.FreeRiding!.Value, 12);
    }

    [Fact]
    public void Blocks_between_methods_keep_the_seats_apart()
    {
        AgentLabel[] agents = [.. MatrixOf.Agents("a", 2), .. MatrixOf.Agents("b", 2)];
        var matrix = MatrixOf.Cells("training", agents, (row, column) => (row < 2 && column >= 2 ? 8 : row >= 2 && column < 2 ? 4 : 0, 0, 0));
        var between = SummaryBuilder.Build(MatrixOf.Results(matrix)).Layouts[0].Between;
        Assert.Equal(["a x b", "b x a"], between.Select(pair => pair.Name));
        Assert.Equal(8, between[0].Block.Mean);
        Assert.Equal(4, between[1].Block.Mean);
    }

    [Fact]
    public void Mixed_order_of_labels_changes_nothing()
    {
        AgentLabel[] agents = [new("b", 1), new("a", 0), new("b", 0), new("a", 1)];
        var matrix = MatrixOf.Cells("training", agents, (row, column) => (agents[row].Method == agents[column].Method ? row == column ? 5 : 3 : 1, 0, 0));
        var layout = SummaryBuilder.Build(MatrixOf.Results(matrix)).Layouts[0];
        Assert.All(layout.Methods, method => Assert.Equal((5.0, 3.0), (method.SelfPlay.Mean, method.CrossPlay.Mean)));
        Assert.All(layout.Between, pair => Assert.Equal(1, pair.Block.Mean));
    }

    [Fact]
    public void One_run_has_self_play_but_no_cross_play()
    {
        var method = SummaryBuilder.Build(SyntheticRun.Create(1)).Layouts[0].Methods[0];
        Assert.NotNull(method.SelfPlay.Mean);
        Assert.Null(method.SelfPlay.Interval);
        Assert.Equal(BlockSummary.Empty, method.CrossPlay);
    }

    [Fact]
    public void Pairs_that_were_not_played_do_not_count()
    {
        var builder = new CrossPlayMatrixBuilder("training", MatrixOf.Agents("ippo", 3));
        builder[0, 1] = new(5, 0, default, default, 10);
        var method = SummaryBuilder.Build(MatrixOf.Results(builder.Build())).Layouts[0].Methods[0];
        Assert.Equal(0, method.SelfPlay.Cells);
        Assert.Null(method.PrivateCost);
        Assert.Equal(1, method.CrossPlay.Cells);
        Assert.Equal(5, method.CrossPlay.Mean);
    }

    [Fact]
    public void Learning_takes_the_last_point_of_each_run()
    {
        LearningPoint Point(long steps, double value) => new(2 * steps, steps, value, default);
        var results = MatrixOf.Results() with
        {
            Curves = [new("ippo", 0, [Point(0, 100), Point(10, 2)]), new("ippo", 1, [Point(10, 4)]), new("ippo", 2, [])],
        };
        var learning = Assert.Single(SummaryBuilder.Build(results).Learning);
        Assert.Equal(("ippo", 2, 20L, 10L, 3.0, 1.0), (learning.Method, learning.Runs, learning.EnvSteps, learning.AgentSteps, learning.FinalReturn, learning.FinalStd));
        Assert.Equal((100.0, 10L), (learning.FirstReturn, learning.PolicySteps));
    }

    [Fact]
    public void Methods_are_compared_where_all_runs_have_come_equally_far()
    {
        // A policy of the second method learns from half of the steps of its environments. Points of the last tenth are averaged.
        LearningPoint Point(long steps, long policy, double value) => new(steps, steps, value, default) { PolicySteps = policy };
        var results = MatrixOf.Results() with
        {
            Curves =
            [
                new("ippo", 0, [Point(0, 0, 0), Point(95, 95, 4), Point(100, 100, 6), Point(200, 200, 9)]), new("ippo", 1, [Point(0, 0, 0), Point(100, 100, 7), Point(200, 200, 11)]),
                new("srpo", 0, [Point(0, 0, 0), Point(100, 50, 1), Point(150, 75, 2), Point(200, 100, 3)]),
            ],
        };
        var summary = SummaryBuilder.Build(results);
        Assert.Equal([(200L, 10.0), (200L, 3.0)], summary.Learning.Select(method => (method.AtEqualEnvSteps!.Steps, method.AtEqualEnvSteps.Mean)));
        Assert.Equal([(100L, 6.0), (100L, 3.0)], summary.Learning.Select(method => (method.AtEqualPolicySteps!.Steps, method.AtEqualPolicySteps.Mean)));
        Assert.Equal((5, 7), (summary.Learning[0].AtEqualPolicySteps!.Interval!.Value.Low, summary.Learning[0].AtEqualPolicySteps!.Interval!.Value.High));
        Assert.Null(summary.Learning[1].AtEqualPolicySteps!.Interval);
        var table = SummaryTables.AtEqualSteps(summary);
        Assert.Equal(["Return after 200 environment steps", "Return after 100 steps of a policy"], table.Columns.Select(column => column.Header).Where(header => header.StartsWith("Return", StringComparison.Ordinal)));
        Assert.Equal(2, table.Rows.Length);
        Assert.Empty(SummaryTables.AtEqualSteps(SummaryBuilder.Build(results with { Curves = [results.Curves[0], results.Curves[1] with { Method = "srpo" }] })).Rows);
    }

    [Fact]
    public void One_run_that_ended_early_does_not_pull_the_others_back()
    {
        LearningPoint Point(long steps, double value) => new(steps, steps, value, default);
        var results = MatrixOf.Results() with
        {
            Curves =
            [
                new("ippo", 0, [Point(0, 0), Point(100, 6)]), new("ippo", 1, [Point(0, 0), Point(100, 8)]), new("ippo", 2, [Point(0, 0), Point(3, 99)]),
                new("srpo", 0, [Point(0, 0), Point(100, 3), Point(200, 4)]), new("srpo", 1, [Point(0, 0), Point(60, 5), Point(200, 4)]),
            ],
        };
        var learning = SummaryBuilder.Build(results).Learning;
        Assert.Equal([(100L, 2, 7.0), (100L, 2, 4.0)], learning.Select(method => (method.AtEqualEnvSteps!.Steps, method.AtEqualEnvSteps.Runs, method.AtEqualEnvSteps.Mean)));
    }

    [Fact]
    public void Two_matrices_of_one_layout_are_refused() =>
        Assert.Throws<ArgumentException>(() => SummaryBuilder.Build(MatrixOf.Results(Numbers0To8, Numbers0To8)));

    [Fact]
    public void Speed_needs_a_training_time()
    {
        var results = MatrixOf.Results(Numbers0To8);
        Assert.Equal(results.Info.EnvSteps / 247.3, SummaryBuilder.Build(results).EnvStepsPerSecond);
        Assert.Null(SummaryBuilder.Build(results with { Info = results.Info with { TrainingSeconds = 0 } }).EnvStepsPerSecond);
    }
}
