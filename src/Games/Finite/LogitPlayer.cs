namespace Srpo.Games.Finite;

/// <summary>
/// A player of a 2x2 game in logits, which hold probabilities that no double holds. Her best response has an explicit form in v, the logit of
/// p = p*(0), which her adversary gives the other's action 0: her own logit is t = (beta + kappa p)/eps, and the other's logit
/// v + tau (X(0) - X(1)), X(0) - X(1) = offset + kappa x. Both rise or both fall along v, so the response is one monotone curve.
/// </summary>
/// <remarks>
/// Where eps is small against the utilities, t runs through all its values while v hardly changes, and only t tells the curve's points apart:
/// there the curve is parametrised by t (<see cref="AdversaryOf"/>), elsewhere by v (<see cref="OwnOf"/>).
/// </remarks>
internal readonly struct LogitPlayer
{
    // What rounding can do to a sum of products relative to the sum of their absolute values: six operations of half a unit each.
    private const double Rounding = 1e-15;

    /// <summary>Takes the player out of a game.</summary>
    /// <param name="own">Utility (own action, other's action), each 0 or 1.</param>
    /// <param name="tau">Risk aversion, at least 0.</param>
    /// <param name="epsilon">Bounded rationality, above 0.</param>
    public LogitPlayer(Func<int, int, double> own, double tau, double epsilon)
        : this(own(0, 0) - own(1, 0), own(0, 1) - own(1, 1), own(1, 0) - own(1, 1), own(0, 0) - own(0, 1), tau, epsilon)
    {
    }

    private LogitPlayer(double alpha, double beta, double offset, double offsetTop, double tau, double epsilon)
    {
        (Alpha, Beta, Kappa, Offset, OffsetTop) = (alpha, beta, alpha - beta, offset, offsetTop);
        (Tau, Epsilon) = (tau, epsilon);
        (Base, Top, Slope, Stiffness) = (Beta / epsilon, Alpha / epsilon, Kappa / epsilon, tau * Kappa * (Kappa / epsilon));
        Turn = Math.Abs(Slope) > 4 ? Math.Log(Math.Abs(Slope)) : -1;
    }

    /// <summary>Utility difference, action 0 minus action 1, against the other's action 0.</summary>
    public double Alpha { get; }

    /// <summary>The same against the other's action 1.</summary>
    public double Beta { get; }

    /// <summary>alpha - beta.</summary>
    public double Kappa { get; }

    /// <summary>X(0) - X(1) when she plays action 1.</summary>
    public double Offset { get; }

    /// <summary>X(0) - X(1) when she plays action 0: offset + kappa.</summary>
    public double OffsetTop { get; }

    /// <summary>Risk aversion.</summary>
    public double Tau { get; }

    /// <summary>Bounded rationality.</summary>
    public double Epsilon { get; }

    /// <summary>beta / eps.</summary>
    public double Base { get; }

    /// <summary>alpha / eps.</summary>
    public double Top { get; }

    /// <summary>kappa / eps.</summary>
    public double Slope { get; }

    /// <summary>tau kappa^2 / eps.</summary>
    public double Stiffness { get; }

    /// <summary>Up to this |v| the curve is parametrised by t: beyond, t changes more slowly than v. Negative where v serves everywhere.</summary>
    public double Turn { get; }

    /// <summary>Least logit she can play.</summary>
    public double Lowest => Math.Min(Base, Top);

    /// <summary>Largest logit she can play.</summary>
    public double Highest => Math.Max(Base, Top);

    /// <summary>The same player under other tau and eps.</summary>
    public LogitPlayer With(double tau, double epsilon) => new(Alpha, Beta, Offset, OffsetTop, tau, epsilon);

    /// <summary>The same player with her two actions swapped: her logit changes sign.</summary>
    public LogitPlayer SwapOwn() => new(-Alpha, -Beta, OffsetTop, Offset, Tau, Epsilon);

    /// <summary>The same player with the other's two actions swapped: the other's logit changes sign.</summary>
    public LogitPlayer SwapOther() => new(Beta, Alpha, -Offset, -OffsetTop, Tau, Epsilon);

    /// <summary>Whether two players are one to rounding.</summary>
    public bool Resembles(in LogitPlayer other)
    {
        return Same(Alpha, other.Alpha) && Same(Beta, other.Beta) && (Tau == 0 || (Same(Offset, other.Offset) && Same(OffsetTop, other.OffsetTop)))
            && Tau == other.Tau && Epsilon == other.Epsilon;

        static bool Same(double first, double second) => Math.Abs(first - second) <= 4e-16 * (Math.Abs(first) + Math.Abs(second));
    }

    /// <summary>Her logit when her adversary's probability is p.</summary>
    public double Own(double p) => Base + (Slope * p);

    /// <summary>Her logit when her adversary's logit is v; nothing cancels next to certainty.</summary>
    public double OwnOf(double v) => v <= 0 ? Base + (Slope * Logistic.Sigmoid(v)) : Top - (Slope * Logistic.Sigmoid(-v));

    /// <summary>Her adversary's logit where she plays the logit t strictly between <see cref="Lowest"/> and <see cref="Highest"/>.</summary>
    public double AdversaryOf(double t) => Math.Log((t - Base) / (Top - t));

    /// <summary>How far the other's logit lies above her adversary's when she plays x.</summary>
    public double Premium(double x) => Tau * (Offset + (Kappa * x));

    /// <summary>The same from her logit.</summary>
    public double PremiumOf(double t) =>
        Tau * (t <= 0 ? Offset + (Kappa * Logistic.Sigmoid(t)) : OffsetTop - (Kappa * Logistic.Sigmoid(-t)));

    /// <summary>Bounds of <see cref="OwnOf"/> at exactly v.</summary>
    public (double Low, double High) OwnBounds(double v)
    {
        var p = Logistic.Sigmoid(-Math.Abs(v));
        var (end, change) = v <= 0 ? (Base, Slope * p) : (Top, -Slope * p);
        return Around(end + change, Math.Abs(end) + Math.Abs(change));
    }

    /// <summary>Bounds of <see cref="AdversaryOf"/> at exactly t; infinite where rounding decides.</summary>
    public (double Low, double High) AdversaryBounds(double t)
    {
        var (above, below) = ((t - Base) * Math.Sign(Kappa), (Top - t) * Math.Sign(Kappa));
        if (!(above > 0 && below > 0)) return (double.NegativeInfinity, double.PositiveInfinity);
        var error = Rounding * (((Math.Abs(t) + Math.Abs(Base)) / above) + ((Math.Abs(t) + Math.Abs(Top)) / below));
        if (!(error < 0.1)) return (double.NegativeInfinity, double.PositiveInfinity);
        var v = Math.Log(above / below);
        error = (1.1 * error) + (Rounding * (1 + Math.Abs(v)));
        return (v - error, v + error);
    }

    /// <summary>Bounds of the other's logit for adversary's logits of at least <paramref name="v"/> and own logits of at least <paramref name="t"/>, at most respectively; kappa must not be negative.</summary>
    public double OtherLow(double v, double t)
    {
        var (premium, size) = PremiumAndSize(t);
        return v + premium - (Rounding * (Math.Abs(v) + size));
    }

    /// <summary>The other way: an upper bound.</summary>
    public double OtherHigh(double v, double t)
    {
        var (premium, size) = PremiumAndSize(t);
        return v + premium + (Rounding * (Math.Abs(v) + size));
    }

    /// <summary>Her best response to the other's logit, as a logit, with its derivative.</summary>
    /// <param name="other">The other's logit.</param>
    /// <param name="near">A guess of her adversary's logit; becomes it.</param>
    /// <param name="derivative">d response / d other: kappa p(1-p)/eps over 1 + stiffness p(1-p) x(1-x).</param>
    public double Respond(double other, ref double near, out double derivative)
    {
        var response = Turn > 0 && Excess(-Turn, other) <= 0 && Excess(Turn, other) >= 0 ? RespondInOwn(other, ref near) : RespondInAdversary(other, ref near);
        Logistic.Sigmoid(near, out var pVariance);
        Logistic.Sigmoid(response, out var xVariance);
        derivative = Slope * pVariance / (1 + (Stiffness * pVariance * xVariance));
        return response;
    }

    private double Excess(double v, double other) => v + PremiumOf(OwnOf(v)) - other;

    /// <summary>v + premium = other in v: it rises with a slope of at least 1.</summary>
    private double RespondInAdversary(double other, ref double near)
    {
        var (first, last) = (Tau * Offset, Tau * OffsetTop);
        var (low, high) = (other - Math.Max(first, last), other - Math.Min(first, last));
        var v = Math.Clamp(near, low, high);
        for (var iteration = 0; iteration < 200 && high > low; iteration++)
        {
            Logistic.Sigmoid(v, out var pVariance);
            var t = OwnOf(v);
            Logistic.Sigmoid(t, out var xVariance);
            var excess = v + PremiumOf(t) - other;
            if (excess > 0) high = v;
            else low = v;
            if (excess == 0) break;
            var next = v - (excess / (1 + (Stiffness * pVariance * xVariance)));
            if (Math.Abs(next - v) <= 1e-16 * Math.Abs(v)) break;
            // Newton while it stays inside; every fourth time a halving, so that the bracket shrinks whatever the shape.
            if (!(next > low && next < high) || iteration % 4 == 3) next = Middle(low, high);
            if (!(next > low && next < high)) break;
            v = next;
        }

        near = v;
        return OwnOf(v);
    }

    /// <summary>The same in t, where v hardly changes.</summary>
    private double RespondInOwn(double other, ref double near)
    {
        var (a, b) = (OwnOf(-Turn), OwnOf(Turn));
        var (low, high) = (Math.Min(a, b), Math.Max(a, b));
        var rises = Slope > 0;
        var t = Math.Clamp(OwnOf(near), low, high);
        for (var iteration = 0; iteration < 200; iteration++)
        {
            near = AdversaryOf(t);
            Logistic.Sigmoid(near, out var pVariance);
            Logistic.Sigmoid(t, out var xVariance);
            var excess = near + PremiumOf(t) - other;
            if ((excess > 0) == rises) high = t;
            else low = t;
            if (excess == 0) break;
            var next = t - (excess / ((1 / (Slope * pVariance)) + (Tau * Kappa * xVariance)));
            if (Math.Abs(next - t) <= 1e-16 * Math.Abs(t)) break;
            if (!(next > low && next < high) || iteration % 4 == 3) next = Middle(low, high);
            if (!(next > low && next < high)) break;
            t = next;
        }

        near = AdversaryOf(t);
        return t;
    }

    /// <summary>A point between two logits: halfway on a scale that is linear next to 0 and logarithmic beyond.</summary>
    public static double Middle(double low, double high)
    {
        var middle = high - low > 4 ? Math.Sinh(0.5 * (Math.Asinh(low) + Math.Asinh(high))) : 0.5 * (low + high);
        return middle > low && middle < high ? middle : 0.5 * (low + high);
    }

    private static (double Low, double High) Around(double value, double size) =>
        (value - (Rounding * size) - double.Epsilon, value + (Rounding * size) + double.Epsilon);

    private (double Premium, double Size) PremiumAndSize(double t)
    {
        var (end, change) = t <= 0 ? (Offset, Kappa * Logistic.Sigmoid(t)) : (OffsetTop, -Kappa * Logistic.Sigmoid(-t));
        return (Tau * (end + change), Tau * (Math.Abs(end) + Math.Abs(change)));
    }
}
