using System.Diagnostics;
using Srpo.Core.Random;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Tests;

public class RunBootstrapTests
{
    private static readonly BootstrapOptions Options = new(Seed: 5, Resamples: 500);

    [Fact]
    public void Equal_seeds_give_equal_bits_and_others_do_not()
    {
        var block = Block(8, (row, column, random) => random);
        var first = RunBootstrap.CrossPlay(block, 8, Options, 0);
        Assert.Equal(first, RunBootstrap.CrossPlay(block, 8, Options, 0));
        Assert.NotEqual(first, RunBootstrap.CrossPlay(block, 8, Options with { Seed = 6 }, 0));
        Assert.NotEqual(first, RunBootstrap.CrossPlay(block, 8, Options, 1));
    }

    /// <summary>
    /// A block that depends on the row's run only. Were the n (n - 1) cells resampled as if independent, the interval would be
    /// about sqrt(n) times narrower than that of n runs.
    /// </summary>
    [Fact]
    public void The_unit_of_resampling_is_the_run()
    {
        const int runs = 25;
        var effects = Normals(runs, 1);
        var block = Block(runs, (row, column, random) => effects[row]);
        var byRuns = RunBootstrap.CrossPlay(block, runs, Options, 0)!.Value.Mean;
        double[] cells = [.. block.Where((_, index) => index / runs != index % runs)];
        var byCells = RunBootstrap.SelfPlay(cells, Options, 0)!.Value.Mean;
        var ratio = (byRuns.High - byRuns.Low) / (byCells.High - byCells.Low);
        Assert.InRange(ratio, 3.5, 7);
    }

    [Fact]
    public void The_diagonal_does_not_count_even_where_a_run_was_drawn_twice()
    {
        var block = Block(6, (row, column, random) => row == column ? 1e9 : 7);
        var intervals = RunBootstrap.CrossPlay(block, 6, Options, 0)!.Value;
        Assert.Equal(new Interval(7, 7), intervals.Mean);
        Assert.Equal(new Interval(7, 7), intervals.InterquartileMean);
    }

