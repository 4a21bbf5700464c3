using System.Collections.Immutable;
using Srpo.Core.Results;

namespace Srpo.Reporting;

/// <summary>A pair of different runs that stands for a method's play with strangers.</summary>
/// <param name="Rank">"worst", "median" or "best".</param>
/// <param name="Pair">The runs.</param>
/// <param name="Return">Their mean return; of debates their joint accuracy.</param>
public sealed record RepresentativePair(string Rank, RunPair Pair, double Return);

/// <summary>Chooses the pairs that are looked at.</summary>
public static class RepresentativePairs
{
    /// <summary>The worst, the median and the best pair of different runs of a method, as far as they differ; of equal pairs the first.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="method">The method.</param>
    public static ImmutableArray<RepresentativePair> Of(CrossPlayMatrix matrix, string method) =>
        Of(matrix, pair => pair.Row.Method == method && pair.Column.Method == method && pair.Row != pair.Column);

    /// <summary>The worst, the median and the best of some pairs, as far as they differ; of equal pairs the first.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="includes">Which pairs; those that were not played are left out.</param>
    public static ImmutableArray<RepresentativePair> Of(CrossPlayMatrix matrix, Func<RunPair, bool> includes)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(includes);
        var pairs =
            from row in Enumerable.Range(0, matrix.Rows.Length)
            from column in Enumerable.Range(0, matrix.Columns.Length)
            let pair = new RunPair(matrix.Rows[row], matrix.Columns[column])
            where matrix[row, column].IsPlayed && includes(pair)
            select (Pair: pair, matrix[row, column].Return);
        var sorted = pairs.OrderBy(pair => pair.Return).ToArray();
        if (sorted.Length == 0) return [];
        (string Rank, int Index)[] chosen = [("worst", 0), ("median", (sorted.Length - 1) / 2), ("best", sorted.Length - 1)];
        return [.. chosen.DistinctBy(each => each.Index).Select(each => new RepresentativePair(each.Rank, sorted[each.Index].Pair, sorted[each.Index].Return))];
    }
}
