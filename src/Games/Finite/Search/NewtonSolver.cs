namespace Srpo.Games.Finite.Search;

/// <summary>Newton's method with a line search on |F|, and damped best response, for <see cref="RqeSystem"/>.</summary>
internal sealed class NewtonSolver(RqeSystem system)
{
    // Log probabilities may move this far in a step: enough to cross the simplex in a few steps, too little to leave for infinity.
    private const double LongestStep = 6;

    // An action less likely than this moves nobody, whatever the others' adversaries make of it.
    private const double Negligible = -26;
    private const double Stretch = 0.05;

    private readonly LinearSolver _solver = new(system.Size);
    private readonly double[] _jacobian = new double[system.Size * system.Size];
    private readonly double[] _residual = new double[system.Size];
    private readonly double[] _step = new double[system.Size];
    private readonly double[] _trial = new double[system.Size];

    /// <summary>The equations.</summary>
    public RqeSystem System => system;

    /// <summary>Sign of det dF/dz of the last Newton step: at a root its index.</summary>
    public int DeterminantSign => _solver.DeterminantSign;

    /// <summary>|F| below which a root counts as found: 1e-11, or what rounding makes of it with utilities of many eps.</summary>
    public double Tolerance => Math.Clamp(4e-15 * system.RangeOverEpsilon() * (1 + system.TauTimesRange()), 1e-11, 1e-3);

    /// <summary>Goes to a root.</summary>
    /// <param name="z">[Size] start; holds the root, normalised, afterwards if there is one.</param>
    /// <param name="iterations">Most steps.</param>
    /// <returns>Whether |F| is below <see cref="Tolerance"/>.</returns>
    public bool Solve(Span<double> z, int iterations)
    {
        var tolerance = Tolerance;
        var floor = Negligible - system.TauTimesRange();
        var size = Evaluate(z, floor);
        for (var iteration = 0; iteration < iterations && double.IsFinite(size); iteration++)
        {
            system.Jacobian(_jacobian, system.Size);
            if (!_solver.Factor(_jacobian)) return false;
            if (size < 1e-14) break;
            _residual.CopyTo(_step, 0);
            _solver.Solve(_step);
            Centre();
            var scale = Math.Min(1, LongestStep / Math.Max(Longest(floor), 1e-300));
            if (!double.IsFinite(scale)) return false;
            var accepted = false;
            for (var halving = 0; halving < 12 && !accepted; halving++, scale /= 2)
            {
                z.CopyTo(_trial);
                Vectors.AddScaled(_trial, -scale, _step);
                var trialSize = Evaluate(_trial, floor);
                if (trialSize < size * (1 - (1e-4 * scale)))
                {
                    accepted = true;
                    size = trialSize;
                    _trial.CopyTo(z);
                }
                else if (size < tolerance)
                {
                    break;
                }
            }

            if (!accepted) break;
        }

        // A rejected trial leaves the system elsewhere than z.
        system.Evaluate(z, _residual);
        if (!(Vectors.Norm(_residual) < tolerance)) return false;
        system.LogProbabilities.CopyTo(z);
        return true;
    }

    /// <summary>One Newton step from a profile that is nearly a root, which a symmetry may be imposed on.</summary>
    /// <param name="z">[Size] log probabilities.</param>
    /// <param name="step">[Size] receives what to subtract.</param>
    /// <returns>|F|; not a number where the equations are singular.</returns>
    public double Step(ReadOnlySpan<double> z, Span<double> step)
    {
        system.Evaluate(z, _residual);
        system.Jacobian(_jacobian, system.Size);
        if (!_solver.Factor(_jacobian)) return double.NaN;
        _residual.CopyTo(step);
        _solver.Solve(step);
        return Vectors.Norm(_residual);
    }

    /// <summary>|F| at a profile, normalised.</summary>
    public double Residual(ReadOnlySpan<double> z)
    {
        system.Evaluate(z, _residual);
        for (var i = 0; i < _residual.Length; i++) _residual[i] += system.LogProbabilities[i] - z[i];
        return Vectors.Norm(_residual);
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

    /// <summary>|F| of the profile, normalised, with actions that matter to nobody put at their replies, which changes no other equation.</summary>
    private double Evaluate(Span<double> z, double floor)
    {
        system.Evaluate(z, _residual);
        for (var i = 0; i < _residual.Length; i++)
        {
            _residual[i] += system.LogProbabilities[i] - z[i];
            z[i] = system.LogProbabilities[i];
            if (!(system.LogProbabilities[i] < floor && z[i] - _residual[i] < floor)) continue;
            z[i] -= _residual[i];
            _residual[i] = 0;
        }

        return Vectors.Norm(_residual);
    }

    /// <summary>Takes what only scales a player's probabilities out of the step: it may be as long as a response is sharp, and moves nothing.</summary>
    private void Centre()
    {
        for (var player = 0; player < system.Offsets.Length; player++)
        {
            var step = system.Part(_step, player);
            var mean = Vectors.Dot(step, system.Part(system.Probabilities, player));
            foreach (ref var value in step) value -= mean;
        }
    }

    /// <summary>Longest change of an action that matters.</summary>
    private double Longest(double floor)
    {
        var longest = 0.0;
        for (var i = 0; i < _step.Length; i++)
        {
            if (system.LogProbabilities[i] < floor && Math.Abs(_residual[i]) == 0) continue;
            // Where an adversary makes much of little, roots lie at very small probabilities: the smaller, the longer the step may be.
            longest = Math.Max(longest, Math.Abs(_step[i]) / (1 + (Stretch * Math.Max(0, -system.LogProbabilities[i] - 20))));
        }

        return longest;
    }
}
