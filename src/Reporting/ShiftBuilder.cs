using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting;

/// <summary>Computes what changes with unknown teammates and unknown opponents. Formulas: docs/report.md.</summary>
internal static class ShiftBuilder
{
    /// <summary>One summary per layout with matrices against the opponents of training and against others.</summary>
    public static ImmutableArray<ShiftSummary> Build(RunResults results, ImmutableArray<string> strata, BootstrapOptions bootstrap) =>
    [
        .. from layout in results.Matrices.Where(matrix => matrix.Opponents is not null).GroupBy(matrix => matrix.BaseLayout)
           let training = layout.FirstOrDefault(matrix => !matrix.UnseenOpponents)
           let unseen = layout.Where(matrix => matrix.UnseenOpponents).ToArray()
           where training is not null && unseen.Length > 0
           select new ShiftSummary(
               layout.Key, training.Opponents!, [.. unseen.Select(matrix => matrix.Opponents!)],
               [.. training.Methods().Select(method => Method(training, unseen, method, results.Info.Names.Baseline, strata, bootstrap))]),
    ];

    private static MethodShift Method(CrossPlayMatrix training, CrossPlayMatrix[] unseen, string method, string? baseline, ImmutableArray<string> strata, BootstrapOptions bootstrap)
    {
        var stratum = strata.IndexOf(method);
        return new(
            method,
            SelfPlay([training], method, stratum, bootstrap), CrossPlay([training], method, stratum, bootstrap),
            SelfPlay(unseen, method, stratum, bootstrap), CrossPlay(unseen, method, stratum, bootstrap),
            Cost(training, method, baseline, strata, bootstrap));
    }

    private static BlockSummary SelfPlay(CrossPlayMatrix[] matrices, string method, int stratum, BootstrapOptions bootstrap)
    {
        CrossPlayBlock[] blocks = [.. matrices.Select(matrix => CrossPlayBlock.Within(matrix, method))];
        var values = Average([.. blocks.Select(block => block.Diagonal().Select(cell => cell.Return).ToArray())]);
        return Summarise([.. blocks.SelectMany(block => block.Diagonal())], RunBootstrap.SelfPlay(values, bootstrap, stratum));
    }

    private static BlockSummary CrossPlay(CrossPlayMatrix[] matrices, string method, int stratum, BootstrapOptions bootstrap)
    {
        CrossPlayBlock[] blocks = [.. matrices.Select(matrix => CrossPlayBlock.Within(matrix, method))];
        var values = Average([.. blocks.Select(block => block.Returns)]);
        return Summarise([.. blocks.SelectMany(block => block.OffDiagonal())], RunBootstrap.CrossPlay(values, blocks[0].Rows, bootstrap, stratum));
    }

    /// <summary>The interval of the interquartile mean would be that of the averages, not of the pooled cells: left out.</summary>
    private static BlockSummary Summarise(CrossPlayCell[] cells, BootstrapIntervals? intervals) => SummaryBuilder.Summarise(cells, intervals) with { Interval = null };

    private static SelfPlayCost? Cost(CrossPlayMatrix training, string method, string? baseline, ImmutableArray<string> strata, BootstrapOptions bootstrap)
    {
        if (baseline is null || method == baseline || !training.Methods().Contains(baseline)) return null;
        double[] risky = Played(training, baseline), averse = Played(training, method);
        if (risky.Length == 0 || averse.Length == 0) return null;
        return new(
            baseline, Descriptive.Mean(risky) - Descriptive.Mean(averse),
            RunBootstrap.SelfPlayDifference(risky, averse, bootstrap, strata.IndexOf(baseline), strata.IndexOf(method)));
    }

    private static double[] Played(CrossPlayMatrix matrix, string method) =>
        [.. CrossPlayBlock.Within(matrix, method).Diagonal().Where(cell => cell.IsPlayed).Select(cell => cell.Return)];

    /// <summary>The mean of each cell over the opponents; NaN where none was played.</summary>
    private static double[] Average(double[][] blocks)
    {
        var means = new double[blocks[0].Length];
        for (var cell = 0; cell < means.Length; cell++)
        {
            double[] values = [.. blocks.Select(block => block[cell]).Where(double.IsFinite)];
            means[cell] = values.Length == 0 ? double.NaN : Descriptive.Mean(values);
        }

        return means;
    }
}
