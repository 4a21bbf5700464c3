using System.Collections.Immutable;
using System.Globalization;
using Srpo.Core.Results;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>The figures of cross-play results.</summary>
public static class CrossPlayFigures
{
    /// <summary>One scale for all layouts: from the smallest to the largest return and zero, ends rounded outwards.</summary>
    public static Scale CommonScale(IEnumerable<CrossPlayMatrix> matrices)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        var (low, high) = (0.0, 0.0);
        foreach (var value in matrices.SelectMany(matrix => matrix.Returns).Where(double.IsFinite))
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return low < high ? LinearScale.Nice(low, high, 0, 1, 12) : new LinearScale(0, 1, 0, 1);
    }

    /// <summary>The cross-play matrix of a layout, sorted into one block per method; where seats are ordered, rows are seat 0 and columns seat 1.</summary>
    public static HeatmapSpec Matrix(CrossPlayMatrix matrix, PopulationNames names, Scale scale)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(names);
        var methods = matrix.Methods();
        var rows = Sorted(matrix.Rows, methods);
        var columns = Sorted(matrix.Columns, methods);
        var values = from row in rows from column in columns select matrix.Returns[row * matrix.Columns.Length + column];
        var all = string.Join(", ", methods.Select(names.Of));
        return new(
            $"Cross-play matrix, {DisplayNames.Layout(matrix.Layout)}: {rows.Length} by {columns.Length} runs of {all}; the numbers are in the tables",
            [.. rows.Select(row => Entry(names, matrix.Rows[row]))],
            [.. columns.Select(column => Entry(names, matrix.Columns[column]))],
            [.. values],
            scale)
        { RowTitle = matrix.IsOrdered ? "seat 0" : "a run", ColumnTitle = matrix.IsOrdered ? "seat 1" : "with" };
    }

    /// <summary>A method's own block of a matrix by itself: its runs with each other.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="method">The method.</param>
    /// <param name="names">What populations are called.</param>
    /// <param name="scale">Colour scale.</param>
    public static HeatmapSpec Own(CrossPlayMatrix matrix, string method, PopulationNames names, Scale scale)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(names);
        var block = CrossPlayBlock.Within(matrix, method);
        HeatmapEntry[] runs = [.. matrix.Rows.Where(label => label.Method == method && matrix.Columns.Contains(label)).Select(label => Entry(names, label))];
        return new(
            $"Cross-play of the runs of {names.Of(method)} with each other, {DisplayNames.Layout(matrix.Layout)}", [.. runs], [.. runs], [.. block.Returns], scale)
        { RowTitle = matrix.IsOrdered ? "seat 0" : "a run", ColumnTitle = matrix.IsOrdered ? "seat 1" : "with", ShowGroups = false };
    }

    /// <summary>Self-play beside cross-play, a group per layout; the intervals are those of the means.</summary>
    /// <param name="summary">The numbers.</param>
    /// <param name="styles">The look of the methods.</param>
    public static IntervalBarsSpec Bars(RunSummary summary, MethodStyles styles)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(styles);
        return new(
            "Mean return in self-play and in cross-play by layout and method; the numbers are in the table below",
            $"{summary.Info.Score} per episode",
            [.. summary.Layouts.Select(layout => new BarGroup(
                DisplayNames.Layout(layout.Layout),
                [.. layout.Methods.SelectMany(method => new[]
                {
                    Bar(method.Method, "self-play", isPale: true, method.SelfPlay),
                    Bar(method.Method, "cross-play", isPale: false, method.CrossPlay),
                }).Where(bar => bar.Value is not null)]))]);

        Bar Bar(string method, string what, bool isPale, BlockSummary block) =>
            new(styles[method].Name, styles[method].Colour, isPale, block.Mean, block.MeanInterval) { Kind = what, Marker = isPale ? MarkerStyle.None : styles[method].Marker };
    }

    private static int[] Sorted(ImmutableArray<AgentLabel> labels, ImmutableArray<string> methods) =>
        [.. Enumerable.Range(0, labels.Length).OrderBy(index => methods.IndexOf(labels[index].Method)).ThenBy(index => labels[index].Run)];

    private static HeatmapEntry Entry(PopulationNames names, AgentLabel label) =>
        new(names.Of(label.Method), label.Run.ToString(CultureInfo.InvariantCulture));
}
