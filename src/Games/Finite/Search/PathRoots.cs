namespace Srpo.Games.Finite.Search;

/// <summary>Finds points of a curve between two neighbouring points of a walk.</summary>
internal static class PathRoots
{
    /// <summary>Where a function of the curve's points changes sign, by regula falsi (Illinois) with a bisection every fourth time.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="from">Its point before.</param>
    /// <param name="to">Its point after.</param>
    /// <param name="length">Length of the step between them.</param>
    /// <param name="function">The function, of different sign at both.</param>
    /// <param name="tolerance">Largest length of the interval that is left.</param>
    /// <returns>The point and its distance from the first along that step.</returns>
    public static (PathPoint Point, double Length) Find(
        PseudoArclength walk, PathPoint from, PathPoint to, double length, Func<PathPoint, double> function, double tolerance)
    {
        var (low, high) = (0.0, length);
        var (atLow, atHigh) = (function(from), function(to));
        var (best, bestLength) = Math.Abs(atLow) < Math.Abs(atHigh) ? (from, low) : (to, high);
        var least = Math.Min(Math.Abs(atLow), Math.Abs(atHigh));
        for (var iteration = 0; iteration < 80 && high - low > tolerance && least > 0; iteration++)
        {
            var middle = iteration % 4 == 3 ? 0.5 * (low + high) : ((low * atHigh) - (high * atLow)) / (atHigh - atLow);
            if (!(middle > low && middle < high)) middle = 0.5 * (low + high);
            var point = walk.Correct(from.X, from.Tangent, middle);
            if (point is null)
            {
                // At a crossing itself the equations are singular; a point beside it is as good.
                middle += 0.3 * (high - middle);
                point = walk.Correct(from.X, from.Tangent, middle);
                if (point is null) break;
            }

            var value = function(point);
            if (Math.Abs(value) < least) (best, bestLength, least) = (point, middle, Math.Abs(value));
            if (value >= 0 == atHigh >= 0)
            {
                (high, atHigh) = (middle, value);
                atLow *= 0.5;
            }
            else
            {
                (low, atLow) = (middle, value);
                atHigh *= 0.5;
            }
        }

        return (best, bestLength);
    }

    /// <summary>
    /// A crossing of curves from four points beside it, by inverse cubic interpolation in the function that vanishes there: at the crossing
    /// itself the equations are singular and Newton finds only half of the digits.
    /// </summary>
    /// <param name="walk">The walk.</param>
    /// <param name="from">Its point before.</param>
    /// <param name="rough">The crossing, roughly.</param>
    /// <param name="length">Its distance from the point before.</param>
    /// <param name="function">The function.</param>
    /// <param name="spacing">Distance of the points.</param>
    public static PathPoint Sharpen(
        PseudoArclength walk, PathPoint from, PathPoint rough, double length, Func<PathPoint, double> function, double spacing)
    {
        var points = new List<(double[] X, double Value)>();
        foreach (var offset in (ReadOnlySpan<double>)[-2, -1, 1, 2])
        {
            if (walk.Correct(from.X, from.Tangent, length + (offset * spacing)) is not { } point) return rough;
            points.Add((point.X, function(point)));
        }

        var x = new double[rough.X.Length];
        for (var k = 0; k < points.Count; k++)
        {
            var weight = 1.0;
            for (var j = 0; j < points.Count; j++)
            {
                if (j == k) continue;
                if (points[j].Value == points[k].Value) return rough;
                weight *= points[j].Value / (points[j].Value - points[k].Value);
            }

            Vectors.AddScaled(x, weight, points[k].X);
        }

        return rough with { X = x };
    }

    /// <summary>The unknowns at a parameter that lies between those of two neighbouring points, corrected at that parameter.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="from">Its point before.</param>
    /// <param name="to">Its point after.</param>
    /// <param name="parameter">Between their parameters.</param>
    /// <param name="x">[size] receives the root.</param>
    /// <returns>Its index; 0 if Newton did not stay near.</returns>
    public static int At(PseudoArclength walk, PathPoint from, PathPoint to, double parameter, double[] x)
    {
        Interpolate(from, to, parameter, x);
        double[] guess = [.. x];
        var index = walk.Fix(x, parameter);
        if (index == 0) return 0;
        var (moved, apart) = (0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            moved = Math.Max(moved, Math.Abs(x[i] - guess[i]));
            apart = Math.Max(apart, Math.Abs(to.X[i] - from.X[i]));
        }

        // Newton that goes further than the points are apart has found another curve.
        return moved <= apart + 1e-6 ? index : 0;
    }

    /// <summary>Cubic Hermite interpolation in the parameter, linear where the curve is steep in it.</summary>
    private static void Interpolate(PathPoint from, PathPoint to, double parameter, double[] x)
    {
        var width = to.Parameter - from.Parameter;
        var t = width == 0 ? 0 : (parameter - from.Parameter) / width;
        var smooth = Math.Abs(from.Slope) > 0.05 && Math.Abs(to.Slope) > 0.05;
        var (t2, t3) = (t * t, t * t * t);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = smooth
                ? (((2 * t3) - (3 * t2) + 1) * from.X[i]) + ((t3 - (2 * t2) + t) * width * from.Tangent[i] / from.Slope)
                    + (((3 * t2) - (2 * t3)) * to.X[i]) + ((t3 - t2) * width * to.Tangent[i] / to.Slope)
                : from.X[i] + (t * (to.X[i] - from.X[i]));
        }
    }
}
