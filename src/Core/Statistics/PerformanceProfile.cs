namespace Srpo.Core.Statistics;

/// <summary>
/// Performance profiles (Dolan and Moré 2002; for reinforcement learning Agarwal et al. 2021, section 4.2): the share of pairs whose return is above a threshold, for every
/// threshold. Where the profile of one method lies above another's, it does better whichever quantile one cares for; the worst pair is where a profile leaves 1.
/// Bands are pointwise percentile intervals of the bootstrap over runs, with the resamples of <see cref="RunBootstrap"/>.
/// </summary>
public static class PerformanceProfile
{
    /// <summary>Cross-play within a method: cell (i, j), i != j; in a resample in which run i was drawn w[i] times it has weight w[i] w[j].</summary>
    /// <param name="block">runs x runs returns, row-major; cells that are not finite are left out.</param>
    /// <param name="runs">Number of runs.</param>
    /// <param name="thresholds">The thresholds, ascending.</param>
    /// <param name="options">Seed, number of resamples, level.</param>
    /// <param name="stratum">Number of the method.</param>
    /// <returns>A point a threshold; none without cells. Without three runs there are no intervals.</returns>
    public static ProfilePoint[] CrossPlay(ReadOnlySpan<double> block, int runs, IReadOnlyList<double> thresholds, BootstrapOptions options, int stratum)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        ArgumentNullException.ThrowIfNull(options);
        if (block.Length != runs * runs) throw new ArgumentException($"Expected {runs} x {runs} values, found {block.Length}.", nameof(block));
        var cells = Cells(block, runs);
        if (cells.Length == 0) return [];
        var shares = new double[thresholds.Count];
        int[] once = [.. Enumerable.Repeat(1, runs)];
        Weigh(cells, once, thresholds, shares);
        var intervals = runs < 3 ? null : Resample(cells, runs, thresholds, options, stratum);
        return [.. thresholds.Select((threshold, index) => new ProfilePoint(threshold, shares[index], intervals?[index]))];
    }

    private static Interval[] Resample(Cell[] cells, int runs, IReadOnlyList<double> thresholds, BootstrapOptions options, int stratum)
    {
        var counts = new RunCounts(runs, stratum);
        var drawn = new double[thresholds.Count][];
        for (var index = 0; index < drawn.Length; index++) drawn[index] = new double[options.Resamples];
        var shares = new double[thresholds.Count];
        for (var resample = 0; resample < options.Resamples; resample++)
        {
            counts.Start(options.Seed, resample);
            do counts.Draw();
            while (!Weigh(cells, counts.Counts, thresholds, shares));
            for (var index = 0; index < shares.Length; index++) drawn[index][resample] = shares[index];
        }

        return [.. drawn.Select(values => Percentiles.Of(values, options.Level))];
    }

    /// <summary>The share of weight above every threshold; false where no cell has any.</summary>
    private static bool Weigh(Cell[] cells, int[] counts, IReadOnlyList<double> thresholds, double[] shares)
    {
        var above = 0L;
        var next = cells.Length - 1;
        for (var index = thresholds.Count - 1; index >= 0; index--)
        {
            for (; next >= 0 && cells[next].Value > thresholds[index]; next--) above += (long)counts[cells[next].Row] * counts[cells[next].Column];
            shares[index] = above;
        }

        var total = above;
        for (; next >= 0; next--) total += (long)counts[cells[next].Row] * counts[cells[next].Column];
        if (total == 0) return false;
        for (var index = 0; index < shares.Length; index++) shares[index] /= total;
        return true;
    }

    /// <summary>The cells off the diagonal, least value first.</summary>
    private static Cell[] Cells(ReadOnlySpan<double> block, int runs)
    {
        var cells = new List<Cell>();
        for (var i = 0; i < block.Length; i++)
        {
            if (i / runs != i % runs && double.IsFinite(block[i])) cells.Add(new Cell(block[i], i / runs, i % runs));
        }

        return [.. cells.OrderBy(cell => cell.Value)];
    }

    private readonly record struct Cell(double Value, int Row, int Column);
}

/// <summary>A point of a performance profile.</summary>
/// <param name="Threshold">The return.</param>
/// <param name="Share">Share of pairs above it, 0 to 1.</param>
/// <param name="Interval">Bootstrap interval of the share; null with fewer than three runs.</param>
public readonly record struct ProfilePoint(double Threshold, double Share, Interval? Interval);
