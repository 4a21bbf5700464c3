using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>
/// Equilibria of 2x2 games whose probabilities underflow. With tau of some thousands an adversary can make likely what a player does with
/// probability e^-1000, which no double holds; the logits do. Everything that depends on such probabilities is then taken from the logits.
/// </summary>
internal static class LogitEquilibrium
{
    private const double Underflow = -640;

    /// <summary>The equilibrium as it is where all probabilities are normal numbers; else with what the logits say.</summary>
    public static FiniteEquilibrium Refine(FiniteEquilibrium rounded, FiniteGame game, in LogitPlayer first, in LogitPlayer second, LogitPair pair)
    {
        if (Math.Abs(pair.First) < -Underflow && Math.Abs(pair.Second) < -Underflow) return rounded;
        var (v, w) = (pair.Second, pair.First);
        var backFirst = first.Respond(pair.Second, ref v, out var slopeFirst);
        var backSecond = second.Respond(pair.First, ref w, out var slopeSecond);
        var adjusted = ImmutableArray.Create(
            Value(MixedProfile.Matrix(game, 0), rounded.Strategies[0], pair.Second, first.Tau, rounded.RiskAdjusted[0]),
            Value(MixedProfile.Matrix(game, 1), rounded.Strategies[1], pair.First, second.Tau, rounded.RiskAdjusted[1]));
        return rounded with
        {
            Adversaries = [[Logistic.Sigmoid(v), Logistic.Sigmoid(-v)], [Logistic.Sigmoid(w), Logistic.Sigmoid(-w)]],
            RiskAdjusted = adjusted,
            Objectives = [.. rounded.Objectives.Select((objective, player) => objective - rounded.RiskAdjusted[player] + adjusted[player])],
            Residual = Math.Max(
                Math.Abs(Logistic.Sigmoid(backFirst) - rounded.Strategies[0][0]), Math.Abs(Logistic.Sigmoid(backSecond) - rounded.Strategies[1][0])),
            IsStable = slopeFirst * slopeSecond < 1,
        };
    }

    /// <summary>-(1/tau) log of the sum of exp(log q(b) - tau X(b)), the other's q given by its logit.</summary>
    private static double Value(double[] utilities, ImmutableArray<double> strategy, double other, double tau, double neutral)
    {
        if (tau == 0) return neutral;
        var tail = Math.Log(1 + Math.Exp(-Math.Abs(other)));
        var exponent0 = Math.Min(0, other) - tail - (tau * ((strategy[0] * utilities[0]) + (strategy[1] * utilities[2])));
        var exponent1 = Math.Min(0, -other) - tail - (tau * ((strategy[0] * utilities[1]) + (strategy[1] * utilities[3])));
        var top = Math.Max(exponent0, exponent1);
        // For small tau the unlikely outcome weighs nothing, and the rounded value is the better one.
        return tau < 1 ? neutral : -(top + Math.Log(Math.Exp(exponent0 - top) + Math.Exp(exponent1 - top))) / tau;
    }
}
