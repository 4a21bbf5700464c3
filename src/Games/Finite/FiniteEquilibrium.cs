using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>A risk-averse quantal response equilibrium of a finite game with what it means for the players.</summary>
/// <param name="Strategies">[players][actions] mixed strategies pi_i; every row sums to 1.</param>
/// <param name="Adversaries">[players][joint actions of the others] p*_i, the minimiser of equation (1).</param>
/// <param name="Utilities">[players] expected utility E[u_i] of the profile (payoff minus private cost, nobody deviating).</param>
/// <param name="RiskAdjusted">[players] f_i of equation (1).</param>
/// <param name="Objectives">[players] f_i^eps = f_i - eps_i nu(pi_i), what every player maximises.</param>
/// <param name="SharedReward">Expected shared reward; null if the payoffs are not shared.</param>
/// <param name="PrivateCosts">[players] expected private cost.</param>
/// <param name="FreeRiding">Largest difference of two players' expected private costs: |c^T pi_1 - c^T pi_2| with two players.</param>
/// <param name="Residual">Largest |pi_i(a) - BR_i(pi_-i)(a)| over players and actions.</param>
/// <param name="IsStable">Whether damped best response dynamics return to it after a small disturbance.</param>
public sealed record FiniteEquilibrium(
    ImmutableArray<ImmutableArray<double>> Strategies,
    ImmutableArray<ImmutableArray<double>> Adversaries,
    ImmutableArray<double> Utilities,
    ImmutableArray<double> RiskAdjusted,
    ImmutableArray<double> Objectives,
    double? SharedReward,
    ImmutableArray<double> PrivateCosts,
    double FreeRiding,
    double Residual,
    bool IsStable);

/// <summary>What a profile of strategies means for the players, whoever found it.</summary>
public static class FiniteEquilibria
{
    /// <summary>
    /// Everything about a profile: adversaries, utilities, private costs, free-riding (theory.md section 2), the residual
    /// max |pi_i - BR_i(pi_-i)|, and the stability of continuous damped best response dynamics d pi / dt = BR(pi) - pi: all eigenvalues of
    /// their Jacobian on the directions that keep every row's sum have negative real parts. With 2x2 games: the product of the two best
    /// responses' slopes is below 1.
    /// </summary>
    /// <param name="game">The game.</param>
    /// <param name="risk">tau and eps of every player.</param>
    /// <param name="strategies">[players][actions], rows summing to 1. Need not be an equilibrium: the residual tells.</param>
    /// <exception cref="ArgumentException">A row is no distribution, or the profile is for another number of players; the message names it.</exception>
    public static FiniteEquilibrium Assemble(FiniteGame game, RiskProfile risk, IReadOnlyList<double[]> strategies)
    {
        MixedProfile.RequireRisk(game, risk);
        return Assemble(new BestResponse(game, risk), strategies);
    }

    /// <summary>The same with a solver of best responses at hand, for many profiles of one game.</summary>
    /// <param name="responses">Best responses of the game under the players' tau and eps.</param>
    /// <param name="strategies">[players][actions], rows summing to 1.</param>
    /// <exception cref="ArgumentException">A row is no distribution; the message names it.</exception>
    public static FiniteEquilibrium Assemble(BestResponse responses, IReadOnlyList<double[]> strategies)
    {
        ArgumentNullException.ThrowIfNull(responses);
        var (game, risk) = (responses.Game, responses.Risk);
        MixedProfile.Require(game, strategies);
        var players = game.Players;
        var adversaries = new ImmutableArray<double>[players];
        var (utilities, adjusted, objectives, costs) = (new double[players], new double[players], new double[players], new double[players]);
        var residual = 0.0;
        double? shared = null;
        for (var player = 0; player < players; player++)
        {
            var others = MixedProfile.Others(game, player);
            var (values, q, adversary) = (new double[others], new double[others], new double[others]);
            MixedProfile.Values(MixedProfile.Matrix(game, player), strategies[player], values);
            MixedProfile.OthersProbabilities(game, player, strategies, q);
            adjusted[player] = EntropicRisk.Evaluate(values, q, risk.Tau[player], adversary);
            objectives[player] = adjusted[player] + (risk.Epsilon[player] * MixedProfile.Entropy(strategies[player]));
            utilities[player] = Dot(values, q);
            costs[player] = Dot(game.Costs[player].AsSpan(), strategies[player]);
            adversaries[player] = ImmutableArray.Create(adversary);
            var response = new double[game.Actions[player]];
            responses.Solve(player, strategies, response);
            for (var a = 0; a < response.Length; a++) residual = Math.Max(residual, Math.Abs(response[a] - strategies[player][a]));
        }

        if (game.IsShared) shared = utilities[0] + costs[0];
        return new FiniteEquilibrium(
            [.. strategies.Select(row => ImmutableArray.Create(row))],
            ImmutableArray.Create(adversaries),
            ImmutableArray.Create(utilities),
            ImmutableArray.Create(adjusted),
            ImmutableArray.Create(objectives),
            shared,
            ImmutableArray.Create(costs),
            costs.Max() - costs.Min(),
            residual,
            IsStable(responses, strategies));
    }

    private static bool IsStable(BestResponse responses, IReadOnlyList<double[]> strategies)
    {
        var jacobian = BestResponseJacobian.OnTangentSpace(responses, strategies);
        if (jacobian.RowCount == 0) return true;
        if (jacobian.RowCount == 2 && strategies.Count == 2) return jacobian[0, 1] * jacobian[1, 0] < 1;
        return jacobian.Evd().EigenValues.All(value => value.Real < 1);
    }

    private static double Dot(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++) sum += first[i] * second[i];
        return sum;
    }
}
