using System.Collections.Immutable;
using Srpo.Core.Results;
using Srpo.Core.Statistics;
using Srpo.Reporting.Text;

namespace Srpo.Reporting;

/// <summary>The paper's tables of debates: a row a method, a column a pair of models or a model, strict extraction first and flexible below.</summary>
public static class DebateTables
{
    /// <summary>Table 1: joint accuracy of models that were trained apart.</summary>
    public static SummaryTable Joint(DebateResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return Table("Joint accuracy in the last round", results.Joint, cell => $"{cell.Model0} & {cell.Model1}");
    }

    /// <summary>Table 2: accuracy of a trained model with an untrained partner of another family.</summary>
    public static SummaryTable WithStranger(DebateResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return Table("Accuracy with an untrained partner of another family", results.WithStranger, cell => $"{cell.Model0} with {cell.Model1}");
    }

    /// <summary>Differences of methods over the same models and questions.</summary>
    public static SummaryTable Differences(DebateResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var level = Numbers.Percent(results.Level);
        return new(
            "Differences of methods over the same questions",
            [new("Method", false), new("Taken off", false), new("Seat 0", false), new("Seat 1", false), new("Strict"), new($"{level} interval"), new("Flexible"), new($"{level} interval")],
            [.. results.Differences.Select(one => ImmutableArray.Create(
                one.Method, one.Baseline, one.Model0, one.Model1, Numbers.Fixed(one.Accuracy.Strict, 3), Range(one.Accuracy.StrictInterval),
                Numbers.Fixed(one.Accuracy.Flexible, 3), Range(one.Accuracy.FlexibleInterval)))]);
    }

    private static SummaryTable Table(string title, ImmutableArray<DebateCell> cells, Func<DebateCell, string> column)
    {
        var columns = cells.Select(column).Distinct().ToArray();
        var rows = from method in cells.Select(cell => cell.Method).Distinct()
                   from flexible in new[] { false, true }
                   select ImmutableArray.Create([method, flexible ? "flexible" : "strict", .. columns.Select(name => Text(cells.FirstOrDefault(cell => cell.Method == method && column(cell) == name), flexible))]);
        return new(title, [new("Method", false), new("Extraction", false), .. columns.Select(name => new TableColumn(name))], [.. rows]);
    }

    private static string Text(DebateCell? cell, bool flexible)
    {
        if (cell is null) return Numbers.None;
        var (share, interval) = flexible ? (cell.Accuracy.Flexible, cell.Accuracy.FlexibleInterval) : (cell.Accuracy.Strict, cell.Accuracy.StrictInterval);
        return Numbers.Fixed(share, 3) + (interval is null ? "" : " " + Range(interval));
    }

    private static string Range(Interval? interval) => interval is { } ends ? $"[{Numbers.Fixed(ends.Low, 3)}, {Numbers.Fixed(ends.High, 3)}]" : Numbers.None;
}
