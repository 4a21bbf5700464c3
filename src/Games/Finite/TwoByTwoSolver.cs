using System.Globalization;

namespace Srpo.Games.Finite;

/// <summary>
/// All risk-averse quantal response equilibria of a game of two players with two actions each (Qu et al., arXiv 2602.21515, sections 3
/// and 4.2; theory.md section 2), with or without shared payoffs, each player with her own tau and eps.
/// </summary>
/// <remarks>
/// In logits, so that utilities a million million times eps are no harder than others (<see cref="SolverLimits"/>). Equilibria that rounding
/// cannot tell apart, as at the very point of a bifurcation, are returned as one. Where a game is symmetric, equilibria that mirror each
/// other mirror each other exactly, and the symmetric one is exactly symmetric.
/// </remarks>
public static class TwoByTwoSolver
{
    /// <summary>All equilibria, sorted by the first player's probability of action 0, largest first.</summary>
    /// <param name="game">Two players with two actions each.</param>
    /// <param name="risk">tau and eps of both.</param>
    /// <returns>
    /// At least one. A probability below 1e-308 is returned as 0 while all that depends on it is computed from its logit. With distinct
    /// equilibria their number is odd, except exactly where two of them meet.
    /// </returns>
    /// <exception cref="ArgumentException">The game is no 2x2 game, the profile is not for two players, or doubles cannot hold its equilibria.</exception>
    public static IReadOnlyList<FiniteEquilibrium> FindAll(FiniteGame game, RiskProfile risk) => FindAll(game, risk, out _, out _);

    /// <summary>The same with what proves that there are no others.</summary>
    /// <param name="game">Two players with two actions each.</param>
    /// <param name="risk">tau and eps of both.</param>
    /// <param name="proof">What proves that there are no others.</param>
    /// <param name="indexSum">Sum of the equilibria's indices: 1 unless some are missing or two are just merging.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="ArgumentException">The game is no 2x2 game, the profile is not for two players, or doubles cannot hold its equilibria.</exception>
    internal static IReadOnlyList<FiniteEquilibrium> FindAll(
        FiniteGame game, RiskProfile risk, out CompletenessProof proof, out int indexSum, CancellationToken cancellation = default)
    {
        var (first, second) = Players(game, risk);
        SolverLimits.Require(game, risk);
        var pairs = new List<LogitPair>();
        proof = FindLogits(first, second, pairs, cancellation);
        indexSum = pairs.Sum(pair => Math.Sign(1 - pair.Gain));
        var responses = new BestResponse(game, risk);
        return [.. pairs.Select(pair => FiniteEquilibria.AssembleLogs(
            responses, [Logistic.LogPair(pair.First), Logistic.LogPair(pair.Second)], Stability.Of(pair.Gain)))];
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

    /// <summary>The equilibria as logits, sorted by the first, largest first.</summary>
    /// <param name="first">The first player.</param>
    /// <param name="second">The second player.</param>
    /// <param name="pairs">Receives the equilibria; what it held is dropped.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>What proves that there are no others.</returns>
    internal static CompletenessProof FindLogits(in LogitPlayer first, in LogitPlayer second, List<LogitPair> pairs, CancellationToken cancellation)
    {
        pairs.Clear();
        var proof = CompletenessProof.OneCrossing;
        if (!(first.Kappa > 0 && second.Kappa > 0) && !(first.Kappa < 0 && second.Kappa < 0))
        {
            pairs.Add(TwoByTwoRoots.FindOnly(first, second, cancellation));
        }
        else
        {
            // With the second player's actions swapped both responses rise.
            var falls = first.Kappa < 0;
            var (one, two) = falls ? (first.SwapOther(), second.SwapOwn()) : (first, second);
            proof = TwoByTwoRoots.Find(one, two, pairs, cancellation, out _) ? CompletenessProof.Intervals : CompletenessProof.None;
            for (var i = 0; i < pairs.Count && falls; i++) pairs[i] = pairs[i] with { Second = -pairs[i].Second };
        }

        TwoByTwoSymmetry.Impose(first, second, pairs);
        pairs.Sort(static (a, b) => b.First != a.First ? b.First.CompareTo(a.First) : b.Second.CompareTo(a.Second));
        return proof;
    }
}

/// <summary>Symmetries of a 2x2 game: swapping the players, swapping both players' actions, and both together.</summary>
internal static class TwoByTwoSymmetry
{
    private const double Near = 1e-3;

    private delegate LogitPair Mirror(in LogitPair pair);

