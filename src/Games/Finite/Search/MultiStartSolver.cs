namespace Srpo.Games.Finite.Search;

/// <summary>
/// RQE of a general finite game of n players (arXiv 2602.21515, section 3) from many starts: damped logit responses followed by Newton find
/// the stable ones, Newton with a line search from the starts themselves finds unstable ones too. Nothing proves completeness; where
/// there is more than one, or the indices show that some are missing, branches are followed in lambda = 1/eps through folds.
/// </summary>
public static class MultiStartSolver
{
    /// <summary>Searches.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="risk">tau and eps of its players.</param>
    /// <param name="options">Number of starts, seed; null for the defaults.</param>
    /// <returns>Equilibria with residuals below 1e-10; at least one in practice: the principal branch always leads to one.</returns>
    /// <exception cref="ArgumentException">The profile is for another number of players, or an option is out of range.</exception>
    public static RqeSearch FindAll(FiniteGame game, RiskProfile risk, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        options ??= SearchOptions.Default;
        options.Require();
        var (roots, converged) = FindRoots(new RqeSystem(game, risk), options);
        var responses = new BestResponse(game, risk);
        var order = roots.Sorted();
        return new RqeSearch(
            [.. order.Select(root => Assemble(responses, roots.Roots[root]))],
            [.. order.Select(root => roots.Hits[root])],
            options.Starts,
            converged,
            roots.Indices.Sum(),
            false);
    }

    /// <summary>The search in log probabilities.</summary>
    internal static (RootSet Roots, int Converged) FindRoots(RqeSystem system, SearchOptions options)
    {
        var roots = new RootSet(options.SameWithin);
        var newton = new NewtonSolver(system);
        var z = new double[system.Size];
        var converged = 0;
        for (var start = 0; start < options.Starts; start++)
        {
            StartingPoints.Fill(system, options.Seed, start, z);
            var reached = Direct(newton, z, roots);
            StartingPoints.Fill(system, options.Seed, start, z);
            reached |= Damped(newton, z, roots);
            if (!reached)
            {
                StartingPoints.Fill(system, options.Seed, start, z);
                reached = Annealed(newton, z, roots);
            }

            if (reached) converged++;
        }

        if (roots.Roots.Count == 0) LambdaBranches.AddPrincipal(system, newton, roots);
        if (options.FollowBranches && (roots.Roots.Count > 1 || roots.Indices.Sum() != 1)) LambdaBranches.AddFolded(system, newton, roots);
        return (roots, converged);
    }

    /// <summary>Everything about the equilibrium with these log probabilities.</summary>
    internal static FiniteEquilibrium Assemble(BestResponse responses, double[] z)
    {
        var game = responses.Game;
        var strategies = new double[game.Players][];
        var offset = 0;
        for (var player = 0; player < strategies.Length; player++)
        {
            var logs = z.AsSpan(offset, game.Actions[player]).ToArray();
            strategies[player] = new double[logs.Length];
            Vectors.LogSoftmax(logs, strategies[player]);
            offset += logs.Length;
        }

        return FiniteEquilibria.Assemble(responses, strategies);
    }

    private static bool Direct(NewtonSolver newton, double[] z, RootSet roots)
    {
        if (!newton.Solve(z, 30)) return false;
        roots.Add(z, newton.System.Probabilities, newton.DeterminantSign);
        return true;
    }

    private static bool Damped(NewtonSolver newton, double[] z, RootSet roots)
    {
        for (var round = 0; round < 4; round++)
        {
            newton.Damp(z, 10, 0.5, 1e-2);
            var known = roots.Find(newton.System.Probabilities, 1e-3);
            if (known >= 0)
            {
                roots.Hits[known]++;
                return true;
            }
        }

        return Direct(newton, z, roots);
    }

    /// <summary>From an eps 16 times as large down to the game's own: for small eps, where Newton's basins are narrow.</summary>
    private static bool Annealed(NewtonSolver newton, double[] z, RootSet roots)
    {
        var system = newton.System;
        double[] lambda = [.. system.Lambda];
        try
        {
            for (var factor = 1.0 / 16; factor < 1; factor *= 1.5)
            {
                for (var player = 0; player < lambda.Length; player++) system.Lambda[player] = lambda[player] * factor;
                newton.Damp(z, 10, 0.3, 1e-3);
                newton.Solve(z, 10);
            }
        }
        finally
        {
            lambda.CopyTo(system.Lambda, 0);
        }

        newton.Damp(z, 10, 0.3, 1e-3);
        return Direct(newton, z, roots);
    }
}
