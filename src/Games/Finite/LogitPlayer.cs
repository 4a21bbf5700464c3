namespace Srpo.Games.Finite;

/// <summary>
/// A player of a 2x2 game. Her best response has an explicit form in v, the logit of p = p*(0), which her adversary gives the other's
/// action 0: her own logit is (beta + kappa p)/eps, and the logit of the other's strategy v + tau (X(0) - X(1)), X(0) - X(1) = offset + kappa x.
/// </summary>
internal readonly struct LogitPlayer
{
    /// <summary>Takes the player out of a game.</summary>
    /// <param name="own">Utility (own action, other's action), each 0 or 1.</param>
    /// <param name="tau">Risk aversion, at least 0.</param>
    /// <param name="epsilon">Bounded rationality, above 0.</param>
    public LogitPlayer(Func<int, int, double> own, double tau, double epsilon)
    {
        Alpha = own(0, 0) - own(1, 0);
        Beta = own(0, 1) - own(1, 1);
        Kappa = Alpha - Beta;
        Offset = own(1, 0) - own(1, 1);
        (Tau, Epsilon) = (tau, epsilon);
        (Base, Slope, Stiffness) = (Beta / epsilon, Kappa / epsilon, tau * Kappa * (Kappa / epsilon));
    }

    private LogitPlayer(in LogitPlayer player, double tau, double epsilon)
    {
        (Alpha, Beta, Kappa, Offset, Tau, Epsilon) = (player.Alpha, player.Beta, player.Kappa, player.Offset, tau, epsilon);
        (Base, Slope, Stiffness) = (Beta / epsilon, Kappa / epsilon, tau * Kappa * (Kappa / epsilon));
    }

    /// <summary>Utility difference, action 0 minus action 1, against the other's action 0.</summary>
    public double Alpha { get; }

    /// <summary>The same against the other's action 1.</summary>
    public double Beta { get; }

    /// <summary>alpha - beta.</summary>
    public double Kappa { get; }

    /// <summary>X(0) - X(1) when she plays action 1.</summary>
    public double Offset { get; }

    /// <summary>Risk aversion.</summary>
    public double Tau { get; }

    /// <summary>Bounded rationality.</summary>
    public double Epsilon { get; }

    /// <summary>beta / eps.</summary>
    public double Base { get; }

    /// <summary>kappa / eps.</summary>
    public double Slope { get; }

    /// <summary>tau kappa^2 / eps.</summary>
    public double Stiffness { get; }

    /// <summary>Least logit she can play.</summary>
    public double Lowest => Math.Min(Alpha, Beta) / Epsilon;

    /// <summary>Largest logit she can play.</summary>
    public double Highest => Math.Max(Alpha, Beta) / Epsilon;

    /// <summary>The same player under other tau and eps.</summary>
    public LogitPlayer With(double tau, double epsilon) => new(this, tau, epsilon);

    /// <summary>Her logit when her adversary's probability is p.</summary>
    public double Own(double p) => Base + (Slope * p);

    /// <summary>How far the other's logit lies above her adversary's when she plays x.</summary>
    public double Premium(double x) => Tau * (Offset + (Kappa * x));

    /// <summary>Her best response to the other's logit, as a logit, with its derivative; near is a guess of the adversary's logit and becomes it.</summary>
    public double Respond(double other, ref double near, out double derivative)
    {
        // v + premium(v) = other grows in v with a slope of at least 1.
        var (first, last) = (Premium(0), Premium(1));
        var (low, high) = (other - Math.Max(first, last), other - Math.Min(first, last));
        var v = Math.Clamp(near, low, high);
        var slope = 1.0;
        for (var iteration = 0; iteration < 200; iteration++)
        {
            var p = Logistic.Sigmoid(v, out var pVariance);
            var x = Logistic.Sigmoid(Own(p), out var xVariance);
            var excess = v + Premium(x) - other;
            slope = 1 + (Stiffness * pVariance * xVariance);
            if (excess > 0) high = v;
            else low = v;
            var next = v - (excess / slope);
            if (Math.Abs(next - v) <= 1e-16 * Math.Abs(v) || excess == 0) break;
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (next == low || next == high) break;
            v = next;
        }

        near = v;
        var response = Logistic.Sigmoid(v, out var variance);
        derivative = Slope * variance / slope;
        return Own(response);
    }
}
