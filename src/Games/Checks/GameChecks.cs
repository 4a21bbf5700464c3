using System.Collections.Immutable;
using System.Globalization;
using Srpo.Games.Files;
using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;
using Srpo.Games.Quadratic;

namespace Srpo.Games.Checks;

/// <summary>Checks the equilibria that are found of a game of the user's.</summary>
public static class GameChecks
{
    private const double LargestResidual = 1e-9;
    private const int MostDisturbed = 50;

    /// <summary>Allowance for rounding when a bound is met exactly.</summary>
    private const double Rounding = 1e-9;

    private const double Disturbance = 1e-5;

    /// <summary>Residuals, stability and bounds of all equilibria that are found.</summary>
    /// <param name="file">The game.</param>
    /// <param name="risk">tau and epsilon of its players.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ArgumentException">tau is beyond the largest for which there is an equilibrium, or doubles cannot hold the equilibria.</exception>
    /// <exception cref="NoEquilibriumException">None was found.</exception>
    public static IEnumerable<RqeCheck> All(GameFile file, RiskProfile risk, CancellationToken cancellation = default) =>
        file.Finite is { } game ? Finite(file.Name, game, risk, cancellation) : Gaussian(file.Name, file.Quadratic!, risk);

    /// <summary>Whether an equilibrium of a symmetric game obeys Theorem 4.2: distance, free-riding, smallest probability.</summary>
    public static bool IsWithinBounds(FiniteGame game, RiskProfile risk, FiniteEquilibrium one)
    {
        var bound = new FreeRidingBound(game, risk.Epsilon[0]);
        var distance = one.Strategies[0].Zip(one.Strategies[1]).Sum(pair => Math.Abs(pair.First - pair.Second));
        return distance <= bound.Distance(risk.Tau[0], risk.Tau[1]) + Rounding
            && one.FreeRiding <= bound.Degree(risk.Tau[0], risk.Tau[1]) + Rounding
            && one.Strategies.SelectMany(strategy => strategy).All(probability => probability >= bound.ProbabilityFloor * (1 - 1e-6));
    }

    private static IEnumerable<RqeCheck> Finite(string name, FiniteGame game, RiskProfile risk, CancellationToken cancellation)
    {
        var search = RqeSolver.FindAll(game, risk, null, cancellation);
        var found = search.Equilibria;
        yield return new RqeCheck($"{name}: equilibria", "at least 1", found.Length.ToString(CultureInfo.InvariantCulture), found.Length >= 1);
        yield return RqeCheck.AtMost($"{name}: largest residual in log probabilities", SolverLimits.LogTolerance(game, risk), found.Max(one => one.LogResidual));
        yield return RqeCheck.AtMost($"{name}: largest gain from another strategy, over the range of utilities", SolverLimits.GapTolerance, found.Max(one => one.Gap));
        yield return new RqeCheck(
            $"{name}: sum of the indices", "1", search.IndexSum.ToString(CultureInfo.InvariantCulture), search.IndexSum == 1 || found.Any(one => one.IsStable is null));
        var looked = found.Take(MostDisturbed).ToArray();
        var agreeing = looked.Count(one => one.IsStable is not { } stable || Returns(game, risk, one, cancellation) is not { } returns || returns == stable);
        yield return Count($"{name}: stability, disturbed and followed", agreeing, looked.Length);
        if (FreeRidingBound.IsSymmetric(game) && risk.Epsilon[0] == risk.Epsilon[1])
            yield return Count($"{name}: within the bounds of Theorem 4.2", found.Count(one => IsWithinBounds(game, risk, one)), found.Length);
    }

