using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace Srpo.Games.Quadratic;

/// <summary>
/// Equilibria of a quadratic game along a tau that all players share, and where total utility peaks (Qu et al., arXiv 2602.21515,
/// Theorem 4.1 and Fig. 1(i)).
/// </summary>
/// <param name="Points">One per tau, in ascending order of tau.</param>
/// <param name="LargestTau">The common tau from which condition (14) fails; infinite if no player's risk depends on tau.</param>
/// <param name="Peak">
/// The equilibrium of highest total utility for tau from 0 to (1 - 1e-9) <paramref name="LargestTau"/>; tau = 0 if that is infinite.
/// </param>
public sealed record GaussianSweep(ImmutableArray<GaussianSweepPoint> Points, double LargestTau, GaussianSweepPoint Peak)
{
    /// <summary>Pieces of the domain in which the peak is looked for first, so that one of several local peaks can win.</summary>
    private const int Pieces = 64;

    /// <summary>Where the search for the peak ends, as a share of the domain, which is open.</summary>
    private const double End = 1 - 1e-9;

    /// <summary>The search ends at an interval of this share of the domain: about what doubles resolve at a smooth maximum.</summary>
    private const double Resolution = 1e-9;

    private static readonly double Golden = (Math.Sqrt(5) - 1) / 2;

    /// <summary>
    /// Whether total utility rises before the peak and falls after it. False if it is best not to be risk averse (peak at tau = 0) or if
    /// it still rises at the end of the domain, where no tau attains the supremum.
    /// </summary>
    public bool PeakIsInside => Peak.Tau > 0 && Peak.Tau < (End - (4 * Resolution)) * LargestTau && !double.IsInfinity(LargestTau);

    /// <summary>
    /// Whether the expected shared reward rises strictly from each point to the next, as Theorem 4.1 says for aggregative games with
    /// shared R, tau, epsilon and a goal other than 0; null if the game has no shared reward or there are fewer than two points.
    /// </summary>
    public bool? RewardRises => Points.Length < 2 || Points[0].SharedReward is null
        ? null
        : Points.Zip(Points.Skip(1)).All(pair => pair.Second.SharedReward > pair.First.SharedReward);

    /// <summary>
    /// Computes a sweep. What does not depend on tau is computed once. The peak is found on a grid of 64 pieces of the domain, then by
    /// golden section around the best grid point.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">epsilon of its players; their tau is replaced.</param>
    /// <param name="taus">Risk aversions that all players share, finite, at least 0, admissible; in any order, may be empty.</param>
    /// <exception cref="RiskDomainException">A tau violates condition (14); the message names the largest admissible one.</exception>
    /// <exception cref="ArgumentException">A tau is out of range, or the mean equations are singular at one.</exception>
    public static GaussianSweep Compute(QuadraticGame game, RiskProfile risk, IReadOnlyList<double> taus)
    {
        GaussianSolver.Check(game, risk);
        ArgumentNullException.ThrowIfNull(taus);
        for (var index = 0; index < taus.Count; index++)
            QuadraticChecks.Require(taus[index] >= 0 && double.IsFinite(taus[index]), $"taus[{index}]", $"must be a finite number of at least 0, not {taus[index]}");

        var model = GaussianModel.For(game, risk.Epsilon);
        GaussianSweepPoint At(double tau) => Point(game, model, GaussianSolver.Means(model, Shared(game, tau)).Means, tau);
        GaussianSweepPoint Candidate(double tau) => Point(game, model, model.Equations(Shared(game, tau)).Means(), tau);
        var largest = Enumerable.Range(0, game.Players).Min(model.LargestTau);
        return new GaussianSweep([.. taus.Order().Select(At)], largest, At(double.IsInfinity(largest) ? 0 : FindPeak(Candidate, largest)));
    }

    private static double FindPeak(Func<double, GaussianSweepPoint> at, double largest)
    {
        var step = End * largest / Pieces;
        var best = Enumerable.Range(0, Pieces + 1).Select(piece => at(piece * step)).MaxBy(point => point.Utility)!;
        var (low, high) = (Math.Max(0, best.Tau - step), Math.Min(End * largest, best.Tau + step));
        var (left, right) = (at(high - (Golden * (high - low))), at(low + (Golden * (high - low))));
        while (high - low > Resolution * largest)
        {
            if (left.Utility >= right.Utility)
            {
                (high, right) = (right.Tau, left);
                left = at(high - (Golden * (high - low)));
            }
            else
            {
                (low, left) = (left.Tau, right);
                right = at(low + (Golden * (high - low)));
            }
        }

        // The ends of the domain and the grid point are candidates too: at tau = 0 the utility may fall from the start.
        return new[] { left, right, best }.MaxBy(point => point.Utility)!.Tau;
    }

    private static double[] Shared(QuadraticGame game, double tau) => [.. Enumerable.Repeat(tau, game.Players)];

    /// <summary>The point; where the mean equations are singular the utility is minus infinity or NaN, which never wins.</summary>
    private static GaussianSweepPoint Point(QuadraticGame game, GaussianModel model, Vector<double>[] means, double tau)
    {
        double[] utilities = [.. Enumerable.Range(0, game.Players).Select(player => model.Utility(player, means))];
        double[] costs = [.. Enumerable.Range(0, game.Players).Select(player => game.ExpectedCost(player, means[player], model.Covariances[player]))];
        return new GaussianSweepPoint(
            tau, [.. means], [.. utilities], utilities.Average(), game.IsShared ? utilities[0] + costs[0] : null, costs.Max() - costs.Min());
    }
}

/// <summary>The equilibrium at one tau, in short.</summary>
/// <param name="Tau">Risk aversion of all players.</param>
/// <param name="Means">[players] mean of pi_i, [own dimension].</param>
/// <param name="Utilities">[players] expected utility E[u_i].</param>
/// <param name="Utility">Mean of <paramref name="Utilities"/>: total utility per player (Fig. 1(i) of Qu et al.).</param>
/// <param name="SharedReward">Expected shared reward; null if the u_i + c_i are not one function.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs.</param>
public sealed record GaussianSweepPoint(
    double Tau,
    ImmutableArray<Vector<double>> Means,
    ImmutableArray<double> Utilities,
    double Utility,
    double? SharedReward,
    double FreeRiding);
