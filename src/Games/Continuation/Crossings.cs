using Srpo.Games.Finite.Search;

namespace Srpo.Games.Continuation;

/// <summary>The other curve at a crossing, and what kind of crossing it is.</summary>
internal sealed class Crossings(PseudoArclength walk, PointSampler sampler)
{
    // Tangent of the largest angle between the other curve and the direction across this one.
    private const double WidestAngle = 4;

    /// <summary>Points of the other curve on both sides of a crossing, their tangents pointing away from it.</summary>
    /// <returns>Null if the other curve cannot be found: then this is no simple crossing.</returns>
    public (PathPoint Forward, PathPoint Backward)? Switch(CurveEvent one)
    {
        var origin = one.Point.X;
        var direction = walk.Crossing(one.Point);
        double[] opposite = [.. direction.Select(value => -value)];
        foreach (var length in (ReadOnlySpan<double>)[0.03, 0.01, 0.1, 0.003])
        {
            var forward = walk.Correct(origin, direction, length, WidestAngle);
            var backward = walk.Correct(origin, opposite, length, WidestAngle);
            if (forward is not null && backward is not null) return (forward, backward);
        }

        return null;
    }

    /// <summary>The kind of a crossing by which of the curves turns there and who is stable beside it.</summary>
    public BifurcationKind Classify(CurveEvent one, PathPoint forward, PathPoint backward)
    {
        var tau = one.Point.Parameter;
        if (one.Turns)
        {
            // This curve is the pair; the other one goes through.
            var side = Math.Sign(one.Before.Parameter - tau);
            return Pitchfork(one.Before, Math.Sign(forward.Parameter - tau) == side ? forward : backward);
        }

        if (forward.Parameter > tau == backward.Parameter > tau)
        {
            var side = Math.Sign(forward.Parameter - tau);
            return Pitchfork(forward, Math.Sign(one.Before.Parameter - tau) == side ? one.Before : one.After);
        }

        return BifurcationKind.Transcritical;
    }

    private BifurcationKind Pitchfork(PathPoint pair, PathPoint middle) =>
        Unstable(middle) > Unstable(pair) ? BifurcationKind.SupercriticalPitchfork : BifurcationKind.SubcriticalPitchfork;

    private int? Unstable(PathPoint point) => sampler.Unstable(point.Unknowns, point.Parameter, point.Index);
}
