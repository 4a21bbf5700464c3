using System.Collections.Immutable;
using Srpo.Reporting.Figures;

namespace Srpo.Dashboard.Following;

/// <summary>A place of learning curves in numbers.</summary>
/// <param name="Population">Whose curve, as the legend names it.</param>
/// <param name="Steps">Steps from which the policy has learned up to there.</param>
/// <param name="Values">[Measures] mean over teams; null where a measure has no value.</param>
/// <param name="Deviation">Standard deviation of the first measure over teams.</param>
internal sealed record CurveRow(string Population, double Steps, ImmutableArray<double?> Values, double Deviation);

/// <summary>What figures of learning curves show, for those who cannot see them or want to copy it.</summary>
/// <param name="Measures">Names of the measures; the first is the return.</param>
/// <param name="Rows">Population by population, in the order of training.</param>
internal sealed record CurveNumbers(ImmutableArray<string> Measures, ImmutableArray<CurveRow> Rows)
{
    /// <summary>Whether there are several teams that differ.</summary>
    public bool HasDeviations => Rows.Any(row => row.Deviation > 0);

    /// <summary>Rows of a population.</summary>
    public const int Most = 12;

    /// <summary>Places spread evenly over every curve, its first and last among them.</summary>
    /// <param name="returns">The figure of the return; its bands are a standard deviation on either side.</param>
    /// <param name="others">The other figures, of the same populations, with their titles.</param>
    public static CurveNumbers Of(LineChartSpec returns, IReadOnlyList<(string Title, LineChartSpec Chart)> others)
    {
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentNullException.ThrowIfNull(others);
        return new(
            [returns.Y.Title, .. others.Select(other => other.Title)],
            [.. returns.Series.SelectMany(series =>
            {
                var measures = others.Select(other => ValuesOf(other.Chart, series.Name)).ToArray();
                return Places(series.Points.Length).Select(place => new CurveRow(
                    series.Name, series.Points[place].X,
                    [series.Points[place].Y, .. measures.Select(values => values.TryGetValue(series.Points[place].X, out var value) ? value : (double?)null)],
                    (series.Band[place].High - series.Band[place].Low) / 2));
            })]);
    }

    private static IEnumerable<int> Places(int count) =>
        count <= Most ? Enumerable.Range(0, count) : Enumerable.Range(0, Most).Select(place => (int)Math.Round((double)place * (count - 1) / (Most - 1)));

    private static Dictionary<double, double> ValuesOf(LineChartSpec chart, string series) =>
        chart.Series.FirstOrDefault(one => one.Name == series) is { } found ? found.Points.DistinctBy(point => point.X).ToDictionary(point => point.X, point => point.Y) : [];
}
