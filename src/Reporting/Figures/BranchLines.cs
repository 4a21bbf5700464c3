using System.Collections.Immutable;
using Srpo.Reporting.Equilibria;

namespace Srpo.Reporting.Figures;

/// <summary>Turns branches of equilibria into lines: solid where they are stable, dashed where they are not.</summary>
internal sealed class BranchLines
{
    /// <summary>A piece of a branch is drawn with at most about so many points.</summary>
    private const int MostPoints = 1200;

    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly ImmutableArray<LineSeries>.Builder _series = ImmutableArray.CreateBuilder<LineSeries>();

    /// <summary>The lines so far, the last one naming the dashed ones for the legend.</summary>
    public ImmutableArray<LineSeries> Series() => _series.Any(series => series.Line == LineStyle.Dashed)
        ? [.. _series, new LineSeries("unstable", 8, []) { Line = LineStyle.Dashed }]
        : _series.ToImmutable();

    /// <summary>Adds a measure along a branch.</summary>
    /// <param name="points">The branch.</param>
    /// <param name="look">Name and colour at a point; a null name draws nothing there.</param>
    /// <param name="measure">Its height.</param>
    public void Add(ImmutableArray<SweepPoint> points, Func<SweepPoint, (string? Name, int Colour)> look, Func<SweepPoint, double> measure)
    {
        for (var first = 0; first < points.Length;)
        {
            var ((name, colour), isStable) = (look(points[first]), points[first].IsStable);
            var end = first + 1;
            while (end < points.Length && look(points[end]).Name == name && points[end].IsStable == isStable) end++;
            // A single point at an end is where the branch meets another one: it belongs to the line that leads there.
            if (name is not null && !IsEnd(first, end))
            {
                // One point more closes the gap to what comes next, or to an end that was left out.
                var from = first == 1 && IsEnd(0, 1) ? 0 : first;
                AddLine(name, colour, isStable == false, points[from..Math.Min(end + 1, points.Length)], measure);
            }

            first = end;
        }

        bool IsEnd(int from, int to) => to - from == 1 && points.Length > 1 && (from == 0 ? look(points[1]).Name != look(points[0]).Name : to == points.Length);
    }

    private void AddLine(string name, int colour, bool isDashed, ImmutableArray<SweepPoint> points, Func<SweepPoint, double> measure)
    {
        var every = Math.Max(1, points.Length / MostPoints);
        var shown = points.Where((_, index) => index % every == 0 || index == points.Length - 1);
        _series.Add(new LineSeries(name, colour, [.. shown.Select(point => new ChartPoint(point.Tau, measure(point)))])
        {
            Line = isDashed ? LineStyle.Dashed : LineStyle.Solid,
            InLegend = !isDashed && _named.Add(name),
        });
    }
}
