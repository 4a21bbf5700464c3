namespace Srpo.Games.Finite;

/// <summary>
/// All roots of a <see cref="TwoByTwoCurve"/> by interval branch and bound. Along an interval of v everything but w is monotone. An interval
/// has no root if F has one sign on the box of its s and t, and at most one if the bounds of
/// <code>(1/P + c1 X)(1/Q + c2 Y) - K,   P = p(1-p), X = x(1-x), ..., c = tau kappa^2/eps, K = kappa1 kappa2/(eps1 eps2),</code>
/// which has the sign of dF/dv at a root, agree in sign. Otherwise it is halved. Where all logits hardly change and still nothing is
/// decided, two or more roots nearly coincide; <see cref="RootLadder"/> separates them.
/// </summary>
internal ref struct TwoByTwoRoots
{
    private const double Small = 0.02;
    private const int MaxDepth = 200;

    private readonly TwoByTwoCurve _curve;
    private readonly List<double> _roots;

    private TwoByTwoRoots(in TwoByTwoCurve curve, List<double> roots) => (_curve, _roots) = (curve, roots);

    /// <summary>Adds the roots to the list, ascending; roots that rounding cannot tell apart count once.</summary>
    /// <returns>Number of intervals looked at.</returns>
    public static int Find(in TwoByTwoCurve curve, List<double> roots)
    {
        var search = new TwoByTwoRoots(curve, roots);
        var (low, high) = (curve.At(curve.Low), curve.At(curve.High));
        if (curve.Gain <= 15.9)
        {
            search.Refine(low, high);
            return 1;
        }

        var intervals = search.Search(low, high, 0);
        if (roots.Count > 1)
        {
            roots.Sort();
            search.Merge();
        }

        return intervals;
    }

    private readonly int Search(in CurvePoint a, in CurvePoint b, int depth)
    {
        // F falls as t moves from a's to b's, so mixed corners bound it over the box.
        if (_curve.Mixed(a, b.T) > _curve.Noise || _curve.Mixed(b, a.T) < -_curve.Noise) return 1;
        if (IsMonotone(a, b))
        {
            if ((a.F >= 0) != (b.F >= 0)) Refine(a, b);
            return 1;
        }

        var middle = 0.5 * (a.V + b.V);
        var still = b.V - a.V <= Small && Math.Abs(b.T - a.T) <= Small && b.S - a.S <= Small && Math.Abs(b.Lag - a.Lag) <= Small;
        if (still || depth >= MaxDepth || !(middle > a.V && middle < b.V))
        {
            RootLadder.Find(_curve, a.V, b.V, _roots);
            return 1;
        }

        var point = _curve.At(middle);
        return 1 + Search(a, point, depth + 1) + Search(point, b, depth + 1);
    }

    private readonly bool IsMonotone(in CurvePoint a, in CurvePoint b)
    {
        var (pLow, pHigh) = Range(a.PVariance, b.PVariance, a.V, b.V);
        var (xLow, xHigh) = Range(a.XVariance, b.XVariance, a.T, b.T);
        var (yLow, yHigh) = Range(a.YVariance, b.YVariance, a.S, b.S);
        // At a root q follows from s alone, which bounds it better than w does.
        var second = _curve.Second;
        var q1 = (second.Epsilon * a.S - second.Beta) / second.Kappa;
        var q2 = (second.Epsilon * b.S - second.Beta) / second.Kappa;
        var error = 1e-15 * (1 + Math.Abs(second.Beta / second.Kappa) + Math.Abs(q1) + Math.Abs(q2));
        var least = Math.Clamp(Math.Min(q1, q2) - error, 0, 1);
        var most = Math.Clamp(Math.Max(q1, q2) + error, 0, 1);
        var qLow = Math.Min(least * (1 - least), most * (1 - most));
        var qHigh = least <= 0.5 && most >= 0.5 ? 0.25 : Math.Max(least * (1 - least), most * (1 - most));
        var (c1, c2) = (_curve.First.Stiffness, second.Stiffness);
        var lower = ((1 / pHigh) + (c1 * xLow)) * ((1 / qHigh) + (c2 * yLow));
        if (lower > _curve.Gain * (1 + 1e-12)) return true;
        var upper = ((1 / pLow) + (c1 * xHigh)) * ((1 / qLow) + (c2 * yHigh));
        return upper < _curve.Gain * (1 - 1e-12);
    }

    private static (double Low, double High) Range(double a, double b, double from, double to) =>
        (Math.Min(a, b), from <= 0 != to <= 0 ? 0.25 : Math.Max(a, b));

    /// <summary>The root between two points of different sign.</summary>
    private readonly void Refine(in CurvePoint a, in CurvePoint b)
    {
        var (low, high) = (a.V, b.V);
        var rising = b.F >= 0;
        var v = 0.5 * (low + high);
        for (var iteration = 0; iteration < 200; iteration++)
        {
            var point = _curve.At(v);
            if (point.F == 0) break;
            if ((point.F > 0) == rising) high = v;
            else low = v;
            var next = v - (point.F / _curve.Derivative(point));
            // Newton while it stays inside; else halve.
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (Math.Abs(next - v) <= 2e-16 * Math.Abs(v) || next == low || next == high) break;
            v = next;
        }

        _roots.Add(v);
    }

    private readonly void Merge()
    {
        var kept = 0;
        for (var i = 1; i < _roots.Count; i++)
        {
            var between = 0.5 * (_roots[kept] + _roots[i]);
            if (Math.Abs(_curve.At(between).F) <= 4 * _curve.Noise && _roots[i] - _roots[kept] <= 2 * Small) _roots[kept] = between;
            else _roots[++kept] = _roots[i];
        }

        _roots.RemoveRange(kept + 1, _roots.Count - kept - 1);
    }
}
