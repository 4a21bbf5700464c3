using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Srpo.Games.Finite;

/// <summary>Nash equilibria of two-player games by support enumeration.</summary>
public static class NashEquilibria
{
    /// <summary>Most actions of a player: the number of pairs of supports grows as the binomial (2m over m), 12,870 at 8.</summary>
    public const int MaxActions = 8;

    private const double Tolerance = 1e-10;

    /// <summary>
    /// All Nash equilibria of a nondegenerate game, that is one where no strategy has more best responses than actions in its support. Such
    /// games have finitely many, an odd number. In degenerate games pure equilibria are still all found, but of a continuum of
    /// equilibria only those appear whose supports are equally large and determine them.
    /// </summary>
    /// <param name="game">Two players with at most <see cref="MaxActions"/> actions each.</param>
    /// <returns>In order of the size of the supports: pure equilibria first.</returns>
    /// <exception cref="ArgumentException">The game has more than two players or too many actions; the message says which.</exception>
    public static IReadOnlyList<NashEquilibrium> FindAll(FiniteGame game)
    {
        ArgumentNullException.ThrowIfNull(game);
        if (game.Players != 2 || game.Actions.Any(count => count > MaxActions))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"game: must have two players with at most {MaxActions} actions each; '{game.Name}' has actions ({string.Join(", ", game.Actions)})"),
                nameof(game));
        }

        // In units of their range above their smallest: tolerances mean the same in every game.
        var (first, firstScale) = MixedProfile.Scaled(game, 0);
        var (second, secondScale) = MixedProfile.Scaled(game, 1);
        var (firstLeast, secondLeast) = (MixedProfile.Matrix(game, 0).Min(), MixedProfile.Matrix(game, 1).Min());
        var found = new List<NashEquilibrium>();
        for (var size = 1; size <= game.Actions.Min(); size++)
        {
            foreach (var rows in Supports(game.Actions[0], size))
            {
                foreach (var columns in Supports(game.Actions[1], size))
                {
                    // Each player's mixture makes the other indifferent over the other's support and nothing else better.
                    if (Indifferent(first, game.Actions[1], rows, columns) is { } y && Indifferent(second, game.Actions[0], columns, rows) is { } x)
                        found.Add(new NashEquilibrium([[.. x.Mixture], [.. y.Mixture]], [firstLeast + (firstScale * y.Value), secondLeast + (secondScale * x.Value)]));
                }
            }
        }

        return found;
    }

    /// <summary>The other's mixture over her support that makes the player's own support her best responses, if there is exactly one.</summary>
    private static (double[] Mixture, double Value)? Indifferent(double[] utilities, int others, int own, int other)
    {
        var size = BitOperations.PopCount((uint)own);
        var (rows, columns) = (Members(own), Members(other));
        var system = new double[(size + 1) * (size + 1)];
        var solution = new double[size + 1];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++) system[(i * (size + 1)) + j] = utilities[(rows[i] * others) + columns[j]];
            system[(i * (size + 1)) + size] = -1;
            system[(size * (size + 1)) + i] = 1;
        }

        solution[size] = 1;
        if (!DenseSolve.InPlace(system, solution, size + 1) || !solution.All(double.IsFinite)) return null;
        var (mixture, value) = (new double[others], solution[size]);
        for (var j = 0; j < size; j++)
        {
            if (!(solution[j] > Tolerance)) return null;
            mixture[columns[j]] = solution[j];
        }

        var scale = utilities.Max(Math.Abs);
        if (Math.Abs(mixture.Sum() - 1) > Tolerance) return null;
        for (var a = 0; a < utilities.Length / others; a++)
        {
            var utility = 0.0;
            for (var b = 0; b < others; b++) utility += mixture[b] * utilities[(a * others) + b];
            // A nearly singular system leaves its own support unequal; that is no solution either.
            if (utility > value + (Tolerance * scale) || ((own >> a & 1) == 1 && utility < value - (Tolerance * scale))) return null;
        }

        return (mixture, value);
    }

    private static IEnumerable<int> Supports(int actions, int size) =>
        Enumerable.Range(1, (1 << actions) - 1).Where(mask => BitOperations.PopCount((uint)mask) == size);

    private static int[] Members(int mask) => [.. Enumerable.Range(0, MaxActions).Where(action => (mask >> action & 1) == 1)];
}

/// <summary>A Nash equilibrium: tau = eps = 0 in the terms of Qu et al. (arXiv 2602.21515, section 3).</summary>
/// <param name="Strategies">[players][actions] mixed strategies.</param>
/// <param name="Utilities">[players] expected utilities: payoff minus private cost.</param>
public sealed record NashEquilibrium(ImmutableArray<ImmutableArray<double>> Strategies, ImmutableArray<double> Utilities);
