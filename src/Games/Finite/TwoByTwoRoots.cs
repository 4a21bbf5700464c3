namespace Srpo.Games.Finite;

/// <summary>An equilibrium of a 2x2 game: the players' logits log(x(0)/x(1)) and log(y(0)/y(1)), exact also next to pure strategies.</summary>
/// <param name="First">The first player's.</param>
/// <param name="Second">The second player's.</param>
/// <param name="Gain">
/// Product of the slopes of the two best responses there: damped best response dynamics return to it if that is below 1, and 1 minus it has
/// the sign of the equilibrium's index.
/// </param>
internal readonly record struct LogitPair(double First, double Second, double Gain);

/// <summary>What proves that no equilibrium is missing.</summary>
public enum CompletenessProof
{
    /// <summary>Nothing does: there may be others.</summary>
    None,

    /// <summary>One player's best response rises with the other's action and the other's falls, or one ignores the other: they meet once.</summary>
    OneCrossing,

    /// <summary>Interval bounds: every part of the whole line has either none or one, and the parts with one are those where the sign changes.</summary>
    Intervals,
}

/// <summary>
/// All equilibria of a 2x2 game whose best responses both rise, by interval branch and bound along the first player's curve
/// (<see cref="LogitPlayer"/>): at its point (s, t) the profile is an equilibrium where the second player's response R(t) is s. Both s and R(t)
/// grow along the curve. With bounds that include rounding, a stretch between two points a and b has no equilibrium if s(a) > R(b) or
/// s(b) &lt; R(a), and at most one if the bounds of
/// <code>(1/P + c1 X)(1/Q + c2 Y) - K,   P = p(1-p), X = x(1-x), ..., c = tau kappa^2/eps, K = kappa1 kappa2/(eps1 eps2),</code>
/// which has the sign of d(s - R)/dv at an equilibrium, agree in sign; then the signs of s - R at a and b say whether there is one. Otherwise
/// it is halved. Where two or more nearly coincide, so that rounding decides, <see cref="TwoByTwoLadder"/> separates them and nothing is proved.
/// </summary>
internal ref struct TwoByTwoRoots
{
    // Up to this change of every logit along a stretch the ladder's Taylor series are good; the proof goes on to finer ones.
    private const double Small = 0.02;
    private const double Finest = 1e-7;
    private const int MaxDepth = 400;
    private const int FineIntervals = 400;
    private const int MaxIntervals = 200_000;

    private readonly LogitPlayer _first;
    private readonly LogitPlayer _second;
    private readonly double _gain;
    private readonly List<LogitPair> _found;
    private readonly CancellationToken _cancellation;
    private int _intervals;
    private int _fineLeft;
    private bool _proved;

    private TwoByTwoRoots(in LogitPlayer first, in LogitPlayer second, List<LogitPair> found, CancellationToken cancellation)
    {
        (_first, _second, _found, _cancellation) = (first, second, found, cancellation);
        (_gain, _proved) = (first.Slope * second.Slope, true);
    }

    /// <summary>Adds the equilibria to the list, ascending along the curve; those that rounding cannot tell apart count once.</summary>
    /// <param name="first">The first player, her response rising.</param>
    /// <param name="second">The second player, her response rising.</param>
    /// <param name="found">Receives the equilibria.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <param name="intervals">Number of stretches looked at.</param>
    /// <returns>Whether it is proved that there are no others.</returns>
    public static bool Find(in LogitPlayer first, in LogitPlayer second, List<LogitPair> found, CancellationToken cancellation, out int intervals)
    {
        var search = new TwoByTwoRoots(first, second, found, cancellation);
        // The second player's logit lies within her own range; the curve reaches beyond it on both sides.
        var margin = 1 + (1e-12 * (Math.Abs(second.Lowest) + Math.Abs(second.Highest) + (first.Tau * (Math.Abs(first.Offset) + Math.Abs(first.OffsetTop)))));
        var low = second.Lowest - (first.Tau * Math.Max(first.Offset, first.OffsetTop)) - margin;
        var high = second.Highest - (first.Tau * Math.Min(first.Offset, first.OffsetTop)) + margin;
        search.Split(search.AtAdversary(low), search.AtAdversary(high), 0);
        intervals = search._intervals;
        return search._proved;
    }

    /// <summary>The equilibrium of two players of whom one's response falls or is flat: a sign change on a stretch with exactly one.</summary>
    public static LogitPair FindOnly(in LogitPlayer first, in LogitPlayer second, CancellationToken cancellation)
    {
        // s - R(t) rises all along the curve, whichever way t goes.
        var low = second.Lowest - (first.Tau * Math.Max(first.Offset, first.OffsetTop)) - 1;
        var high = second.Highest - (first.Tau * Math.Min(first.Offset, first.OffsetTop)) + 1;
        var w = 0.0;
        var (best, bestError) = (default(LogitPair), double.PositiveInfinity);
        for (var iteration = 0; iteration < 200; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            var v = LogitPlayer.Middle(low, high);
            if (!(v > low && v < high)) break;
            var t = first.OwnOf(v);
            var s = v + first.PremiumOf(t);
            var excess = s - second.Respond(t, ref w, out _);
            if (excess > 0) high = v;
            else low = v;
            if (iteration % 8 != 7 && high - low > 1e-3 && excess != 0) continue;
            var pair = TwoByTwoPolish.Run(first, second, s, t, double.PositiveInfinity, out var error);
            if (error < bestError) (best, bestError) = (pair, error);
            if (bestError <= TwoByTwoPolish.Enough(first, second) || excess == 0) break;
        }

        return best;
    }

    /// <summary>A point of the first player's curve with bounds of everything; W is the logit of the second player's adversary at her response R.</summary>
    private struct Node
    {
        public double V;
        public double VLow;
        public double VHigh;
        public double T;
        public double TLow;
        public double THigh;
        public double S;
        public double SLow;
        public double SHigh;
        public double W;
        public double WLow;
        public double WHigh;
        public double R;
        public double RLow;
        public double RHigh;

        /// <summary>Sign of s - R where rounding leaves it certain, else 0.</summary>
        public readonly int Sign => SLow > RHigh ? 1 : SHigh < RLow ? -1 : 0;
    }

    private readonly Node AtAdversary(double v)
    {
        var node = new Node { V = v, VLow = v, VHigh = v, T = _first.OwnOf(v) };
        (node.TLow, node.THigh) = _first.OwnBounds(v);
        Complete(ref node);
        return node;
    }

    private readonly Node AtOwn(double t)
    {
        var node = new Node { V = _first.AdversaryOf(t), T = t, TLow = t, THigh = t };
        (node.VLow, node.VHigh) = _first.AdversaryBounds(t);
        Complete(ref node);
        return node;
    }

    private readonly void Complete(ref Node node)
    {
        node.S = node.V + _first.PremiumOf(node.T);
        node.SLow = _first.OtherLow(node.VLow, node.TLow);
        node.SHigh = _first.OtherHigh(node.VHigh, node.THigh);
        node.W = node.T - (_second.Tau * 0.5 * (_second.Offset + _second.OffsetTop));
        node.R = _second.Respond(node.T, ref node.W, out _);
        // Two points of the second player's curve that certainly lie below and above t bound her response to it.
        (node.WLow, node.RLow) = (double.NegativeInfinity, _second.Lowest - (1e-15 * Math.Abs(_second.Lowest)));
        (node.WHigh, node.RHigh) = (double.PositiveInfinity, _second.Highest + (1e-15 * Math.Abs(_second.Highest)));
        var step = 4e-16 * (1 + Math.Abs(node.W));
        for (var tries = 0; tries < 60; tries++, step *= 4)
        {
            var (low, high) = _second.OwnBounds(node.W - step);
            if (_second.OtherHigh(node.W - step, high) > node.TLow) continue;
            (node.WLow, node.RLow) = (node.W - step, low);
            break;
        }

        step = 4e-16 * (1 + Math.Abs(node.W));
        for (var tries = 0; tries < 60; tries++, step *= 4)
        {
            var (low, high) = _second.OwnBounds(node.W + step);
            if (_second.OtherLow(node.W + step, low) < node.THigh) continue;
            (node.WHigh, node.RHigh) = (node.W + step, high);
            break;
        }
    }

    private void Split(in Node a, in Node b, int depth)
    {
        _cancellation.ThrowIfCancellationRequested();
        _intervals++;
        if (IsEmpty(a, b) || Isolates(a, b)) return;
        var still = IsWithin(a, b, Small);
        if (still || depth >= MaxDepth || _intervals >= MaxIntervals)
        {
            if (still && SplitFinely(a, b)) return;
            _proved = false;
            TwoByTwoLadder.Find(_first, _second, a.V, b.V, a.S < a.R, b.S > b.R, _found);
            return;
        }

        var middle = Between(a, b);
        if (!(middle.V >= a.V && middle.V <= b.V && (middle.V > a.V || middle.T > a.T) && (middle.V < b.V || middle.T < b.T)))
        {
            _proved = false;
            TwoByTwoLadder.Find(_first, _second, a.V, b.V, a.S < a.R, b.S > b.R, _found);
            return;
        }

        Split(a, middle, depth + 1);
        Split(middle, b, depth + 1);
    }

    /// <summary>Goes on where the ladder would do; nothing is added unless everything could be decided.</summary>
    private bool SplitFinely(in Node a, in Node b)
    {
        var before = _found.Count;
        _fineLeft = FineIntervals;
        if (Fine(a, b)) return true;
        _found.RemoveRange(before, _found.Count - before);
        return false;
    }

    private bool Fine(in Node a, in Node b)
    {
        _intervals++;
        if (IsEmpty(a, b) || Isolates(a, b)) return true;
        if (--_fineLeft <= 0 || IsWithin(a, b, Finest)) return false;
        var middle = Between(a, b);
        if (middle.Sign == 0 || !(middle.V >= a.V && middle.V <= b.V)) return false;
        return Fine(a, middle) && Fine(middle, b);
    }

    private static bool IsWithin(in Node a, in Node b, double change) =>
        b.V - a.V <= change && b.T - a.T <= change && b.S - a.S <= change && b.W - a.W <= change;

    private static bool IsEmpty(in Node a, in Node b) => a.SLow > b.RHigh || b.SHigh < a.RLow;

    /// <summary>Adds the only equilibrium of a stretch, if there is one.</summary>
    /// <returns>Whether that could be decided.</returns>
    private readonly bool Isolates(in Node a, in Node b)
    {
        if (a.Sign == 0 || b.Sign == 0) return false;
        var (pLow, pHigh) = Variance(a.VLow, b.VHigh);
        var (xLow, xHigh) = Variance(a.TLow, b.THigh);
        // At an equilibrium s is both on the first player's curve and the second's response, and q follows from s as well as from w.
        var (sLow, sHigh) = (Math.Max(a.SLow, a.RLow), Math.Min(b.SHigh, b.RHigh));
        var (yLow, yHigh) = Variance(sLow, sHigh);
        var (qLow, qHigh) = Variance(a.WLow, b.WHigh);
        var (p1, p2) = (Share(sLow, -1), Share(sHigh, 1));
        qLow = Math.Max(qLow, Math.Min(p1 * (1 - p1), p2 * (1 - p2)));
        if (p2 < 0.5 || p1 > 0.5) qHigh = Math.Min(qHigh, Math.Max(p1 * (1 - p1), p2 * (1 - p2)));
        var (c1, c2) = (_first.Stiffness, _second.Stiffness);
        var rises = ((1 / pHigh) + (c1 * xLow)) * ((1 / qHigh) + (c2 * yLow)) > _gain * (1 + 1e-12);
        if (!rises && !(((1 / pLow) + (c1 * xHigh)) * ((1 / qLow) + (c2 * yHigh)) < _gain * (1 - 1e-12))) return false;
        if (a.Sign != b.Sign) Refine(a, b);
        return true;
    }

    /// <summary>The second player's adversary's probability from her logit, moved by what rounding can do.</summary>
    private readonly double Share(double s, int side)
    {
        var share = (s - _second.Base) / _second.Slope;
        var error = 1e-15 * (Math.Abs(s) + Math.Abs(_second.Base)) / _second.Slope;
        return Math.Clamp(share + (side * (error + (1e-15 * Math.Abs(share)))), 0, 1);
    }

    /// <summary>Bounds of z(1 - z) for z with logits in a range.</summary>
    private static (double Low, double High) Variance(double low, double high)
    {
        Logistic.Sigmoid(low, out var first);
        Logistic.Sigmoid(high, out var last);
        return (Math.Min(first, last) * (1 - 2e-15), low <= 0 && high >= 0 ? 0.25 : Math.Max(first, last) * (1 + 2e-15));
    }

    /// <summary>A point between two others, not next to an equilibrium if that can be avoided.</summary>
    private readonly Node Between(in Node a, in Node b)
    {
        Node point = default;
        ReadOnlySpan<double> shares = [0.5, 0.37, 0.61, 0.23];
        foreach (var share in shares)
        {
            point = At(a, b, share);
            if (point.Sign != 0) break;
        }

        return point;
    }

    private readonly Node At(in Node a, in Node b, double share)
    {
        var turn = _first.Turn;
        if (turn > 0)
        {
            // The stretches beyond and between the turns are looked at apart.
            if (a.V < -turn && b.V > -turn) return AtAdversary(-turn);
            if (a.V < turn && b.V > turn) return AtAdversary(turn);
            if (a.V >= -turn && b.V <= turn) return AtOwn(Point(a.T, b.T, share));
        }

        return AtAdversary(Point(a.V, b.V, share));
    }

    private static double Point(double low, double high, double share)
    {
        var middle = LogitPlayer.Middle(low, high);
        return share == 0.5 ? middle : middle + ((share - 0.5) * Math.Min(middle - low, high - middle));
    }

    /// <summary>The root on a stretch with exactly one.</summary>
    private readonly void Refine(in Node a, in Node b)
    {
        var (low, high) = (a, b);
        var rises = b.Sign > 0;
        var (best, bestError) = (default(LogitPair), double.PositiveInfinity);
        for (var iteration = 0; iteration < 200; iteration++)
        {
            var middle = At(low, high, 0.5);
            if (iteration % 4 == 0)
            {
                var pair = TwoByTwoPolish.Run(_first, _second, middle.S, middle.T, double.PositiveInfinity, out var error);
                var slack = 1e-9 * (1 + Math.Abs(pair.First) + Math.Abs(pair.Second));
                var inside = pair.First >= a.TLow - slack && pair.First <= b.THigh + slack && pair.Second >= a.SLow - slack && pair.Second <= b.SHigh + slack
                    && (pair.Gain < 1) == rises;
                if (inside && error < bestError) (best, bestError) = (pair, error);
                if (bestError <= TwoByTwoPolish.Enough(_first, _second)) break;
            }

            var above = middle.S > middle.R;
            var before = above == rises ? high : low;
            if (middle.V == before.V && middle.T == before.T) break;
            if (above == rises) high = middle;
            else low = middle;
        }

        if (double.IsPositiveInfinity(bestError)) best = TwoByTwoPolish.Run(_first, _second, low.S, low.T, 0, out _);
        _found.Add(best);
    }
}

