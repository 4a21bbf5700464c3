namespace Srpo.Games.Markov;

/// <summary>
/// Solves the sparse system of a <see cref="StateChain"/> by BiCGSTAB (van der Vorst 1992), restarted from the true residual, and by plain
/// sweeps x = b + gamma P x, which always converge, should it stall.
/// </summary>
internal sealed class SparseSolver
{
    private const double Precision = 1e-15;
    private const int Restarts = 8;
    private const int IterationsPerRestart = 500;
    private const int MaxSweeps = 1_000_000;

    private readonly StateChain _chain;
    private readonly bool _transposed;

    internal SparseSolver(StateChain chain, bool transposed) => (_chain, _transposed) = (chain, transposed);

    /// <summary>Solves the system to the precision of doubles: residual at most 1e-15 times the size of x and b, or as small as it gets.</summary>
    internal double[] Solve(double[] right, double[] guess)
    {
        double[] x = [.. guess];
        var residual = new double[x.Length];
        var last = double.PositiveInfinity;
        for (var restart = 0; restart < Restarts; restart++)
        {
            var norm = Residual(x, right, residual);
            if (norm <= Precision * Scale(x, right)) return x;

            // Rounding leaves nothing to gain once a restart does not halve a residual that is already small.
            if (norm > last / 2 && norm <= 1e-13 * Scale(x, right)) return x;
            last = norm;
            Improve(x, residual, Precision * Scale(x, right) / 2);
        }

        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            var norm = Residual(x, right, residual);
            if (!double.IsFinite(norm))
            {
                right.CopyTo(x, 0);
                continue;
            }

            if (norm <= 1e-14 * Scale(x, right)) return x;
            for (var k = 0; k < x.Length; k++) x[k] += residual[k];
        }

        return x;
    }

    private void Improve(double[] x, double[] residual, double target)
    {
        double[] r = [.. residual];
        double[] p = [.. residual];
        var v = new double[x.Length];
        var t = new double[x.Length];
        var rho = SoftMath.Dot(residual, r);
        for (var iteration = 0; iteration < IterationsPerRestart; iteration++)
        {
            _chain.Apply(p, v, _transposed);
            var alpha = rho / SoftMath.Dot(residual, v);
            if (!double.IsFinite(alpha)) return;
            Add(-alpha, v, r);
            _chain.Apply(r, t, _transposed);
            var square = SoftMath.Dot(t, t);
            var omega = square > 0 ? SoftMath.Dot(t, r) / square : 0;
            Add(alpha, p, x);
            Add(omega, r, x);
            Add(-omega, t, r);
            if (Largest(r) <= target) return;
            var next = SoftMath.Dot(residual, r);
            var beta = next / rho * (alpha / omega);
            if (!double.IsFinite(beta) || beta == 0) return;
            for (var k = 0; k < p.Length; k++) p[k] = r[k] + (beta * (p[k] - (omega * v[k])));
            rho = next;
        }
    }

    private double Residual(double[] x, double[] right, double[] residual)
    {
        _chain.Apply(x, residual, _transposed);
        for (var k = 0; k < x.Length; k++) residual[k] = right[k] - residual[k];
        return Largest(residual);
    }

    private static double Scale(double[] x, double[] right) => Math.Max(Largest(x), Largest(right));

    private static void Add(double factor, double[] x, double[] y)
    {
        for (var k = 0; k < x.Length; k++) y[k] += factor * x[k];
    }

    /// <summary>Largest absolute entry; not a number if any entry is none.</summary>
    private static double Largest(double[] x)
    {
        var largest = 0.0;
        foreach (var entry in x) largest = Math.Max(largest, Math.Abs(entry));
        return largest;
    }
}