    private static IEnumerable<RqeCheck> Gaussian(string name, QuadraticGame game, RiskProfile risk)
    {
        var solution = GaussianSolver.Solve(game, risk);
        var one = solution.Equilibrium;
        var scale = Math.Max(1, one.Means.Max(mean => mean.InfinityNorm()));
        yield return RqeCheck.AtMost($"{name}: residual", LargestResidual * scale, one.Residual);
        yield return new RqeCheck($"{name}: tau below the largest admissible one", "yes", risk.Tau.Zip(solution.LargestAdmissibleTau).All(pair => pair.First < pair.Second) ? "yes" : "no",
            risk.Tau.Zip(solution.LargestAdmissibleTau).All(pair => pair.First < pair.Second));

        // No player gains by moving her mean a little: the objective falls on both sides of the equilibrium.
        var worst = double.NegativeInfinity;
        for (var player = 0; player < Math.Min(game.Players, 8); player++)
        {
            foreach (var step in new[] { -1e-3, 1e-3 })
            {
                var moved = one.Strategies[player] with { Mean = one.Means[player] + (step * scale) };
                var gain = GaussianSolver.RiskAdjusted(game, risk, player, one.Strategies.SetItem(player, moved)) - one.RiskAdjusted[player];
                worst = Math.Max(worst, gain);
            }
        }

        yield return RqeCheck.AtMost($"{name}: largest gain from another mean", 0, worst);
    }

    /// <summary>Whether damped best responses come back after a small disturbance; null if neither is plain within the steps, as next to a bifurcation.</summary>
    private static bool? Returns(FiniteGame game, RiskProfile risk, FiniteEquilibrium one, CancellationToken cancellation)
    {
        const int steps = 3000;
        // A mixed strategy's neighbourhood is as wide as eps over the utilities; where doubles hardly resolve it nothing can be followed.
        var sharpness = Enumerable.Range(0, game.Players).Max(player => SolverLimits.Range(game, player) / risk.Epsilon[player]);
        if (sharpness > 1e6) return null;
        var responses = new BestResponse(game, risk);
        var random = new Random(5);
        var disturbance = Disturbance * Math.Min(1, 100 / sharpness);
        var strategies = one.Strategies.Select(strategy => Disturbed([.. strategy], random, disturbance)).ToArray();
        var start = Distance(strategies, one.Strategies);
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = responses.SolveAll(strategies);
            for (var player = 0; player < strategies.Length; player++)
            {
                for (var action = 0; action < strategies[player].Length; action++) strategies[player][action] += 0.2 * (next[player][action] - strategies[player][action]);
            }

            var distance = Distance(strategies, one.Strategies);
            if (distance < 0.05 * start) return true;
            if (distance > 20 * start) return false;
        }

        return null;
    }

    private static double[] Disturbed(double[] strategy, Random random, double disturbance)
    {
        for (var action = 0; action < strategy.Length; action++) strategy[action] *= 1 + (disturbance * (random.NextDouble() - 0.5));
        var sum = strategy.Sum();
        return [.. strategy.Select(probability => probability / sum)];
    }

    private static double Distance(double[][] strategies, ImmutableArray<ImmutableArray<double>> equilibrium) =>
        strategies.Zip(equilibrium).Max(pair => pair.First.Zip(pair.Second).Max(both => Math.Abs(both.First - both.Second)));

    private static RqeCheck Count(string name, int holding, int all) => new(
        name, string.Create(CultureInfo.InvariantCulture, $"{all} of {all}"), string.Create(CultureInfo.InvariantCulture, $"{holding} of {all}"), holding == all);
}

/// <summary>One line of `srpo rqe check`.</summary>
/// <param name="Name">What is checked.</param>
/// <param name="Expected">What the theory says.</param>
/// <param name="Got">What this machine computed.</param>
/// <param name="Holds">Whether the two agree.</param>
public sealed record RqeCheck(string Name, string Expected, string Got, bool Holds)
{
    /// <summary>A number that must not be above a limit.</summary>
    public static RqeCheck AtMost(string name, double limit, double got) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"at most {limit:g3}"), got.ToString("g3", CultureInfo.InvariantCulture), got <= limit);
}
