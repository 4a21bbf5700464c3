using System.Globalization;

namespace Srpo.Games.Finite;

/// <summary>Strategies of all players and what they mean for one of them; the numbering of joint actions is that of <see cref="FiniteGame"/>.</summary>
internal static class MixedProfile
{
    /// <summary>How far a strategy's sum may be from 1.</summary>
    public const double SumTolerance = 1e-9;

    /// <summary>Checks that there is a probability distribution over the actions of every player.</summary>
    public static void Require(FiniteGame game, IReadOnlyList<double[]> strategies)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(strategies);
        if (strategies.Count != game.Players)
            throw Wrong($"strategies: has {strategies.Count} rows; there are {game.Players} players");
        for (var player = 0; player < game.Players; player++)
        {
            var row = strategies[player] ?? throw Wrong($"strategies[{player}]: is missing");
            if (row.Length != game.Actions[player])
                throw Wrong($"strategies[{player}]: has {row.Length} entries; player {player} has {game.Actions[player]} actions");
            if (!row.All(p => p >= 0 && double.IsFinite(p)) || Math.Abs(row.Sum() - 1) > SumTolerance)
                throw Wrong($"strategies[{player}]: must be non-negative numbers that sum to 1, not {string.Join(", ", row)}");
        }
    }

    /// <summary>Checks that the player exists.</summary>
    public static void RequirePlayer(FiniteGame game, int player)
    {
        ArgumentNullException.ThrowIfNull(game);
        if (player < 0 || player >= game.Players)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"player: must be from 0 to {game.Players - 1}, not {player}"), nameof(player));
    }

    /// <summary>Checks that the profile has an entry for every player.</summary>
    public static void RequireRisk(FiniteGame game, RiskProfile risk)
    {
        ArgumentNullException.ThrowIfNull(game);
        ArgumentNullException.ThrowIfNull(risk);
        if (risk.Players != game.Players)
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"risk: is for {risk.Players} players; the game has {game.Players}"), nameof(risk));
    }

    /// <summary>Number of joint actions of the others.</summary>
    public static int Others(FiniteGame game, int player) => game.JointActions / game.Actions[player];

    /// <summary>[actions x joint actions of the others] utilities of a player, row by row.</summary>
    public static double[] Matrix(FiniteGame game, int player)
    {
        var utilities = game.Utilities(player);
        var (actions, others, stride) = (game.Actions[player], Others(game, player), game.Stride(player));
        var matrix = new double[actions * others];
        for (var joint = 0; joint < utilities.Length; joint++)
        {
            var (high, action, low) = (joint / stride / actions, joint / stride % actions, joint % stride);
            matrix[(action * others) + (high * stride) + low] = utilities[joint];
        }

        return matrix;
    }

    /// <summary>[joint actions of the others] their probabilities; <paramref name="skipped"/>, if a player, counts as certain.</summary>
    public static void OthersProbabilities(FiniteGame game, int player, IReadOnlyList<double[]> strategies, Span<double> probabilities, int skipped = -1)
    {
        probabilities[0] = 1;
        var length = 1;
        for (var other = 0; other < game.Players; other++)
        {
            if (other == player) continue;
            var row = strategies[other];
            for (var k = length - 1; k >= 0; k--)
            {
                var before = probabilities[k];
                for (var action = row.Length - 1; action >= 0; action--)
                    probabilities[(k * row.Length) + action] = other == skipped ? before : before * row[action];
            }

            length *= row.Length;
        }
    }

    /// <summary>
    /// The same matrix minus its smallest entry and over a power of two next to its range: with eps over the scale and tau times it, the same
    /// player in units of her own game.
    /// </summary>
    public static (double[] Utilities, double Scale) Scaled(FiniteGame game, int player)
    {
        var matrix = Matrix(game, player);
        var (least, most) = (matrix.Min(), matrix.Max());
        var range = most - least;
        var scale = range > 0 && double.IsFinite(range) ? Math.ScaleB(1, Math.ILogB(range)) : 1;
        if (scale == 0) scale = double.Epsilon;
        for (var i = 0; i < matrix.Length; i++) matrix[i] = (matrix[i] - least) / scale;
        return (matrix, scale);
    }

    /// <summary>[joint actions of the others] logarithms of their probabilities; <paramref name="skipped"/>, if a player, counts as certain.</summary>
    public static void OthersLogs(FiniteGame game, int player, IReadOnlyList<double[]> logs, Span<double> joint, int skipped = -1)
    {
        joint[0] = 0;
        var length = 1;
        for (var other = 0; other < game.Players; other++)
        {
            if (other == player) continue;
            var row = logs[other];
            for (var k = length - 1; k >= 0; k--)
            {
                var before = joint[k];
                for (var action = row.Length - 1; action >= 0; action--)
                    joint[(k * row.Length) + action] = other == skipped ? before : before + row[action];
            }

            length *= row.Length;
        }
    }

    /// <summary>[joint actions of the others] X(b), her expected utility against each.</summary>
    public static void Values(ReadOnlySpan<double> matrix, ReadOnlySpan<double> strategy, Span<double> values)
    {
        values.Clear();
        for (var action = 0; action < strategy.Length; action++)
        {
            var weight = strategy[action];
            var row = matrix.Slice(action * values.Length, values.Length);
            for (var b = 0; b < row.Length; b++) values[b] += weight * row[b];
        }
    }

    /// <summary>Entropy of a strategy, -nu(pi): the negative of the sum of p log p.</summary>
    public static double Entropy(ReadOnlySpan<double> strategy)
    {
        var sum = 0.0;
        foreach (var p in strategy)
        {
            if (p > 0) sum -= p * Math.Log(p);
        }

        return sum;
    }

    private static ArgumentException Wrong(FormattableString text) => new(text.ToString(CultureInfo.InvariantCulture), "strategies");
}
