using Srpo.Games.Finite.Search;

namespace Srpo.Games.Continuation;

/// <summary>Follows curves of equilibria in tau through folds and past crossings until they leave the range or close.</summary>
internal sealed class CurveTracer(PseudoArclength walk, double low, double high)
{
    private const int MostSteps = 20000;
    private const double FirstStep = 0.02;

    // At a crossing the determinant vanishes; where a step has jumped to a curve that passes close by it only changes sign. Compared with
    // its value at the ends of the step.
    private const double Vanishing = 3e-5;
    private const double ShortestRetry = 1e-5;

    /// <summary>The whole curve through an equilibrium.</summary>
    public TracedCurve Trace(PathPoint start)
    {
        var curve = new TracedCurve();
        if (Walk(Reversed(start), curve)) return curve;
        Reverse(curve);
        curve.Points.RemoveAt(curve.Points.Count - 1);
        Walk(start, curve);
        return curve;
    }

    /// <summary>The whole curve through a crossing, from its points on both sides of it.</summary>
    /// <param name="forward">A point beyond the crossing, its tangent pointing away from it.</param>
    /// <param name="crossing">The crossing.</param>
    /// <param name="backward">A point on the other side, its tangent pointing away from the crossing.</param>
    public TracedCurve Trace(PathPoint forward, PathPoint crossing, PathPoint backward)
    {
        var curve = new TracedCurve();
        var closed = Walk(backward, curve);
        Reverse(curve);
        var tangent = new double[crossing.X.Length];
        for (var i = 0; i < tangent.Length; i++) tangent[i] = forward.X[i] - backward.X[i];
        var norm = Vectors.Norm(tangent);
        for (var i = 0; i < tangent.Length; i++) tangent[i] /= norm;
        curve.Points.Add(crossing with { Tangent = tangent });
        if (closed) curve.Points.Add(forward);
        else Walk(forward, curve);
        return curve;
    }

    /// <summary>The point with its tangent the other way.</summary>
    public static PathPoint Reversed(PathPoint point) =>
        point with { Tangent = [.. point.Tangent.Select(value => -value)], Orientation = -point.Orientation };

    /// <summary>Adds the points from the start on.</summary>
    /// <returns>Whether the curve came back to the start.</returns>
    private bool Walk(PathPoint start, TracedCurve curve)
    {
        curve.Points.Add(start);
        var (point, length) = (start, FirstStep);
        for (var step = 0; step < MostSteps && (point.Parameter >= low && point.Parameter <= high); step++)
        {
            var next = walk.Step(point, ref length, out var taken);
            if (next is null) return false;
            if (step > 3 && TracedCurve.IsBetween(point.X, next.X, start.X) && Vectors.Dot(start.Tangent, next.Tangent) > 0.9)
            {
                curve.Points.Add(start);
                return true;
            }

            if (!AddEvents(point, next, taken, curve) && taken > ShortestRetry)
            {
                length = taken / 4;
                continue;
            }

            curve.Points.Add(next);
            point = next;
        }

        return false;
    }

    /// <summary>Adds what happens in a step.</summary>
    /// <returns>False, and nothing is added, if the step has jumped to another curve.</returns>
    private bool AddEvents(PathPoint from, PathPoint to, double length, TracedCurve curve)
    {
        var found = new List<(double Length, CurveEvent Event)>();
        var turns = from.Slope >= 0 != to.Slope >= 0;
        var scale = Math.Max(from.LogDeterminant, to.LogDeterminant);
        double Determinant(PathPoint point) => point.Orientation * Math.Exp(point.LogDeterminant - scale);
        if (from.Orientation != to.Orientation)
        {
            var (point, at) = PathRoots.Find(walk, from, to, length, Determinant, 1e-7);
            if (Math.Abs(Determinant(point)) > Vanishing) return false;
            var together = false;
            if (turns)
            {
                var (turn, turnAt) = PathRoots.Find(walk, from, to, length, p => p.Slope, 1e-9);
                together = Math.Abs(turnAt - at) < 1e-3 * length;
                // Where the curve turns its tau is flat, so the turning point tells tau best.
                if (together) point = PathRoots.Sharpen(walk, from, turn, turnAt, p => p.Slope, 2e-3);
                else found.Add((turnAt, new CurveEvent(turn, from, to, false, true)));
            }

            if (!together) point = PathRoots.Sharpen(walk, from, point, at, Determinant, 2e-3);
            found.Add((at, new CurveEvent(point, from, to, true, together)));
        }
        else if (turns)
        {
            var (point, at) = PathRoots.Find(walk, from, to, length, p => p.Slope, 1e-11);
            found.Add((at, new CurveEvent(point, from, to, false, true)));
        }

        foreach (var (_, one) in found.OrderBy(one => one.Length))
        {
            curve.Events.Add(one);
            if (one.Turns) curve.Points.Add(one.Point);
        }

        return true;
    }

    private static void Reverse(TracedCurve curve)
    {
        curve.Points.Reverse();
        for (var i = 0; i < curve.Points.Count; i++) curve.Points[i] = Reversed(curve.Points[i]);
        curve.Events.Reverse();
        for (var i = 0; i < curve.Events.Count; i++)
        {
            var one = curve.Events[i];
            curve.Events[i] = one with { Point = Reversed(one.Point), Before = Reversed(one.After), After = Reversed(one.Before) };
        }
    }
}

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
