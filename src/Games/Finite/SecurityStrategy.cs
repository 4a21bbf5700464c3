using System.Collections.Immutable;

namespace Srpo.Games.Finite;

/// <summary>
/// A maximin strategy: the best worst case of a player over all joint (also correlated) strategies of the others, the limit tau -> infinity of
/// equation (1) of Qu et al. (arXiv 2602.21515, section 3) without bounded rationality. With two players it is the Nash strategy of the
/// zero-sum game against the other; with more, against all others acting as one.
/// </summary>
/// <param name="Strategy">[actions] a maximin strategy; there may be others of the same value.</param>
/// <param name="Value">The utility (payoff minus private cost) that it secures.</param>
/// <param name="Adversary">[joint actions of the others] a joint strategy that lets her get no more than the value.</param>
public sealed record SecurityStrategy(ImmutableArray<double> Strategy, double Value, ImmutableArray<double> Adversary)
{
    private const double Proved = 1e-9;

    /// <summary>Finds one by linear programming (a dense simplex method; exact up to rounding).</summary>
    /// <param name="game">The game.</param>
    /// <param name="player">From 0.</param>
    /// <exception cref="ArgumentException">There is no such player.</exception>
    /// <exception cref="InvalidOperationException">
    /// Rounding kept it from being found: what the strategy secures and what the adversary concedes differ by more than a 10^9th of the range
    /// of her utilities.
    /// </exception>
    public static SecurityStrategy Find(FiniteGame game, int player)
    {
        MixedProfile.RequirePlayer(game, player);
        var matrix = MixedProfile.Matrix(game, player);
        var (strategy, value, adversary) = ZeroSumSimplex.Solve(matrix, game.Actions[player]);
        // Weak duality proves the value: nobody secures more than any adversary concedes.
        var secured = Enumerable.Range(0, adversary.Length).Min(b => strategy.Select((x, a) => x * matrix[(a * adversary.Length) + b]).Sum());
        var conceded = Enumerable.Range(0, strategy.Length).Max(a => adversary.Select((y, b) => y * matrix[(a * adversary.Length) + b]).Sum());
        if (!(conceded - secured <= Proved * Math.Max(matrix.Max() - matrix.Min(), 1e-7 * matrix.Max(Math.Abs))))
            throw new InvalidOperationException($"'{game.Name}': the security strategy of player {player} was not found within rounding");
        return new SecurityStrategy([.. strategy], value, [.. adversary]);
    }
}

/// <summary>
/// A zero-sum matrix game as a linear program. With all entries made positive, the column player maximises the sum of w under A w at most 1,
/// w at least 0; her strategy is w over its sum, the value one over the sum, and the dual prices give the row player's strategy.
/// </summary>
internal static class ZeroSumSimplex
{
    private const double Tolerance = 1e-12;
    private const int MostPivots = 1000;

    /// <summary>Solves by the tableau method with Bland's rule, which cannot cycle.</summary>
    /// <param name="matrix">[rows x columns] what the row player gets, row by row.</param>
    /// <param name="rows">Number of rows.</param>
    public static (double[] Row, double Value, double[] Column) Solve(ReadOnlySpan<double> matrix, int rows)
    {
        var columns = matrix.Length / rows;
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var entry in matrix) (least, most) = (Math.Min(least, entry), Math.Max(most, entry));
        var range = most > least ? most - least : 1;

        // Columns: w, slacks, right-hand side; the last row holds the reduced costs.
        var width = columns + rows + 1;
        var tableau = new double[(rows + 1) * width];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++) tableau[(i * width) + j] = ((matrix[(i * columns) + j] - least) / range) + 1;
            tableau[(i * width) + columns + i] = 1;
            tableau[(i * width) + width - 1] = 1;
        }

        for (var j = 0; j < columns; j++) tableau[(rows * width) + j] = -1;
        var basis = Enumerable.Range(columns, rows).ToArray();
        // Bland's rule ends by itself in exact arithmetic; rounding may not let it.
        for (var pivots = 0; pivots < MostPivots * (rows + columns) && Entering(tableau, rows, width) is var entering && entering >= 0; pivots++)
            Pivot(tableau, basis, width, Leaving(tableau, basis, width, entering), entering);

        var total = tableau[^1];
        var (row, column) = (new double[rows], new double[columns]);
        for (var i = 0; i < rows; i++)
        {
            row[i] = Math.Max(0, tableau[(rows * width) + columns + i]);
            if (basis[i] < columns) column[basis[i]] = Math.Max(0, tableau[(i * width) + width - 1]);
        }

        Normalise(row);
        Normalise(column);
        return (row, (((1 / total) - 1) * range) + least, column);
    }

    private static int Entering(double[] tableau, int rows, int width)
    {
        for (var j = 0; j < width - 1; j++)
        {
            if (tableau[(rows * width) + j] < -Tolerance) return j;
        }

        return -1;
    }

    private static int Leaving(double[] tableau, int[] basis, int width, int entering)
    {
        var (best, leaving) = (double.PositiveInfinity, 0);
        for (var i = 0; i < basis.Length; i++)
        {
            var entry = tableau[(i * width) + entering];
            if (entry <= Tolerance) continue;
            var ratio = tableau[(i * width) + width - 1] / entry;
            if (ratio > best || (ratio == best && basis[i] > basis[leaving])) continue;
            (best, leaving) = (ratio, i);
        }

        return leaving;
    }

    private static void Pivot(double[] tableau, int[] basis, int width, int leaving, int entering)
    {
        var pivotRow = tableau.AsSpan(leaving * width, width);
        var pivot = pivotRow[entering];
        for (var j = 0; j < width; j++) pivotRow[j] /= pivot;
        for (var i = 0; i <= basis.Length; i++)
        {
            if (i == leaving) continue;
            var row = tableau.AsSpan(i * width, width);
            var factor = row[entering];
            if (factor == 0) continue;
            for (var j = 0; j < width; j++) row[j] -= factor * pivotRow[j];
        }

        basis[leaving] = entering;
    }

    private static void Normalise(double[] weights)
    {
        var sum = weights.Sum();
        for (var i = 0; i < weights.Length; i++) weights[i] /= sum;
    }
}
