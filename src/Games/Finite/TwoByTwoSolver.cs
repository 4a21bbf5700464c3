using System.Globalization;

namespace Srpo.Games.Finite;

/// <summary>
/// All risk-averse quantal response equilibria of a game of two players with two actions each (Qu et al., arXiv 2602.21515, sections 3
/// and 4.2; theory.md section 2), with or without shared payoffs, each player with her own tau and eps.
/// </summary>
/// <remarks>
/// Complete up to rounding: interval bounds exclude every part of the line that has no equilibrium. Equilibria that rounding cannot tell
/// apart, as at the very point of a bifurcation, are returned as one.
/// </remarks>
public static class TwoByTwoSolver
{
    /// <summary>All equilibria, sorted by the first player's probability of action 0, largest first.</summary>
    /// <param name="game">Two players with two actions each.</param>
    /// <param name="risk">tau and eps of both; built for tau up to 10^4 and eps of 10^-3 or more with utilities of order one.</param>
    /// <returns>
    /// At least one. A probability below 1e-308 is returned as 0 while all that depends on it is computed from its logit. With distinct
    /// equilibria their number is odd, except exactly where two of them meet.
    /// </returns>
    /// <exception cref="ArgumentException">The game is no 2x2 game, or the profile is not for two players.</exception>
    public static IReadOnlyList<FiniteEquilibrium> FindAll(FiniteGame game, RiskProfile risk)
    {
        var (first, second) = Players(game, risk);
        var pairs = new List<LogitPair>();
        FindLogits(first, second, pairs, []);
        var responses = new BestResponse(game, risk);
        return [.. pairs.Select(pair => LogitEquilibrium.Refine(
            FiniteEquilibria.Assemble(responses, [Strategy(pair.First), Strategy(pair.Second)]), game, first, second, pair))];
    }

    /// <summary>Both players of a 2x2 game in logits; <see cref="LogitPlayer.With"/> changes tau and eps in a sweep.</summary>
    internal static (LogitPlayer First, LogitPlayer Second) Players(FiniteGame game, RiskProfile risk)
    {
        MixedProfile.RequireRisk(game, risk);
        if (game.Players != 2 || game.Actions[0] != 2 || game.Actions[1] != 2)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"game: must have two players with two actions each; '{game.Name}' has actions ({string.Join(", ", game.Actions)})"),
                nameof(game));
        }

        var first = game.Utilities(0).ToArray();
        var second = game.Utilities(1).ToArray();
        return (
            new LogitPlayer((own, other) => first[(own * 2) + other], risk.Tau[0], risk.Epsilon[0]),
            new LogitPlayer((own, other) => second[(other * 2) + own], risk.Tau[1], risk.Epsilon[1]));
    }

    /// <summary>The equilibria as logits, sorted by the first, largest first. Allocates nothing once the lists have grown.</summary>
    /// <param name="first">The first player.</param>
    /// <param name="second">The second player.</param>
    /// <param name="pairs">Receives the equilibria; what it held is dropped.</param>
    /// <param name="roots">Work space.</param>
    /// <returns>Number of intervals that the search looked at.</returns>
    internal static int FindLogits(in LogitPlayer first, in LogitPlayer second, List<LogitPair> pairs, List<double> roots)
    {
        pairs.Clear();
        roots.Clear();
        var curve = new TwoByTwoCurve(first, second);
        var intervals = TwoByTwoRoots.Find(curve, roots);
        foreach (var root in roots) pairs.Add(Polish(curve, root));
        pairs.Sort(static (a, b) => b.First.CompareTo(a.First));
        return intervals;
    }

    /// <summary>Newton on t = BR1(BR2(t)). Each response contracts where F magnifies rounding, so this gains digits at large tau.</summary>
    private static LogitPair Polish(in TwoByTwoCurve curve, double root)
    {
        var point = curve.At(root);
        var (t, v, w) = (point.T, point.V, point.T - point.Lag);
        var best = new LogitPair(t, point.S);
        var error = double.PositiveInfinity;
        for (var iteration = 0; iteration < 4; iteration++)
        {
            var s = curve.Second.Respond(t, ref w, out var secondSlope);
            var back = curve.First.Respond(s, ref v, out var firstSlope);
            var change = back - t;
            if (!(Math.Abs(change) < error)) break;
            error = Math.Abs(change);
            best = new LogitPair(t, s);
            var slope = 1 - (firstSlope * secondSlope);
            if (change == 0 || Math.Abs(slope) < 1e-6) break;
            t += change / slope;
        }

        return best;
    }

    private static double[] Strategy(double logit) => [Logistic.Sigmoid(logit), Logistic.Sigmoid(-logit)];
}
