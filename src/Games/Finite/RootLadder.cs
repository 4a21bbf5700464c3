namespace Srpo.Games.Finite;

/// <summary>
/// Roots of a <see cref="TwoByTwoCurve"/> within a short interval where several nearly coincide: next to a bifurcation. Between two roots of
/// a function lies one of its derivative; so the roots of the fourth derivative, taken as monotone there, give those of the third, and so on
/// down to F. At most five roots are told apart, the most that a fifth-order contact has.
/// </summary>
internal static class RootLadder
{
    private const int Order = 5;

    /// <summary>Adds the roots in [low, high) to the list, among them points where F touches zero up to rounding.</summary>
    public static void Find(in TwoByTwoCurve curve, double low, double high, List<double> roots)
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
                if (Crossing(curve, order, breaks[i], breaks[i + 1], out var root)) found[next++] = root;
            }

            if (order == 0)
            {
                for (var i = 1; i < next; i++) roots.Add(found[i]);
                for (var i = 1; i + 1 < count; i++)
                {
                    if (Math.Abs(curve.At(breaks[i]).F) <= curve.Noise) roots.Add(breaks[i]);
                }

                return;
            }

            found[next++] = high;
            found[..next].CopyTo(breaks);
            count = next;
        }
    }

    /// <summary>The sign change of a derivative of F on an interval where it is monotone: Newton kept inside by bisection.</summary>
    private static bool Crossing(in TwoByTwoCurve curve, int order, double low, double high, out double root)
    {
        Span<double> taylor = stackalloc double[order + 2];
        root = low;
        curve.Taylor(low, taylor);
        var atLow = taylor[order];
        curve.Taylor(high, taylor);
        var rising = taylor[order] >= 0;
        if ((atLow >= 0) == rising) return false;
        root = 0.5 * (low + high);
        for (var iteration = 0; iteration < 100; iteration++)
        {
            curve.Taylor(root, taylor);
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
}
