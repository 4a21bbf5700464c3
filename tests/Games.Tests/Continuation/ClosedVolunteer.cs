namespace Srpo.Games.Tests.Continuation;

/// <summary>The volunteer's game by its closed formulas (theory.md, example 4.2) and bisection.</summary>
internal static class ClosedVolunteer
{
    /// <summary>Best response to y.</summary>
    public static double Respond(double y, double tau, double kappa, double epsilon) =>
        Bisect(0, 1, x => Sigmoid((1 - kappa - Adversary(x, y, tau)) / epsilon) - x);

    /// <summary>The symmetric equilibrium.</summary>
    public static double Symmetric(double tau, double kappa, double epsilon) =>
        Bisect(0, 1, x => Sigmoid((1 - kappa - Adversary(x, x, tau)) / epsilon) - x);

    /// <summary>Where the best response's slope at the symmetric equilibrium is -1. With p the adversary, x = sigmoid((1 - kappa - p)/eps).</summary>
    public static double Pitchfork(double kappa, double epsilon, double from, double to) => Bisect(from, to, tau =>
    {
        var x = Symmetric(tau, kappa, epsilon);
        var p = Adversary(x, x, tau);
        // log p/(1-p) = log y/(1-y) - tau (1 - x): dp = p(1-p) (dy / (y(1-y)) + tau dx), dx = -x(1-x)/eps dp.
        var slope = -(p * (1 - p) / epsilon) / (1 + (tau * x * (1 - x) * p * (1 - p) / epsilon));
        return -1 - slope;
    });

    /// <summary>The tau between two bounds where the asymmetric equilibria vanish: there are some at the first and none at the second.</summary>
    public static double Fold(double kappa, double epsilon, double from, double to)
    {
        for (var i = 0; i < 32; i++)
        {
            var tau = 0.5 * (from + to);
            if (HasAsymmetric(tau, kappa, epsilon)) from = tau;
            else to = tau;
        }

        return 0.5 * (from + to);
    }

    /// <summary>Whether y -> BR(BR(y)) - y is positive somewhere below the symmetric equilibrium.</summary>
    private static bool HasAsymmetric(double tau, double kappa, double epsilon)
    {
        // Past the pitchfork the gap is positive just below y = 0 and between the outer pair; its largest value decides.
        var symmetric = Symmetric(tau, kappa, epsilon);
        double Gap(double y) => Respond(Respond(y, tau, kappa, epsilon), tau, kappa, epsilon) - y;
        var best = 0.01;
        const int Steps = 60;
        for (var i = 1; i < Steps; i++)
        {
            var y = 0.01 + ((symmetric - 0.08 - 0.01) * i / Steps);
            if (Gap(y) < Gap(best)) best = y;
        }

        var (low, high) = (best - (symmetric / Steps), best + (symmetric / Steps));
        for (var i = 0; i < 40; i++)
        {
            var (a, b) = (low + ((high - low) * 0.382), low + ((high - low) * 0.618));
            if (Gap(a) < Gap(b)) high = b;
            else low = a;
        }

        return Gap(0.5 * (low + high)) < 0;
    }

    private static double Adversary(double x, double y, double tau) => y * Math.Exp(-tau) / ((y * Math.Exp(-tau)) + ((1 - y) * Math.Exp(-tau * x)));

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    /// <summary>The root of a function that falls through it.</summary>
    private static double Bisect(double low, double high, Func<double, double> function)
    {
        var rising = function(low + (1e-12 * (high - low))) < 0;
        for (var i = 0; i < 70; i++)
        {
            var middle = 0.5 * (low + high);
            if (function(middle) < 0 == rising) low = middle;
            else high = middle;
        }

        return 0.5 * (low + high);
    }
}