/// <summary>Newton's method on both best responses at once: t = R1(s), s = R2(t).</summary>
internal static class TwoByTwoPolish
{
    /// <summary>An error in logits that rounding makes anyway.</summary>
    public static double Enough(in LogitPlayer first, in LogitPlayer second) =>
        1e-13 + (4e-16 * (Math.Abs(first.Base) + Math.Abs(first.Top) + Math.Abs(second.Base) + Math.Abs(second.Top)));

    /// <summary>Improves an equilibrium as far as rounding allows.</summary>
    /// <param name="first">The first player.</param>
    /// <param name="second">The second player.</param>
    /// <param name="s">The second player's logit.</param>
    /// <param name="t">The first player's logit.</param>
    /// <param name="reach">Longest step in either logit.</param>
    /// <param name="error">max(|t - R1(s)|, |s - R2(t)|) of the result.</param>
    public static LogitPair Run(in LogitPlayer first, in LogitPlayer second, double s, double t, double reach, out double error)
    {
        var (v, w) = (0.0, 0.0);
        var (best, worse) = (default(LogitPair), 0);
        error = double.PositiveInfinity;
        for (var iteration = 0; iteration < 40; iteration++)
        {
            var g1 = t - first.Respond(s, ref v, out var f1);
            var g2 = s - second.Respond(t, ref w, out var f2);
            var now = Math.Max(Math.Abs(g1), Math.Abs(g2));
            if (now < error)
            {
                (best, error, worse) = (new LogitPair(t, s, f1 * f2), now, 0);
            }
            else if (!double.IsFinite(now) || ++worse >= 3)
            {
                break;
            }

            if (error == 0) break;
            // dt - f1 ds = -g1, ds - f2 dt = -g2; scaled by the larger slope, since their product may be 1e20.
            var determinant = 1 - (f1 * f2);
            var (dt, ds) = Math.Abs(f1 * f2) > 1
                ? (((-g1 / f1) - g2) / ((1 / f1) - f2), ((-g2 / f2) - g1) / ((1 / f2) - f1))
                : ((-g1 - (f1 * g2)) / determinant, (-g2 - (f2 * g1)) / determinant);
            if (!double.IsFinite(dt) || !double.IsFinite(ds) || !(Math.Max(Math.Abs(dt), Math.Abs(ds)) <= reach)) break;
            (t, s) = (t + dt, s + ds);
        }

        return best;
    }
}
