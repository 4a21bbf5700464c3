using Srpo.Games.Finite;
using Srpo.Games.Finite.Search;

namespace Srpo.Games.Continuation;

/// <summary>Equilibria to follow curves from, as log probabilities.</summary>
internal static class SeedSource
{
    /// <summary>All equilibria of a 2x2 game at every tau.</summary>
    public static List<double[]>[] Complete(FiniteGame game, RiskProfile risk, double[] taus)
    {
        var (first, second) = TwoByTwoSolver.Players(game, risk);
        var (pairs, roots) = (new List<LogitPair>(), new List<double>());
        var seeds = new List<double[]>[taus.Length];
        for (var i = 0; i < taus.Length; i++)
        {
            TwoByTwoSolver.FindLogits(first.With(taus[i], risk.Epsilon[0]), second.With(taus[i], risk.Epsilon[1]), pairs, roots);
            seeds[i] = [.. pairs.Select(pair => (double[])[.. LogSigmoids(pair.First), .. LogSigmoids(pair.Second)])];
        }

        return seeds;
    }

    /// <summary>What a search from many starts finds at some of the taus.</summary>
    public static List<double[]>[] Searched(RqeSystem system, double[] taus, DiagramOptions options)
    {
        var seeds = new List<double[]>[taus.Length];
        for (var i = 0; i < taus.Length; i++) seeds[i] = [];
        var count = Math.Min(options.SearchedTaus, taus.Length);
        for (var i = 0; i < count; i++)
        {
            var at = count == 1 ? 0 : i * (taus.Length - 1) / (count - 1);
            system.Tau.AsSpan().Fill(taus[at]);
            seeds[at].AddRange(MultiStartSolver.FindRoots(system, options.Search).Roots.Roots);
        }

        return seeds;
    }

    private static double[] LogSigmoids(double logit)
    {
        var tail = Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        return [Math.Min(logit, 0) - tail, Math.Min(-logit, 0) - tail];
    }
}
