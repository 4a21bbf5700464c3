namespace Srpo.Games.Finite.Search;

/// <summary>Newton's method with a line search on |F|, and damped best response, for <see cref="RqeSystem"/>.</summary>
internal sealed class NewtonSolver(RqeSystem system)
{
    /// <summary>|F| below which a root counts as found.</summary>
    public const double Tolerance = 1e-11;

    // Log probabilities may move this far in a step: enough to cross the simplex in a few steps, too little to leave for infinity.
    private const double LongestStep = 6;

    private readonly LinearSolver _solver = new(system.Size);
    private readonly double[] _jacobian = new double[system.Size * system.Size];
    private readonly double[] _residual = new double[system.Size];
    private readonly double[] _step = new double[system.Size];
    private readonly double[] _trial = new double[system.Size];

    /// <summary>The equations.</summary>
    public RqeSystem System => system;

    /// <summary>Sign of det dF/dz of the last Newton step: at a root its index.</summary>
    public int DeterminantSign => _solver.DeterminantSign;

    /// <summary>Goes to a root.</summary>
    /// <param name="z">[Size] start; holds the root, normalised, afterwards if there is one.</param>
    /// <param name="iterations">Most steps.</param>
    /// <returns>Whether |F| is below <see cref="Tolerance"/>.</returns>
    public bool Solve(Span<double> z, int iterations)
    {
        var rounding = Tolerance;
        system.Evaluate(z, _residual);
        var size = Vectors.Norm(_residual);
        for (var iteration = 0; iteration < iterations && double.IsFinite(size); iteration++)
        {
            system.Jacobian(_jacobian, system.Size);
            if (!_solver.Factor(_jacobian)) return false;
            if (size < 1e-14) break;
            _residual.CopyTo(_step, 0);
            _solver.Solve(_step);
            var scale = Math.Min(1, LongestStep / Math.Max(Vectors.MaxAbs(_step), 1e-300));
            if (!double.IsFinite(scale)) return false;
            var accepted = false;
            for (var halving = 0; halving < 12 && !accepted; halving++, scale /= 2)
            {
                z.CopyTo(_trial);
                Vectors.AddScaled(_trial, -scale, _step);
                system.Evaluate(_trial, _residual);
                var trialSize = Vectors.Norm(_residual);
                if (trialSize < size * (1 - (1e-4 * scale)))
                {
                    accepted = true;
                    size = trialSize;
                    _trial.CopyTo(z);
                }
                else if (size < rounding)
                {
                    break;
                }
            }

            if (!accepted) break;
        }

        // A rejected trial leaves the system elsewhere than z.
        system.Evaluate(z, _residual);
        if (!(Vectors.Norm(_residual) < Tolerance)) return false;
        system.LogProbabilities.CopyTo(z);
        return true;
    }

    /// <summary>Damped best response: z moves the given part of the way to the logit reply.</summary>
    /// <param name="z">[Size] start and end.</param>
    /// <param name="iterations">Most steps.</param>
    /// <param name="damping">In (0, 1].</param>
    /// <param name="enough">Ends early once |F| is below.</param>
    public void Damp(Span<double> z, int iterations, double damping, double enough)
    {
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            system.Evaluate(z, _residual);
            Vectors.AddScaled(z, -damping, _residual);
            if (Vectors.MaxAbs(_residual) < enough) return;
        }
    }
}
