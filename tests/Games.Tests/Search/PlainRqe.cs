using Srpo.Games.Finite;

namespace Srpo.Games.Tests.Search;

/// <summary>Equation (1) by sums over all joint actions, with nothing clever: the oracle of the search's tests.</summary>
internal static class PlainRqe
{
    /// <summary>[actions] E over the adversary of u_i(a, .).</summary>
    public static double[] AdversarialValues(FiniteGame game, double[][] profile, int player, double tau)
    {
        var risk = new Dictionary<int, double>();
        var reference = new Dictionary<int, double>();
        var (stride, count) = (game.Stride(player), game.Actions[player]);
        for (var joint = 0; joint < game.JointActions; joint++)
        {
            var own = joint / stride % count;
            var others = joint - (own * stride);
            risk[others] = risk.GetValueOrDefault(others) + (profile[player][own] * game.Utilities(player)[joint]);
            var probability = 1.0;
            for (var other = 0; other < game.Players; other++)
            {
                if (other != player) probability *= profile[other][joint / game.Stride(other) % game.Actions[other]];
            }

            reference[others] = probability;
        }

        var total = risk.Sum(pair => reference[pair.Key] * Math.Exp(-tau * pair.Value));
        var values = new double[count];
        for (var own = 0; own < count; own++)
        {
            foreach (var (others, value) in risk)
                values[own] += reference[others] * Math.Exp(-tau * value) / total * game.Utilities(player)[others + (own * stride)];
        }

        return values;
    }

    /// <summary>All equilibria of a game with two actions a player that Newton with finite differences finds from a grid, as P(action 0).</summary>
    public static List<double[]> Grid(FiniteGame game, double tau, double epsilon)
    {
        double[] levels = [0.001, 0.03, 0.15, 0.35, 0.65, 0.85, 0.97, 0.999];
        var players = game.Players;
        var found = new List<double[]>();
        for (var start = 0; start < Math.Pow(levels.Length, players); start++)
        {
            var x = new double[players];
            for (var (player, rest) = (0, start); player < players; player++, rest /= levels.Length) x[player] = levels[rest % levels.Length];
            if (Newton(game, tau, epsilon, x) && !found.Exists(known => known.Zip(x).All(pair => Math.Abs(pair.First - pair.Second) < 1e-5))) found.Add(x);
        }

        return found;
    }

    private static bool Newton(FiniteGame game, double tau, double epsilon, double[] x)
    {
        var players = x.Length;
        for (var iteration = 0; iteration < 60; iteration++)
        {
            var at = Gap(game, tau, epsilon, x);
            if (at.Max(Math.Abs) < 1e-12) return true;
            var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(players, players);
            for (var column = 0; column < players; column++)
            {
                double[] moved = [.. x];
                var width = 1e-6 * x[column] * (1 - x[column]);
                moved[column] += width;
                var gap = Gap(game, tau, epsilon, moved);
                for (var row = 0; row < players; row++) matrix[row, column] = (gap[row] - at[row]) / width;
            }

            var step = matrix.Solve(MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(at));
            for (var player = 0; player < players; player++)
            {
                var next = x[player] - step[player];
                x[player] = next >= 1 ? 1 - (0.1 * (1 - x[player])) : next <= 0 ? 0.1 * x[player] : next;
                if (!double.IsFinite(x[player])) return false;
            }
        }

        return false;
    }

    private static double[] Gap(FiniteGame game, double tau, double epsilon, double[] x)
    {
        var profile = x.Select(p => new[] { p, 1 - p }).ToArray();
        return [.. x.Select((p, player) =>
        {
            var values = AdversarialValues(game, profile, player, tau);
            return (1 / (1 + Math.Exp((values[1] - values[0]) / epsilon))) - p;
        })];
    }
}
