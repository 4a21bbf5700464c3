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
    /// <exception cref="ArgumentException">The profile is for another number of players.</exception>
    /// <exception cref="InvalidOperationException">The branch could not be followed so far.</exception>
    public static PrincipalBranch PrincipalBranch(FiniteGame game, RiskProfile risk)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        var system = new RqeSystem(game, risk);
        var target = system.Lambda[0];
        double[] rates = [.. system.Lambda.Select(lambda => lambda / target)];
        var walk = new PseudoArclength(new LambdaCurve(system, rates)) { LongestStep = 0.5, RelativeStep = 0.1 };
        var z = new double[system.Size];
        for (var player = 0; player < rates.Length; player++) system.Part(z, player).Fill(-Math.Log(game.Actions[player]));
        var point = walk.Start(z, 0, 1)!;
        var (length, folds, crossings) = (0.03, 0, 0);
        for (var step = 1; step <= MostSteps; step++)
        {
            var next = walk.Step(point, ref length, out var taken);
            if (next is null) break;
            if (next.Parameter >= target)
            {
                (_, var along) = PathRoots.Find(walk, point, next, taken, at => at.Parameter - target, 1e-6 * taken);
                var end = walk.Correct(point.X, point.Tangent, along) ?? next;
                end.Unknowns.CopyTo(z);
                if (walk.Fix(z, target) == 0) break;
                return new PrincipalBranch(MultiStartSolver.Assemble(new BestResponse(game, risk), z), target, folds, crossings, step);
            }

            if (point.Slope > 0 != next.Slope > 0) folds++;
            if (point.Orientation != next.Orientation) crossings++;
            point = next;
        }

        throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"the principal branch of '{game.Name}' could be followed to lambda = {point.Parameter:G6} only, not to {target:G6}; take a larger epsilon"));
    }
}
