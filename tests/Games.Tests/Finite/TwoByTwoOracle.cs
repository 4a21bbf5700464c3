namespace Srpo.Games.Tests.Finite;

/// <summary>Plain best responses of a 2x2 game by bisection in the player's own logit, and a dense scan for equilibria.</summary>
internal sealed class TwoByTwoOracle(double[,] first, double[,] second, double tau1, double tau2, double eps1, double eps2)
{
    /// <summary>Logit of the response of the first (or second) player to the other's logit; matrices are [own action, other's action].</summary>
    public double Respond(int player, double other)
    {
        var (u, tau, eps) = player == 0 ? (first, tau1, eps1) : (second, tau2, eps2);
        double Gap(double t)
        {
            var x = 1 / (1 + Math.Exp(-t));
            var p = 1 / (1 + Math.Exp(-(other - (tau * ((x * (u[0, 0] - u[0, 1])) + ((1 - x) * (u[1, 0] - u[1, 1])))))));
            return (eps * t) - (p * (u[0, 0] - u[1, 0])) - ((1 - p) * (u[0, 1] - u[1, 1]));
        }

        var bound = (1 + Math.Abs(u[0, 0]) + Math.Abs(u[0, 1]) + Math.Abs(u[1, 0]) + Math.Abs(u[1, 1])) / eps;
        var (low, high) = (-bound, bound);
        for (var i = 0; i < 100 && high - low > 1e-14; i++)
        {
            var middle = 0.5 * (low + high);
            if (Gap(middle) > 0) high = middle;
            else low = middle;
        }

        return 0.5 * (low + high);
    }

    /// <summary>Equilibria by sign changes of BR1(BR2(t)) - t on a grid of logits of the first player.</summary>
    public List<double> Scan(int points)
    {
        var bound = 1.2 * (Math.Max(Math.Abs(first[0, 0] - first[1, 0]), Math.Abs(first[0, 1] - first[1, 1])) / eps1);
        double Change(double t) => Respond(0, Respond(1, t)) - t;
        var roots = new List<double>();
        var before = Change(-bound);
        for (var i = 1; i <= points; i++)
        {
            var (low, high) = (bound * ((2.0 * (i - 1) / points) - 1), bound * ((2.0 * i / points) - 1));
            var after = Change(high);
            if (before >= 0 != after >= 0)
            {
                for (var k = 0; k < 40; k++)
                {
                    var middle = 0.5 * (low + high);
                    if (Change(middle) >= 0 == before >= 0) low = middle;
                    else high = middle;
                }

                roots.Add(0.5 * (low + high));
            }

            before = after;
        }

        return roots;
    }
}
