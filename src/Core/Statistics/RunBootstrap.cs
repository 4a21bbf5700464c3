using Srpo.Core.Random;

namespace Srpo.Core.Statistics;

/// <summary>
/// Stratified bootstrap over training runs (Agarwal et al., "Deep reinforcement learning at the edge of the statistical
/// precipice", 2021), with percentile intervals. The unit of resampling is the run, never the cell: cells that share a run
/// are not independent. Each method is a stratum; from its n runs, n are drawn with replacement, and a run drawn w times
/// counts w times wherever it plays. Resample b of stratum s is read from lane b of the stream (seed, team s, round 0,
/// Bootstrap), so that all layouts see the same resamples. Cells that are not finite are left out; a resample in which no
/// cell is left is drawn again.
/// </summary>
public static class RunBootstrap
{
    /// <summary>Self-play: one value a run; value i has weight w[i].</summary>
    /// <param name="values">One value a run.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <param name="stratum">Number of the method.</param>
    /// <returns>The intervals, or null with fewer than two runs.</returns>
    public static BootstrapIntervals? SelfPlay(ReadOnlySpan<double> values, BootstrapOptions options, int stratum)
    {
        if (values.Length < 2) return null;
        var cells = new SortedCells(values, values.Length, 1, skipDiagonal: false);
        return Resample(cells, new RunCounts(values.Length, stratum), RunCounts.One, options);
    }

    /// <summary>
    /// Cross-play within a method: the same drawn runs are rows and columns; cell (i, j), i != j, has weight w[i] w[j]. Pairs
    /// of a run with itself are left out, also where a run was drawn twice.
    /// </summary>
    /// <param name="block">runs x runs values, row-major.</param>
    /// <param name="runs">Number of runs.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <param name="stratum">Number of the method.</param>
    /// <returns>The intervals, or null with fewer than three runs (two allow only one resample).</returns>
    public static BootstrapIntervals? CrossPlay(ReadOnlySpan<double> block, int runs, BootstrapOptions options, int stratum)
    {
        CheckSize(block, runs, runs);
        if (runs < 3) return null;
        var counts = new RunCounts(runs, stratum);
        return Resample(new SortedCells(block, runs, runs, skipDiagonal: true), counts, counts, options);
    }

    /// <summary>Between two methods: rows and columns are drawn independently; cell (i, j) has weight w[i] v[j].</summary>
    /// <param name="block">rows x columns values, row-major.</param>
    /// <param name="rows">Runs of the method in seat 0.</param>
    /// <param name="columns">Runs of the method in seat 1.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <param name="rowStratum">Number of the method in seat 0.</param>
    /// <param name="columnStratum">Number of the method in seat 1; a different one.</param>
    /// <returns>The intervals, or null when a side has fewer than two runs.</returns>
    public static BootstrapIntervals? Between(
        ReadOnlySpan<double> block, int rows, int columns, BootstrapOptions options, int rowStratum, int columnStratum)
    {
        CheckSize(block, rows, columns);
        ArgumentOutOfRangeException.ThrowIfEqual(columnStratum, rowStratum);
        if (rows < 2 || columns < 2) return null;
        var cells = new SortedCells(block, rows, columns, skipDiagonal: false);
        return Resample(cells, new RunCounts(rows, rowStratum), new RunCounts(columns, columnStratum), options);
    }

    /// <summary>Difference of two methods' means in self-play, the runs of each drawn independently.</summary>
    /// <param name="first">One value a run.</param>
    /// <param name="second">One value a run, of the method that is taken off.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <param name="firstStratum">Number of the first method.</param>
    /// <param name="secondStratum">Number of the second; a different one.</param>
    /// <returns>The interval of mean(first) - mean(second), or null with fewer than two finite values of either.</returns>
    public static Interval? SelfPlayDifference(
        ReadOnlySpan<double> first, ReadOnlySpan<double> second, BootstrapOptions options, int firstStratum, int secondStratum)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfEqual(secondStratum, firstStratum);
        if (Finite(first) < 2 || Finite(second) < 2) return null;
        var (counts0, counts1) = (new RunCounts(first.Length, firstStratum), new RunCounts(second.Length, secondStratum));
        var differences = new double[options.Resamples];
        for (var resample = 0; resample < differences.Length; resample++)
        {
            counts0.Start(options.Seed, resample);
            counts1.Start(options.Seed, resample);
            differences[resample] = DrawnMean(first, counts0) - DrawnMean(second, counts1);
        }

