using System.Globalization;

namespace Srpo.Games.Finite.Search;

/// <summary>
/// Quantal response equilibria on the principal branch: the curve of logit equilibria that starts at the uniform profile for lambda =
/// 1/eps = 0 (McKelvey and Palfrey 1995; computed as in Turocy 2005 and Gambit's gambit-logit). With tau above 0 the curve of RQE of
/// arXiv 2602.21515, section 3, which starts there as well.
/// </summary>
public static class QuantalResponse
{
    private const int MostSteps = 20000;

    /// <summary>The QRE (tau = 0) at eps on the principal branch.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="epsilon">Bounded rationality of all players, above 0; lambda = 1/epsilon.</param>
    /// <exception cref="ArgumentException">epsilon is not above 0.</exception>
    /// <exception cref="InvalidOperationException">The branch could not be followed so far.</exception>
    public static PrincipalBranch PrincipalBranch(FiniteGame game, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(game);
        return PrincipalBranch(game, RiskProfile.Shared(game.Players, 0, epsilon));
    }

    /// <summary>The RQE at a profile's tau and eps on the principal branch: all eps fall in proportion from infinity, tau stays.</summary>
    /// <param name="game">Any finite game.</param>
    /// <param name="risk">tau and eps of its players; <see cref="Search.PrincipalBranch.Lambda"/> is the first player's.</param>
    /// <param name="cancellation">Ends the walk.</param>
    /// <exception cref="ArgumentException">The profile is for another number of players.</exception>
    /// <exception cref="InvalidOperationException">The branch could not be followed so far.</exception>
    public static PrincipalBranch PrincipalBranch(FiniteGame game, RiskProfile risk, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        var system = new RqeSystem(game, risk);
        // The parameter is lambda in units of the game, so that steps are of one size whatever the unit of its payoffs.
        var (target, asked) = (system.RangeOverEpsilon(), system.Lambda[0]);
        double[] rates = [.. system.Lambda.Select(lambda => lambda / target)];
        var walk = new PseudoArclength(new LambdaCurve(system, rates)) { LongestStep = 0.5, RelativeStep = 0.1 };
        var z = new double[system.Size];
        for (var player = 0; player < rates.Length; player++) system.Part(z, player).Fill(-Math.Log(game.Actions[player]));
        var point = walk.Start(z, 0, 1)!;
        var (length, folds, crossings) = (0.03, 0, 0);
        for (var step = 1; step <= MostSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = walk.Step(point, ref length, out var taken);
            if (next is null) break;
            if (next.Parameter >= target)
            {
                (_, var along) = PathRoots.Find(walk, point, next, taken, at => at.Parameter - target, 1e-6 * taken);
                var end = walk.Correct(point.X, point.Tangent, along) ?? next;
                end.Unknowns.CopyTo(z);
                if (walk.Fix(z, target) == 0) break;
                return new PrincipalBranch(MultiStartSolver.Assemble(new BestResponse(game, risk), z), asked, folds, crossings, step);
            }

            if (point.Slope > 0 != next.Slope > 0) folds++;
            if (point.Orientation != next.Orientation) crossings++;
            point = next;
        }

        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"the principal branch of '{game.Name}' could be followed to lambda = {point.Parameter / target * asked:G6} only, not to {asked:G6}; take a larger epsilon"));
    }
}

/// <summary>The end of the principal branch of logit equilibria.</summary>
/// <param name="Equilibrium">The first point of the branch at the lambda asked for; it may pass this lambda again later.</param>
/// <param name="Lambda">1/eps there.</param>
/// <param name="Folds">Times the branch turned back in lambda before; above 0 it passes smaller lambdas several times.</param>
/// <param name="Crossings">Times another branch crossed it before, as in symmetric games; it was followed straight on.</param>
/// <param name="Steps">Steps of the continuation.</param>
public sealed record PrincipalBranch(FiniteEquilibrium Equilibrium, double Lambda, int Folds, int Crossings, int Steps);

/// <summary>More roots for <see cref="MultiStartSolver"/> by following curves of equilibria in a common factor of all lambda_i = 1/eps_i.</summary>
internal static class LambdaBranches
{
    private const int MostSteps = 1500;
    private const int MostRoots = 64;
    private const double LargestFactor = 2;

    /// <summary>Adds the end of the principal branch, followed from the uniform profile at lambda = 0.</summary>
    public static void AddPrincipal(RqeSystem system, NewtonSolver newton, RootSet roots, CancellationToken cancellation)
    {
        double[] lambda = [.. system.Lambda];
        var z = new double[system.Size];
        for (var player = 0; player < lambda.Length; player++) system.Part(z, player).Fill(-Math.Log(system.Game.Actions[player]));
        Walk(system, newton, roots, lambda, z, 0, 1, cancellation);
        lambda.CopyTo(system.Lambda, 0);
    }

    /// <summary>Follows every root both ways, the new ones too, and adds what else the curves pass at the system's lambda.</summary>
    public static void AddFolded(RqeSystem system, NewtonSolver newton, RootSet roots, CancellationToken cancellation)
    {
        double[] lambda = [.. system.Lambda];
        for (var root = 0; root < Math.Min(roots.Roots.Count, MostRoots); root++)
        {
            foreach (var direction in (ReadOnlySpan<int>)[-1, 1]) Walk(system, newton, roots, lambda, roots.Roots[root], 1, direction, cancellation);
        }

        lambda.CopyTo(system.Lambda, 0);
    }

    private static void Walk(RqeSystem system, NewtonSolver newton, RootSet roots, double[] lambda, double[] z, double from, int direction, CancellationToken cancellation)
    {
        // The parameter is lambda in units of the game; all players' grow in proportion.
        lambda.CopyTo(system.Lambda, 0);
        var target = system.RangeOverEpsilon();
        double[] rates = [.. lambda.Select(value => value / target)];
        var walk = new PseudoArclength(new LambdaCurve(system, rates)) { LongestStep = 2, RelativeStep = 0.1 };
        var length = 0.05;
        var point = walk.Start(z, from * target, direction);
        var x = new double[system.Size];
        for (var step = 0; point is not null && step < MostSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = walk.Step(point, ref length, out _);
            if (next is null || next.Parameter < 0 || next.Parameter > LargestFactor * target) return;
            if (point.Parameter != target && (point.Parameter < target) != (next.Parameter < target))
            {
                var index = PathRoots.At(walk, point, next, target, x);
                lambda.CopyTo(system.Lambda, 0);
                if (index != 0 && newton.Solve(x, 10)) roots.Add(x, newton.DeterminantSign);
            }

            point = next;
        }
    }
}