    /// <summary>Makes equilibria that mirror each other do so exactly, and those that mirror themselves.</summary>
    public static void Impose(in LogitPlayer first, in LogitPlayer second, List<LogitPair> pairs)
    {
        var turned = first.SwapOwn().SwapOther();
        var mirrors = new List<Mirror>(3);
        if (first.Resembles(second))
        {
            mirrors.Add(static (in pair) => new LogitPair(pair.Second, pair.First, pair.Gain));
            Centre(first, second, pairs, 1);
        }

        if (turned.Resembles(second))
        {
            mirrors.Add(static (in pair) => new LogitPair(-pair.Second, -pair.First, pair.Gain));
            Centre(first, second, pairs, -1);
        }

        if (turned.Resembles(first) && second.SwapOwn().SwapOther().Resembles(second))
        {
            mirrors.Add(static (in pair) => new LogitPair(-pair.First, -pair.Second, pair.Gain));
            Replace(first, second, pairs, new LogitPair(0, 0, Gain(first, second, 0, 0)));
        }

        if (mirrors.Count > 0) Pair(pairs, mirrors);
    }

    /// <summary>Equilibria with equal (or opposite) logits, found on the line where they are: regular there even where a pair splits off.</summary>
    private static void Centre(in LogitPlayer first, in LogitPlayer second, List<LogitPair> pairs, int sign)
    {
        for (var i = 0; i < pairs.Count; i++)
        {
            var (t, s) = (pairs[i].First, pairs[i].Second);
            if (Math.Abs(t - (sign * s)) > Near * (1 + Math.Abs(t))) continue;
            var z = 0.5 * (t + (sign * s));
            var v = 0.0;
            var (best, error) = (z, double.PositiveInfinity);
            for (var iteration = 0; iteration < 30; iteration++)
            {
                var excess = z - first.Respond(sign * z, ref v, out var slope);
                if (!(Math.Abs(excess) < error)) break;
                (best, error) = (z, Math.Abs(excess));
                // z = R(z): an inverse step where the response is steep.
                var step = excess / (1 - (sign * slope));
                if (!double.IsFinite(step) || Math.Abs(step) > Near * (1 + Math.Abs(z))) break;
                z -= step;
            }

            Replace(first, second, pairs, new LogitPair(best, sign * best, Gain(first, second, best, sign * best)));
        }
    }

    /// <summary>Puts an exactly symmetric equilibrium in the place of those that rounding cannot tell from it.</summary>
    private static void Replace(in LogitPlayer first, in LogitPlayer second, List<LogitPair> pairs, LogitPair exact)
    {
        var replaced = false;
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            if (!IsSame(first, second, pairs[i], exact)) continue;
            if (replaced) pairs.RemoveAt(i);
            else pairs[i] = exact;
            replaced = true;
        }
    }

    private static bool IsSame(in LogitPlayer first, in LogitPlayer second, LogitPair one, LogitPair other)
    {
        if (one.First == other.First && one.Second == other.Second) return true;
        var distance = Math.Max(Math.Abs(one.First - other.First), Math.Abs(one.Second - other.Second));
        if (distance > Near * (1 + Math.Abs(other.First) + Math.Abs(other.Second))) return false;
        // Halfway between two different equilibria the profile is none.
        var (v, w) = (0.0, 0.0);
        var t = 0.5 * (one.First + other.First);
        var back = first.Respond(second.Respond(t, ref w, out var f2), ref v, out var f1);
        return Math.Abs(t - back) <= 8 * TwoByTwoPolish.Enough(first, second) * Math.Max(1, Math.Abs(f1 * f2));
    }

    private static double Gain(in LogitPlayer first, in LogitPlayer second, double t, double s)
    {
        var (v, w) = (0.0, 0.0);
        first.Respond(s, ref v, out var f1);
        second.Respond(t, ref w, out var f2);
        return f1 * f2;
    }

    private static void Pair(List<LogitPair> pairs, List<Mirror> mirrors)
    {
        var done = new List<LogitPair>(pairs.Count + 2);
        pairs.Sort(static (a, b) => b.First != a.First ? b.First.CompareTo(a.First) : b.Second.CompareTo(a.Second));
        while (pairs.Count > 0)
        {
            var pair = pairs[0];
            pairs.RemoveAt(0);
            done.Add(pair);
            foreach (var mirror in mirrors)
            {
                var image = mirror(pair);
                if (done.Exists(known => known.First == image.First && known.Second == image.Second)) continue;
                // Its own image up to rounding, but no symmetric equilibrium is near: leave it as it is.
                if (Distance(image, pair) <= 1e-9) continue;
                var at = -1;
                for (var i = 0; i < pairs.Count; i++)
                {
                    if (Distance(pairs[i], image) <= Near && (at < 0 || Distance(pairs[i], image) < Distance(pairs[at], image))) at = i;
                }

                if (at >= 0) pairs.RemoveAt(at);
                done.Add(image);
            }
        }

        pairs.AddRange(done);
    }

    private static double Distance(LogitPair one, LogitPair other) =>
        Math.Max(Math.Abs(one.First - other.First), Math.Abs(one.Second - other.Second)) / (1 + Math.Abs(one.First) + Math.Abs(one.Second));
}
