namespace Srpo.Games.Tests.Search;

/// <summary>
/// Equilibria of small games by methods that share no code with the solvers. Two players with two actions: each response by bisection, then
/// sign changes of R1(R2(t)) - t on a fine grid of logits. Others: Newton's method with finite differences in log odds from a grid of profiles.
/// </summary>
internal static class IndependentRqe
{
    private static readonly double[][] TwoActions = [[0.001], [0.03], [0.15], [0.35], [0.65], [0.85], [0.97], [0.999]];

    private static readonly double[][] ThreeActions =
    [
        [0, 0], [6, 0], [0, 6], [-6, -6], [2, 0], [0, 2], [-2, -2], [4, 4], [-4, 0], [0, -4], [1, -1], [-1, 1], [3, 1.5], [1.5, 3], [-2, -4], [-4, -2],
    ];

    /// <summary>First player's logits at the equilibria of a 2x2 game; utilities are [own action, other's action].</summary>
    public static List<double> Scan(double[,] first, double[,] second, double[] tau, double[] epsilon, int points)
    {
        double Change(double t) => Respond(first, tau[0], epsilon[0], Respond(second, tau[1], epsilon[1], t)) - t;
        var bound = 1 + ((Math.Abs(first[0, 0] - first[1, 0]) + Math.Abs(first[0, 1] - first[1, 1])) / epsilon[0]);
        var width = Math.Asinh(bound);
        var roots = new List<double>();
        var (from, before) = (-bound, Change(-bound));
        for (var i = 1; i <= points; i++)
        {
            var to = Math.Sinh(width * ((2.0 * i / points) - 1));
            var after = Change(to);
            if (before >= 0 != after >= 0)
            {
                var (low, high) = (from, to);
                for (var k = 0; k < 80; k++)
                {
                    var middle = 0.5 * (low + high);
                    if (Change(middle) >= 0 == before >= 0) low = middle;
                    else high = middle;
                }

                roots.Add(0.5 * (low + high));
            }

            (from, before) = (to, after);
        }

        return roots;
    }

    /// <summary>Profiles, all players' probabilities in a row, that Newton finds from the grid.</summary>
    /// <param name="utilities">[players][joint actions].</param>
    /// <param name="actions">[players], 2 or 3 each.</param>
    /// <param name="tau">[players].</param>
    /// <param name="epsilon">[players].</param>
    public static List<double[]> Grid(double[][] utilities, int[] actions, double[] tau, double[] epsilon)
    {
        double[][][] starts = [.. actions.Select(count => count == 2 ? TwoActions.Select(p => new[] { Math.Log(p[0] / (1 - p[0])) }).ToArray() : ThreeActions)];
        var found = new List<double[]>();
        for (var start = 0; start < starts.Aggregate(1, (product, list) => product * list.Length); start++)
        {
            var z = new List<double>();
            for (var (player, rest) = (0, start); player < actions.Length; rest /= starts[player++].Length) z.AddRange(starts[player][rest % starts[player].Length]);
            double[] odds = [.. z];
            if (!Newton(utilities, actions, tau, epsilon, odds)) continue;
            double[] profile = [.. Profile(actions, odds).SelectMany(row => row)];
            if (!found.Exists(known => known.Zip(profile).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6))) found.Add(profile);
        }

        return found;
    }

    private static double Respond(double[,] u, double tau, double epsilon, double other)
    {
        double Gap(double t)
        {
            var (x, rest) = (Sigmoid(t), Sigmoid(-t));
            var v = other - (tau * ((x * (u[0, 0] - u[0, 1])) + (rest * (u[1, 0] - u[1, 1]))));
            return t - (((Sigmoid(v) * (u[0, 0] - u[1, 0])) + (Sigmoid(-v) * (u[0, 1] - u[1, 1]))) / epsilon);
        }

        var high = 1 + ((Math.Abs(u[0, 0] - u[1, 0]) + Math.Abs(u[0, 1] - u[1, 1])) / epsilon);
        var low = -high;
        for (var i = 0; i < 200; i++)
        {
            var middle = low < -1 && high > 1 ? Math.Sinh(0.5 * (Math.Asinh(low) + Math.Asinh(high))) : 0.5 * (low + high);
            if (!(middle > low && middle < high)) break;
            if (Gap(middle) > 0) high = middle;
            else low = middle;
        }

        return 0.5 * (low + high);
    }

    private static double Sigmoid(double z) => z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z));

    private static double[][] Profile(int[] actions, double[] odds)
    {
        var profile = new double[actions.Length][];
        for (var (player, offset) = (0, 0); player < actions.Length; offset += actions[player++] - 1)
        {
            double[] logs = [.. odds.AsSpan(offset, actions[player] - 1), 0];
            var weights = logs.Select(value => Math.Exp(value - logs.Max())).ToArray();
            profile[player] = [.. weights.Select(weight => weight / weights.Sum())];
        }

        return profile;
    }

    /// <summary>Log odds minus those of the responses to the adversary of equation (1), by sums over all joint actions.</summary>
    private static double[] Residual(double[][] utilities, int[] actions, double[] tau, double[] epsilon, double[] odds)
    {
        var profile = Profile(actions, odds);
        var residual = new List<double>();
        for (var player = 0; player < actions.Length; player++)
        {
            var stride = actions.Skip(player + 1).Aggregate(1, (product, count) => product * count);
            var (risk, others) = (new double[utilities[player].Length], new double[utilities[player].Length]);
            for (var joint = 0; joint < risk.Length; joint++)
            {
                var own = joint / stride % actions[player];
                risk[joint - (own * stride)] += profile[player][own] * utilities[player][joint];
                if (own > 0) continue;
                others[joint] = 1;
                for (var (other, rest) = (actions.Length - 1, joint); other >= 0; rest /= actions[other--])
                {
                    if (other != player) others[joint] *= profile[other][rest % actions[other]];
                }
            }

            var keys = Enumerable.Range(0, risk.Length).Where(joint => joint / stride % actions[player] == 0).ToArray();
            var least = keys.Min(key => risk[key]);
            var total = keys.Sum(key => others[key] * Math.Exp(-tau[player] * (risk[key] - least)));
            double Value(int own) => keys.Sum(key => others[key] * Math.Exp(-tau[player] * (risk[key] - least)) / total * utilities[player][key + (own * stride)]);
            var last = Value(actions[player] - 1);
            for (var own = 0; own < actions[player] - 1; own++) residual.Add(odds[residual.Count] - ((Value(own) - last) / epsilon[player]));
        }

        return [.. residual];
    }

    private static bool Newton(double[][] utilities, int[] actions, double[] tau, double[] epsilon, double[] odds)
    {
        var size = odds.Length;
        for (var iteration = 0; iteration < 60; iteration++)
        {
            var at = Residual(utilities, actions, tau, epsilon, odds);
            if (at.Max(Math.Abs) < 1e-9) return true;
            var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(size, size);
            for (var column = 0; column < size; column++)
            {
                double[] moved = [.. odds];
                moved[column] += 1e-6;
                var there = Residual(utilities, actions, tau, epsilon, moved);
                for (var row = 0; row < size; row++) matrix[row, column] = (there[row] - at[row]) / 1e-6;
            }

            var step = matrix.Solve(MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(at));
            var scale = Math.Min(1, 3 / step.InfinityNorm());
            for (var i = 0; i < size; i++)
            {
                odds[i] -= scale * step[i];
                if (!double.IsFinite(odds[i])) return false;
            }
        }

        return false;
    }
}
