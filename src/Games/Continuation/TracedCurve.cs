using Srpo.Games.Finite.Search;

namespace Srpo.Games.Continuation;

/// <summary>A curve of equilibria within a range of tau, in order along it.</summary>
internal sealed class TracedCurve
{
    /// <summary>Its points; turning points and crossings found on the way are among them.</summary>
    public List<PathPoint> Points { get; } = [];

    /// <summary>What happens on the way.</summary>
    public List<CurveEvent> Events { get; } = [];

    /// <summary>Whether a point lies on the curve, judged by its distance from the chords between neighbouring points.</summary>
    public bool Contains(PathPoint point)
    {
        for (var k = 0; k + 1 < Points.Count; k++)
        {
            if (IsBetween(Points[k].X, Points[k + 1].X, point.X)) return true;
        }

        return false;
    }

    /// <summary>Whether a point lies next to the chord between two others.</summary>
    public static bool IsBetween(double[] from, double[] to, double[] point)
    {
        var (chord, along, away) = (0.0, 0.0, 0.0);
        for (var i = 0; i < point.Length; i++)
        {
            var (side, offset) = (to[i] - from[i], point[i] - from[i]);
            chord += side * side;
            along += side * offset;
            away += offset * offset;
        }

        if (along < 0 || along > chord) return false;
        var distance = Math.Sqrt(Math.Max(0, away - (along * along / Math.Max(chord, 1e-300))));
        return distance < (0.04 * Math.Sqrt(chord)) + 1e-5;
    }
}

/// <summary>A singular point of a curve.</summary>
/// <param name="Point">Where.</param>
/// <param name="Before">The curve's point before it.</param>
/// <param name="After">The curve's point after it.</param>
/// <param name="IsCrossing">Whether another curve crosses; otherwise the curve just turns back in tau.</param>
/// <param name="Turns">Whether the curve turns back in tau.</param>
internal sealed record CurveEvent(PathPoint Point, PathPoint Before, PathPoint After, bool IsCrossing, bool Turns);
