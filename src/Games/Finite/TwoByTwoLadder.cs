namespace Srpo.Games.Finite;

/// <summary>
/// Equilibria of a 2x2 game within a short stretch of the first player's curve where several nearly coincide: next to a bifurcation. They are
/// the roots of F(v) = s(v) - (beta2 + kappa2 sigmoid(w)) / eps2, w = t(v) - tau2 (offset2 + kappa2 sigmoid(s(v))). Between two roots of a
/// function lies one of its derivative; so the roots of the fourth derivative, taken as monotone there, give those of the third, and so on
/// down to F. At most five roots are told apart, the most that a fifth-order contact has.
/// </summary>
internal readonly struct TwoByTwoLadder
{
    private const int Order = 5;
    private const double Near = 0.04;

    private readonly LogitPlayer _first;
    private readonly LogitPlayer _second;
    private readonly double _noise;

    private TwoByTwoLadder(in LogitPlayer first, in LogitPlayer second)
    {
        (_first, _second) = (first, second);
        // What rounding can do to F.
        _noise = 1e-15 * (1 + Math.Abs(second.Base) + Math.Abs(second.Slope) + Math.Abs(first.Premium(0)) + Math.Abs(first.Premium(1)));
    }

    /// <summary>Adds the equilibria with v in [low, high), ascending; those that rounding cannot tell apart count once.</summary>
    /// <param name="first">The first player.</param>
    /// <param name="second">The second player.</param>
    /// <param name="low">Where the stretch begins.</param>
    /// <param name="high">Where it ends.</param>
    /// <param name="below">Whether F is below 0 at the beginning.</param>
    /// <param name="above">Whether F is above 0 at the end.</param>
    /// <param name="found">Receives the equilibria.</param>
    public static void Find(in LogitPlayer first, in LogitPlayer second, double low, double high, bool below, bool above, List<LogitPair> found)
    {
        var ladder = new TwoByTwoLadder(first, second);
        var roots = new List<double>();
        ladder.Descend(low, high, roots);
        roots.Sort();
        ladder.Merge(roots);
        // A change of sign from end to end is certain: there is a root even if rounding hides it from the derivatives.
        if (roots.Count == 0 && below == above) roots.Add(ladder.Bisect(low, high, below));
        foreach (var root in roots)
        {
            var t = first.OwnOf(root);
            found.Add(TwoByTwoPolish.Run(first, second, root + first.PremiumOf(t), t, 1e-6, out _));
        }
    }

    private double F(double v)
    {
        Span<double> f = stackalloc double[1];
        Taylor(v, f);
        return f[0];
    }

    private double Bisect(double low, double high, bool below)
    {
        for (var iteration = 0; iteration < 100; iteration++)
        {
            var middle = 0.5 * (low + high);
            if (F(middle) < 0 == below) low = middle;
            else high = middle;
        }

        return low;
    }

    private void Descend(double low, double high, List<double> roots)
    {
        Span<double> breaks = stackalloc double[Order + 2];
        Span<double> found = stackalloc double[Order + 2];
        breaks[0] = low;
        breaks[1] = high;
        var count = 2;
        for (var order = Order - 1; order >= 0; order--)
        {
            var next = 1;
            found[0] = low;
            for (var i = 0; i + 1 < count; i++)
            {
                if (Crossing(order, breaks[i], breaks[i + 1], out var root)) found[next++] = root;
            }

            if (order == 0)
            {
                for (var i = 1; i < next; i++) roots.Add(found[i]);
                // Points where F touches zero up to rounding.
                for (var i = 1; i + 1 < count; i++)
                {
                    if (Math.Abs(F(breaks[i])) <= _noise) roots.Add(breaks[i]);
                }

                return;
            }

            found[next++] = high;
            found[..next].CopyTo(breaks);
            count = next;
        }
    }

    private void Merge(List<double> roots)
    {
        if (roots.Count == 0) return;
        var kept = 0;
        for (var i = 1; i < roots.Count; i++)
        {
            var between = 0.5 * (roots[kept] + roots[i]);
            if (Math.Abs(F(between)) <= 4 * _noise && roots[i] - roots[kept] <= Near) roots[kept] = between;
            else roots[++kept] = roots[i];
        }

        roots.RemoveRange(kept + 1, roots.Count - kept - 1);
    }

    /// <summary>The sign change of a derivative of F on an interval where it is monotone: Newton kept inside by bisection.</summary>
    private bool Crossing(int order, double low, double high, out double root)
    {
        Span<double> taylor = stackalloc double[order + 2];
        root = low;
        Taylor(low, taylor);
        var atLow = taylor[order];
        Taylor(high, taylor);
        var rising = taylor[order] >= 0;
        if ((atLow >= 0) == rising) return false;
        root = 0.5 * (low + high);
        for (var iteration = 0; iteration < 100; iteration++)
        {
            Taylor(root, taylor);
            if (taylor[order] == 0) break;
            if ((taylor[order] > 0) == rising) high = root;
            else low = root;
            var next = root - (taylor[order] / ((order + 1) * taylor[order + 1]));
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (Math.Abs(next - root) <= 2e-16 * Math.Abs(root) || next == low || next == high) break;
            root = next;
        }

        return true;
    }

    /// <summary>F's Taylor coefficients at v, as many as the span holds.</summary>
    private void Taylor(double v, Span<double> f)
    {
        Span<double> u = stackalloc double[f.Length];
        Span<double> t = stackalloc double[f.Length];
        Span<double> y = stackalloc double[f.Length];
        Span<double> work = stackalloc double[f.Length];
        u.Clear();
        u[0] = v;
        if (u.Length > 1) u[1] = 1;
        Sigmoid(u, t, work);
        for (var k = 0; k < f.Length; k++) t[k] = (k == 0 ? _first.Base : 0) + (_first.Slope * t[k]);
        Sigmoid(t, y, work);
        for (var k = 0; k < f.Length; k++) u[k] += _first.Tau * ((k == 0 ? _first.Offset : 0) + (_first.Kappa * y[k]));
        Sigmoid(u, y, work);
        for (var k = 0; k < f.Length; k++) t[k] -= _second.Tau * ((k == 0 ? _second.Offset : 0) + (_second.Kappa * y[k]));
        Sigmoid(t, y, work);
        for (var k = 0; k < f.Length; k++) f[k] = u[k] - (k == 0 ? _second.Base : 0) - (_second.Slope * y[k]);
    }

    /// <summary>y = sigmoid(u) for Taylor series, from y' = y (1 - y) u'.</summary>
    private static void Sigmoid(ReadOnlySpan<double> u, Span<double> y, Span<double> variance)
    {
        y[0] = Logistic.Sigmoid(u[0], out variance[0]);
        for (var k = 1; k < u.Length; k++)
        {
            var sum = 0.0;
            for (var j = 1; j <= k; j++) sum += j * u[j] * variance[k - j];
            y[k] = sum / k;
            var square = 0.0;
            for (var j = 0; j <= k; j++) square += y[j] * y[k - j];
            variance[k] = y[k] - square;
        }
    }
}
