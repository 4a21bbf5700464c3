using System.Collections.Immutable;
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Srpo.Core.Errors;
using Srpo.Games;
using Srpo.Games.Files;
using Srpo.Games.Quadratic;
using Srpo.Reporting.Equilibria;

namespace Srpo.Experiments.Equilibria;

/// <summary>Sweeps of quadratic games: one branch, on the part of the range where there is an equilibrium.</summary>
internal static class QuadraticSweep
{
    /// <summary>This close to the largest admissible tau, as a share of it, equilibria are no longer computed.</summary>
    private const double Margin = 1e-9;

    public static EquilibriumSweep Compute(GameFile file, RiskProfile risk, TauRange range)
    {
        var game = file.Quadratic!;
        var largest = GaussianSolver.LargestAdmissibleTau(game, risk.Epsilon).Min();
        ImmutableArray<double> taus = [.. range.Values().Where(tau => tau < largest * (1 - Margin))];
        if (taus.IsEmpty)
        {
            throw new SrpoException(ErrorKind.Usage, string.Create(CultureInfo.InvariantCulture,
                $"{file.Name}: tau: the whole range {range} lies beyond the largest admissible tau {largest:g8}, from which the risk is infinite; begin below it"));
        }

        var sweep = GaussianSweep.Compute(game, risk, taus);
        var covariances = GaussianSolver.Solve(game, risk.WithTau(taus[0])).Equilibrium.Covariances;
        var costs = game.Aggregative is null ? Enumerable.Range(0, game.Players).Select(player => game.Utility(player).Cost).ToArray() : null;
        return new EquilibriumSweep(file.Name, file.Kind, risk.Epsilon, [.. game.Dimensions.Select(Names)],
            [new SweepBranch([.. sweep.Points.Select(point => Point(point, covariances, costs))])])
        {
            LargestTau = double.IsFinite(largest) ? largest : null,
            Peak = sweep.PeakIsInside ? new SweepPeak(sweep.Peak.Tau, sweep.Peak.Utility, sweep.Peak.SharedReward) : null,
            Notes = Notes(range, taus, largest, sweep),
        };
    }

    private static ImmutableArray<string> Names(int dimension) => dimension == 1
        ? ["mean", "variance"]
        : [.. new[] { "mean", "variance" }.SelectMany(what => Enumerable.Range(0, dimension).Select(i => string.Create(CultureInfo.InvariantCulture, $"{what} {i}")))];

    private static SweepPoint Point(GaussianSweepPoint point, ImmutableArray<Matrix<double>> covariances, QuadraticCost?[]? costs) => new(
        point.Tau,
        null,
        [.. point.Means.Zip(covariances, (mean, covariance) => ImmutableArray.Create<double>([.. mean, .. covariance.Diagonal()]))],
        point.Utilities,
        point.SharedReward,
        [.. point.Utilities.Select((utility, player) => point.SharedReward is { } reward ? reward - utility : Expected(costs?[player], point.Means[player], covariances[player]))],
        point.FreeRiding);

    private static double Expected(QuadraticCost? cost, Vector<double> mean, Matrix<double> covariance) => cost is null
        ? 0
        : (0.5 * ((mean * (cost.R * mean)) + (cost.R * covariance).Trace())) + (cost.Linear is { } linear ? linear * mean : 0);

    private static ImmutableArray<string> Notes(TauRange range, ImmutableArray<double> taus, double largest, GaussianSweep sweep)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        if (taus.Length < range.Count)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"The range {range} is cut at the largest admissible tau {largest:0.######}: {range.Count - taus.Length} of {range.Count} taus have no equilibrium."));
        }

        if (sweep.RewardRises == true) notes.Add("The expected shared reward rises strictly with tau, as Theorem 4.1 says.");
        return notes.ToImmutable();
    }
}
