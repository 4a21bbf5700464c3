namespace Srpo.Games.Finite;

/// <summary>
/// The equilibria of a 2x2 game as the roots of one smooth function on the whole line. Along v, the logit of the first player's adversary,
/// her own logit t and the second's logit s are explicit (<see cref="LogitPlayer"/>). So is the second adversary's logit
/// w = t - tau2 (offset2 + kappa2 sigmoid(s)), and the profile is an equilibrium where s is the response to it:
/// <code>F(v) = s(v) - (beta2 + kappa2 sigmoid(w)) / eps2 = 0</code>
/// No logarithm of a difference is taken, so nothing cancels next to pure strategies.
/// </summary>
internal readonly struct TwoByTwoCurve
{
    public TwoByTwoCurve(in LogitPlayer first, in LogitPlayer second)
    {
        (First, Second) = (first, second);
        Gain = first.Slope * second.Slope;
        var least = Math.Min(first.Premium(0), first.Premium(1));
        var most = Math.Max(first.Premium(0), first.Premium(1));
        Low = second.Lowest - most;
        High = second.Highest - least;
        var margin = 1 + (1e-12 * (Math.Abs(Low) + Math.Abs(High)));
        (Low, High) = (Low - margin, High + margin);
        Noise = 1e-15 * (1 + Math.Abs(second.Base) + Math.Abs(second.Slope) + Math.Abs(first.Premium(0)) + Math.Abs(first.Premium(1)));
    }

    public LogitPlayer First { get; }

    public LogitPlayer Second { get; }

    /// <summary>kappa1 kappa2 / (eps1 eps2); above 0 both players want to match (or both to differ), and up to 16 there is one equilibrium.</summary>
    public double Gain { get; }

    /// <summary>All roots lie above.</summary>
    public double Low { get; }

    /// <summary>All roots lie below.</summary>
    public double High { get; }

    /// <summary>What rounding can do to F.</summary>
    public double Noise { get; }

    /// <summary>The point of the curve at v.</summary>
    public CurvePoint At(double v)
    {
        var point = new CurvePoint { V = v };
        point.P = Logistic.Sigmoid(v, out point.PVariance);
        point.T = First.Own(point.P);
        point.X = Logistic.Sigmoid(point.T, out point.XVariance);
        point.S = v + First.Premium(point.X);
        point.Y = Logistic.Sigmoid(point.S, out point.YVariance);
        point.Lag = Second.Premium(point.Y);
        var q = Logistic.Sigmoid(point.T - point.Lag, out point.QVariance);
        point.F = point.S - Second.Own(q);
        return point;
    }

    /// <summary>F at a point from s and its lag, but with another t.</summary>
    public double Mixed(in CurvePoint s, double t) => s.S - Second.Own(Logistic.Sigmoid(t - s.Lag));

    /// <summary>dF/dv.</summary>
    public double Derivative(in CurvePoint point) =>
        ((1 + (First.Stiffness * point.PVariance * point.XVariance)) * (1 + (Second.Stiffness * point.QVariance * point.YVariance)))
        - (Gain * point.PVariance * point.QVariance);

    /// <summary>F's Taylor coefficients at v, as many as the span holds.</summary>
    public void Taylor(double v, Span<double> f)
    {
        Span<double> u = stackalloc double[f.Length];
        Span<double> t = stackalloc double[f.Length];
        Span<double> y = stackalloc double[f.Length];
        Span<double> work = stackalloc double[f.Length];
        u.Clear();
        (u[0], u[1]) = (v, 1);
        Sigmoid(u, t, work);
        for (var k = 0; k < f.Length; k++) t[k] = (k == 0 ? First.Base : 0) + (First.Slope * t[k]);
        Sigmoid(t, y, work);
        for (var k = 0; k < f.Length; k++) u[k] += First.Tau * ((k == 0 ? First.Offset : 0) + (First.Kappa * y[k]));
        Sigmoid(u, y, work);
        for (var k = 0; k < f.Length; k++) t[k] -= Second.Tau * ((k == 0 ? Second.Offset : 0) + (Second.Kappa * y[k]));
        Sigmoid(t, y, work);
        for (var k = 0; k < f.Length; k++) f[k] = u[k] - (k == 0 ? Second.Base : 0) - (Second.Slope * y[k]);
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
