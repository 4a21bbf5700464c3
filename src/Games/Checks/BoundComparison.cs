using System.Collections.Immutable;
using Srpo.Games.Files;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;

namespace Srpo.Games.Checks;

/// <summary>Theorem 4.2 at one tau beside what all equilibria that are found there have.</summary>
/// <param name="Tau">Risk aversion of both players.</param>
/// <param name="Equilibria">Number of equilibria.</param>
/// <param name="IsComplete">Whether it is proven that there are no others.</param>
/// <param name="Distance">The largest ||pi_1 - pi_2||_1 of them.</param>
/// <param name="DistanceBound">The theorem's bound of it; 2, which says nothing, where that is less.</param>
/// <param name="FreeRiding">The largest free-riding degree, in units of utility.</param>
/// <param name="FreeRidingBound">The theorem's bound of it.</param>
/// <param name="LeastProbability">The least probability of an action in any of them.</param>
/// <param name="ProbabilityFloor">The theorem's bound of it.</param>
/// <param name="Holds">Whether all are within the bounds.</param>
public sealed record BoundAtTau(
    double Tau, int Equilibria, bool IsComplete, double Distance, double DistanceBound, double FreeRiding, double FreeRidingBound, double LeastProbability, double ProbabilityFloor, bool Holds);

/// <summary>Theorem 4.2 of Qu et al. (arXiv 2602.21515) along tau, in numbers.</summary>
public static class BoundComparison
{
    /// <summary>Solves a game at every tau and holds all its equilibria against the theorem.</summary>
    /// <param name="file">A symmetric game of two players with finitely many actions.</param>
    /// <param name="epsilon">Bounded rationality of both players; null for the file's.</param>
    /// <param name="range">The taus.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The theorem does not apply to the game, or doubles cannot hold its equilibria.</exception>
    public static ImmutableArray<BoundAtTau> Along(GameFile file, double? epsilon, TauRange range, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(range);
        if (file.Finite is not { } game) throw new ArgumentException($"game: '{file.Name}' has continuous actions; Theorem 4.2 is about finitely many", nameof(file));
        return [.. range.Values().Select(tau => At(game, file.Risk(tau, epsilon), cancellation))];
    }

    private static BoundAtTau At(FiniteGame game, RiskProfile risk, CancellationToken cancellation)
    {
        var bound = new FreeRidingBound(game, risk.Epsilon[0]);
        var search = RqeSolver.FindAll(game, risk, null, cancellation);
        var found = search.Equilibria;
        return new BoundAtTau(
            risk.Tau[0], found.Length, search.IsComplete,
            found.Max(one => one.Strategies[0].Zip(one.Strategies[1]).Sum(pair => Math.Abs(pair.First - pair.Second))), bound.Distance(risk.Tau[0], risk.Tau[1]),
            found.Max(one => one.FreeRiding), bound.Degree(risk.Tau[0], risk.Tau[1]),
            found.Min(one => one.Strategies.Min(strategy => strategy.Min())), bound.ProbabilityFloor,
            found.All(one => GameChecks.IsWithinBounds(game, risk, one)));
    }
}