    [Fact]
    public void The_difference_of_two_methods_is_that_of_their_resampled_means()
    {
        const int runs = 5;
        double[] first = Block(runs, (row, column, random) => random), second = Block(4, (row, column, random) => 3 + random);
        var options = new BootstrapOptions(Seed: 11, Resamples: 1);
        var difference = RunBootstrap.CrossPlayDifference(first, runs, second, 4, options, 3, 4)!.Value;
        Assert.Equal(RunBootstrap.CrossPlay(first, runs, options, 3)!.Value.Mean.Low - RunBootstrap.CrossPlay(second, 4, options, 4)!.Value.Mean.Low, difference.Low, 12);
        Assert.Equal(difference.Low, difference.High);
        Assert.Null(RunBootstrap.CrossPlayDifference(first, runs, [1, 2, 3, 4], 2, options, 3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunBootstrap.CrossPlayDifference(first, runs, second, 4, options, 3, 3));

        // Two intervals that overlap may have a difference without 0: what counts is the difference.
        double[] low = Block(30, (row, column, random) => random + (2 * (row % 2))), high = Block(30, (row, column, random) => 0.7 + random + (2 * (row % 2)));
        Assert.True(RunBootstrap.CrossPlay(low, 30, Options, 0)!.Value.Mean.Overlaps(RunBootstrap.CrossPlay(high, 30, Options, 1)!.Value.Mean));
        Assert.False(RunBootstrap.CrossPlayDifference(high, 30, low, 30, Options, 1, 0)!.Value.Contains(0));
    }

    [Fact]
    public void Weighted_passes_equal_the_resampled_list_spelt_out()
    {
        const int runs = 5;
        var block = Block(runs, (row, column, random) => random);
        var options = new BootstrapOptions(Seed: 11, Resamples: 1);
        var stream = new StreamId(11, 3, 0, StreamPurpose.Bootstrap).Lane(0);
        int[] drawn = [.. Enumerable.Range(0, runs).Select(_ => stream.NextInt32(runs))];
        double[] list = [.. from row in drawn from column in drawn where row != column select block[row * runs + column]];
        Assert.NotEmpty(list);
        var intervals = RunBootstrap.CrossPlay(block, runs, options, 3)!.Value;
        Assert.Equal(Descriptive.Mean(list), intervals.Mean.Low, 12);
        Assert.Equal(Descriptive.InterquartileMean(list), intervals.InterquartileMean.Low, 12);
    }

    [Fact]
    public void Intervals_of_normal_runs_cover_the_mean_about_as_often_as_they_say()
    {
        const int trials = 400;
        var covered = 0;
        for (var trial = 0; trial < trials; trial++)
        {
            var values = Normals(30, (uint)trial);
            if (RunBootstrap.SelfPlay(values, new BootstrapOptions((ulong)trial, 300), 0)!.Value.Mean.Contains(0)) covered++;
        }

        // Percentile intervals of 30 values cover a little less than 95 %.
        Assert.InRange((double)covered / trials, 0.90, 0.97);
    }

    [Fact]
    public void Intervals_between_methods_cover_the_mean_of_two_way_effects()
    {
        const int trials = 200;
        var covered = 0;
        for (var trial = 0; trial < trials; trial++)
        {
            var (rows, columns) = (Normals(20, 2 * (uint)trial), Normals(20, 2 * (uint)trial + 1));
            var block = Block(20, (row, column, random) => rows[row] + columns[column]);
            if (RunBootstrap.Between(block, 20, 20, new((ulong)trial, 300), 0, 1)!.Value.Mean.Contains(0)) covered++;
        }

        Assert.InRange((double)covered / trials, 0.88, 0.98);
    }

    [Fact]
    public void Too_few_runs_have_no_interval()
    {
        Assert.Null(RunBootstrap.SelfPlay([1], Options, 0));
        Assert.Null(RunBootstrap.CrossPlay([1], 1, Options, 0));
        Assert.Null(RunBootstrap.CrossPlay([1, 2, 3, 4], 2, Options, 0));
        Assert.Null(RunBootstrap.Between([1, 2], 1, 2, Options, 0, 1));
        Assert.Null(RunBootstrap.SelfPlay([double.NaN, double.NaN], Options, 0));
    }

    [Fact]
    public void Cells_that_were_not_played_are_left_out()
    {
        var block = Block(4, (row, column, random) => row == 0 || column == 0 ? double.NaN : 3);
        Assert.Equal(new Interval(3, 3), RunBootstrap.CrossPlay(block, 4, Options, 0)!.Value.Mean);
    }

    [Fact]
    public void Nonsense_options_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RunBootstrap.SelfPlay([1, 2], new(0, 0), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunBootstrap.SelfPlay([1, 2], new(0, 10, 1), 0));
        Assert.Throws<ArgumentException>(() => RunBootstrap.CrossPlay([1, 2, 3], 2, Options, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunBootstrap.Between([1, 2, 3, 4], 2, 2, Options, 1, 1));
    }

    [Fact]
    public void A_block_of_30_runs_takes_well_under_a_second()
    {
        var block = Block(30, (row, column, random) => random);
        _ = RunBootstrap.CrossPlay(block, 30, Options, 0);

        // Where the machine is busy any one may take longer: the quickest of a few counts.
        var quickest = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 10 && quickest >= TimeSpan.FromSeconds(1); attempt++)
        {
            var watch = Stopwatch.StartNew();
            _ = RunBootstrap.CrossPlay(block, 30, BootstrapOptions.Default, 0);
            if (watch.Elapsed < quickest) quickest = watch.Elapsed;
        }

        Assert.True(quickest < TimeSpan.FromSeconds(1), $"It took {quickest}.");
    }

    private static double[] Block(int runs, Func<int, int, double, double> cell)
    {
        var random = new StreamId(3, 0, 0, StreamPurpose.Tooling).Lane(0);
        return [.. Enumerable.Range(0, runs * runs).Select(index => cell(index / runs, index % runs, random.NextNormal()))];
    }

    private static double[] Normals(int count, uint team)
    {
        var random = new StreamId(17, team, 0, StreamPurpose.Tooling).Lane(0);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
    }
}