        return Percentiles.Of(differences, options.Level);
    }

    /// <summary>Difference of two methods' means in cross-play, the runs of each drawn independently; cells weigh as in <see cref="CrossPlay"/>.</summary>
    /// <param name="first">firstRuns x firstRuns values, row-major.</param>
    /// <param name="firstRuns">Runs of the first method.</param>
    /// <param name="second">secondRuns x secondRuns values, of the method that is taken off.</param>
    /// <param name="secondRuns">Runs of the second method.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <param name="firstStratum">Number of the first method.</param>
    /// <param name="secondStratum">Number of the second; a different one.</param>
    /// <returns>The interval of mean(first) - mean(second), or null with fewer than three runs of either, or nothing played.</returns>
    public static Interval? CrossPlayDifference(
        ReadOnlySpan<double> first, int firstRuns, ReadOnlySpan<double> second, int secondRuns, BootstrapOptions options, int firstStratum, int secondStratum)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckSize(first, firstRuns, firstRuns);
        CheckSize(second, secondRuns, secondRuns);
        ArgumentOutOfRangeException.ThrowIfEqual(secondStratum, firstStratum);
        if (firstRuns < 3 || secondRuns < 3) return null;
        var (cells0, cells1) = (new SortedCells(first, firstRuns, firstRuns, skipDiagonal: true), new SortedCells(second, secondRuns, secondRuns, skipDiagonal: true));
        if (cells0.Count == 0 || cells1.Count == 0) return null;
        var (counts0, counts1) = (new RunCounts(firstRuns, firstStratum), new RunCounts(secondRuns, secondStratum));
        var differences = new double[options.Resamples];
        for (var resample = 0; resample < differences.Length; resample++)
        {
            counts0.Start(options.Seed, resample);
            counts1.Start(options.Seed, resample);
            differences[resample] = DrawnMean(cells0, counts0) - DrawnMean(cells1, counts1);
        }

        return Percentiles.Of(differences, options.Level);
    }

    private static double DrawnMean(SortedCells cells, RunCounts counts)
    {
        long total;
        do
        {
            counts.Draw();
            total = cells.Weigh(counts.Counts, counts.Counts);
        }
        while (total == 0);
        return cells.TrimmedMean(total, 0);
    }

    private static int Finite(ReadOnlySpan<double> values)
    {
        var count = 0;
        foreach (var value in values) count += double.IsFinite(value) ? 1 : 0;
        return count;
    }

    private static double DrawnMean(ReadOnlySpan<double> values, RunCounts counts)
    {
        while (true)
        {
            counts.Draw();
            var (sum, total) = (0.0, 0);
            for (var run = 0; run < values.Length; run++)
            {
                if (!double.IsFinite(values[run])) continue;
                sum += counts.Counts[run] * values[run];
                total += counts.Counts[run];
            }

            if (total > 0) return sum / total;
        }
    }

    private static BootstrapIntervals? Resample(SortedCells cells, RunCounts rows, RunCounts columns, BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Resamples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Resamples, StreamId.MaxLanes);
        if (!(options.Level is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.Level, "The level must lie between 0 and 1.");
        if (cells.Count == 0) return null;

        var means = new double[options.Resamples];
        var interquartileMeans = new double[options.Resamples];
        for (var resample = 0; resample < means.Length; resample++)
        {
            rows.Start(options.Seed, resample);
            if (!ReferenceEquals(rows, columns)) columns.Start(options.Seed, resample);
            long total;
            do
            {
                rows.Draw();
                if (!ReferenceEquals(rows, columns)) columns.Draw();
                total = cells.Weigh(rows.Counts, columns.Counts);
            }
            while (total == 0);

            means[resample] = cells.TrimmedMean(total, 0);
            interquartileMeans[resample] = cells.TrimmedMean(total, total / 4);
        }

        return new(Percentiles.Of(means, options.Level), Percentiles.Of(interquartileMeans, options.Level));
    }

    private static void CheckSize(ReadOnlySpan<double> block, int rows, int columns)
    {
        if (block.Length != rows * columns)
            throw new ArgumentException($"Expected {rows} x {columns} values, found {block.Length}.", nameof(block));
    }
}
