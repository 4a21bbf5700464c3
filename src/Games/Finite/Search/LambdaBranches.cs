namespace Srpo.Games.Finite.Search;

/// <summary>More roots for <see cref="MultiStartSolver"/> by following curves of equilibria in a common factor of all lambda_i = 1/eps_i.</summary>
internal static class LambdaBranches
{
    private const int MostSteps = 1500;
    private const int MostRoots = 64;
    private const double LargestFactor = 2;

    /// <summary>Adds the end of the principal branch, followed from the uniform profile at lambda = 0.</summary>
    public static void AddPrincipal(RqeSystem system, NewtonSolver newton, RootSet roots)
    {
        double[] lambda = [.. system.Lambda];
        var z = new double[system.Size];
        for (var player = 0; player < lambda.Length; player++) system.Part(z, player).Fill(-Math.Log(system.Game.Actions[player]));
        Walk(system, newton, roots, lambda, z, 0, 1);
        lambda.CopyTo(system.Lambda, 0);
    }

    /// <summary>Follows every root both ways, the new ones too, and adds what else the curves pass at the system's lambda.</summary>
    public static void AddFolded(RqeSystem system, NewtonSolver newton, RootSet roots)
    {
        double[] lambda = [.. system.Lambda];
        for (var root = 0; root < Math.Min(roots.Roots.Count, MostRoots); root++)
        {
            foreach (var direction in (ReadOnlySpan<int>)[-1, 1]) Walk(system, newton, roots, lambda, roots.Roots[root], lambda[0], direction);
        }

        lambda.CopyTo(system.Lambda, 0);
    }

    private static void Walk(RqeSystem system, NewtonSolver newton, RootSet roots, double[] lambda, double[] z, double from, int direction)
    {
        // The parameter is the first player's lambda, the others' in proportion.
        var target = lambda[0];
        double[] rates = [.. lambda.Select(value => value / target)];
        var walk = new PseudoArclength(new LambdaCurve(system, rates)) { LongestStep = 2 };
        var length = 0.05;
        var point = walk.Start(z, from, direction);
        var x = new double[system.Size];
        for (var step = 0; point is not null && step < MostSteps; step++)
        {
            var next = walk.Step(point, ref length, out _);
            if (next is null || next.Parameter < 0 || next.Parameter > LargestFactor * target) return;
            if (point.Parameter != target && (point.Parameter < target) != (next.Parameter < target))
            {
                var index = PathRoots.At(walk, point, next, target, x);
                lambda.CopyTo(system.Lambda, 0);
                if (index != 0 && newton.Solve(x, 10)) roots.Add(x, system.Probabilities, newton.DeterminantSign);
            }

            point = next;
        }
    }
}
