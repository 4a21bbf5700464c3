using System.Globalization;
using Srpo.Core.Results;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Figures;

/// <summary>The figures of unknown teammates and unknown opponents (paper, Fig. 3).</summary>
public static class ShiftFigures
{
    /// <summary>Mean and interval of the four blocks, a group per shift and a bar per method.</summary>
    /// <param name="shift">The numbers.</param>
    /// <param name="styles">The look of the methods.</param>
    /// <param name="score">What an episode's return is.</param>
    public static IntervalBarsSpec Bars(ShiftSummary shift, MethodStyles styles, string score)
    {
        ArgumentNullException.ThrowIfNull(shift);
        ArgumentNullException.ThrowIfNull(styles);
        return new(
            "Mean return without a shift, with unknown teammates, with unknown opponents and with both, by method; the numbers are in the table below",
            $"{score} per episode",
            [
                Group("as trained", method => method.None), Group("unknown teammate", method => method.Teammate),
                Group("unknown opponents", method => method.Opponent), Group("both unknown", method => method.Both),
            ]);

        BarGroup Group(string name, Func<MethodShift, BlockSummary> block) => new(name, [.. shift.Methods
            .Select(method => (Look: styles[method.Method], Block: block(method)))
            .Select(method => new Bar(method.Look.Name, method.Look.Colour, IsPale: false, method.Block.Mean, method.Block.MeanInterval) { Marker = method.Look.Marker })
            .Where(bar => bar.Value is not null)]);
    }

    /// <summary>
    /// Opponents against runs: how each run does with itself, or the mean of how it does with the other runs of its method. The first row
    /// are the opponents of training.
    /// </summary>
    /// <param name="matrices">The matrices of one layout, one for each opponents.</param>
    /// <param name="names">What the populations are called.</param>
    /// <param name="scale">Colour scale of all heatmaps.</param>
    /// <param name="withOthers">Whether a run plays with the others instead of itself.</param>
    public static HeatmapSpec Opponents(IReadOnlyList<CrossPlayMatrix> matrices, PopulationNames names, Scale scale, bool withOthers)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        ArgumentNullException.ThrowIfNull(names);
        CrossPlayMatrix[] sorted = [.. matrices.OrderBy(matrix => matrix.UnseenOpponents)];
        var methods = sorted[0].Methods();
        AgentLabel[] runs = [.. sorted[0].Rows.OrderBy(run => methods.IndexOf(run.Method)).ThenBy(run => run.Run)];
        var values = from matrix in sorted from run in runs select withOthers ? WithOthers(matrix, run) : WithItself(matrix, run);
        return new(
            $"Returns by opponents and run, each run with {(withOthers ? "the other runs of its method" : "itself")}; the first row are the opponents of training",
            [.. sorted.Select(matrix => new HeatmapEntry(matrix.UnseenOpponents ? "unseen" : "trained", Short(matrix.Opponents ?? "")))],
            [.. runs.Select(run => new HeatmapEntry(names.Of(run.Method), run.Run.ToString(CultureInfo.InvariantCulture)))],
            [.. values],
            scale)
        { RowTitle = "opponents", ColumnTitle = "run" };
    }

    private static string Short(string opponents) => opponents[(opponents.LastIndexOf('/') + 1)..];

    private static double WithItself(CrossPlayMatrix matrix, AgentLabel run) =>
        matrix.Columns.IndexOf(run) is >= 0 and var column ? matrix[matrix.Rows.IndexOf(run), column].Return : double.NaN;

    /// <summary>Both as row and as column.</summary>
    private static double WithOthers(CrossPlayMatrix matrix, AgentLabel run)
    {
        var values = new List<double>();
        for (var row = 0; row < matrix.Rows.Length; row++)
        {
            for (var column = 0; column < matrix.Columns.Length; column++)
            {
                var (first, second) = (matrix.Rows[row], matrix.Columns[column]);
                if (first == second || first.Method != second.Method || (first != run && second != run)) continue;
                if (matrix[row, column].IsPlayed) values.Add(matrix[row, column].Return);
            }
        }

        return values.Count == 0 ? double.NaN : Descriptive.Mean([.. values]);
    }
}
