using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Srpo.Core.Errors;
using Srpo.Games;
using Srpo.Games.Files;
using Srpo.Games.Quadratic;
using Srpo.Reporting.Text;

namespace Srpo.Experiments.Equilibria;

/// <summary>Solves quadratic games for `srpo rqe solve`.</summary>
public static class QuadraticSolution
{
    /// <summary>Stability needs a best response per coordinate and player; beyond this total dimension it is left out.</summary>
    private const int MostForStability = 40;

    /// <summary>Largest residual of an equilibrium, in units of its largest mean.</summary>
    private const double MostResidual = 1e-8;

    /// <summary>The equilibrium, with the taus up to which there is one.</summary>
    /// <param name="file">A game with continuous actions.</param>
    /// <param name="risk">tau and epsilon of its players.</param>
    /// <exception cref="ArgumentException">tau is beyond the largest admissible one.</exception>
    public static SolvedGame Solve(GameFile file, RiskProfile risk)
    {
        var game = file.Quadratic!;
        var solution = GaussianSolver.Solve(game, risk);
        var one = solution.Equilibrium;
        var scale = Math.Max(double.Epsilon, one.Means.Max(mean => mean.InfinityNorm()));
        if (!(one.Residual <= MostResidual * scale))
        {
            throw new SrpoException(ErrorKind.Failed, string.Create(CultureInfo.InvariantCulture,
                $"{file.Name}: the means that were found are {one.Residual:0.0e0} from the best responses, which is no equilibrium: the numbers of the game lie too far apart for doubles; take a smaller tau, or units in which they are alike"));
        }

        return new SolvedGame
        {
            Game = file.Name,
            Kind = file.Kind,
            Tau = risk.Tau,
            Epsilon = risk.Epsilon,
            Equilibria =
            [
                new SolvedEquilibrium(
                    [.. one.Strategies.Select(strategy => (object)new GaussianNumbers([.. strategy.Mean], Rows(strategy.Covariance)))],
                    one.Utilities, one.RiskAdjusted, one.Objectives, one.SharedReward, one.PrivateCosts, one.FreeRiding, one.Residual, IsStable(game, risk, one))
                {
                    Shown = [.. one.Strategies.Select(strategy => $"mean {List(strategy.Mean)}, variance {List(strategy.Covariance.Diagonal())}")],
                },
            ],
            Complete = solution.IsUnique,
            Proof = solution.IsUnique ? "the linear equations of the means are regular" : null,
            BoundsReason = "Theorem 4.2 is about games with finitely many actions",
            LargestAdmissibleTau = new SolvedTauLimit([.. solution.LargestAdmissibleTau.Select(Finite)], Finite(solution.LargestCommonTau)),
            Unique = solution.IsUnique,
        };
    }

    /// <summary>
    /// Whether d mu / dt = BR(mu) - mu leads back to the equilibrium. Best responses are affine in the means, so their differences are the
    /// exact derivative J; stable if every eigenvalue of J has a real part below 1.
    /// </summary>
    public static bool? IsStable(QuadraticGame game, RiskProfile risk, GaussianEquilibrium equilibrium)
    {
        if (game.TotalDimension > MostForStability) return null;
        var strategies = equilibrium.Strategies;
        var jacobian = Matrix<double>.Build.Dense(game.TotalDimension, game.TotalDimension);
        var column = 0;
        for (var other = 0; other < game.Players; other++)
        {
            for (var coordinate = 0; coordinate < game.Dimensions[other]; coordinate++, column++)
            {
                var moved = strategies[other].Mean.Clone();
                moved[coordinate] += 1;
                var profile = strategies.SetItem(other, strategies[other] with { Mean = moved });
                var row = 0;
                for (var player = 0; player < game.Players; row += game.Dimensions[player++])
                {
                    if (player == other) continue;
                    var change = GaussianSolver.BestResponse(game, risk, player, profile).Mean - GaussianSolver.BestResponse(game, risk, player, strategies).Mean;
                    for (var i = 0; i < change.Count; i++) jacobian[row + i, column] = change[i];
                }
            }
        }

        return Stability.Of(jacobian);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static IReadOnlyList<IReadOnlyList<double>> Rows(Matrix<double> matrix) => [.. matrix.EnumerateRows().Select(row => (IReadOnlyList<double>)[.. row])];

    private static string List(Vector<double> vector)
    {
        const int most = 6;
        var shown = string.Join(", ", vector.Take(most).Select(value => Numbers.Fixed(value, 6)));
        return vector.Count == 1 ? shown : $"({shown}{(vector.Count > most ? ", …" : "")})";
    }
}
