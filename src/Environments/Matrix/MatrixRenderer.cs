using System.Globalization;
using System.Text;
using Srpo.Games;

namespace Srpo.Environments.Matrix;

/// <summary>Draws a matrix game as plain text: the table of utilities, the last pair of actions in brackets.</summary>
public static class MatrixRenderer
{
    /// <summary>The table of utilities "player 0, player 1", rows being actions of seat 0, and the round.</summary>
    /// <param name="game">The game.</param>
    /// <param name="round">Rounds played in the present episode.</param>
    /// <param name="length">Rounds of an episode.</param>
    /// <param name="action0">Last action of seat 0, or -1 before the first round.</param>
    /// <param name="action1">Last action of seat 1, or -1 before the first round.</param>
    public static string Draw(MatrixGame game, int round, int length, int action0, int action1)
    {
        ArgumentNullException.ThrowIfNull(game);
        var cells = new string[game.Actions(0) + 1, game.Actions(1) + 1];
        cells[0, 0] = "";
        for (var column = 0; column < game.Actions(1); column++) cells[0, column + 1] = game.ActionNames[column];
        for (var row = 0; row < game.Actions(0); row++)
        {
            cells[row + 1, 0] = game.ActionNames[row];
            for (var column = 0; column < game.Actions(1); column++)
            {
                var pair = string.Create(
                    CultureInfo.InvariantCulture, $"{(float)game.Utility(0, row, column)}, {(float)game.Utility(1, row, column)}");
                cells[row + 1, column + 1] = row == action0 && column == action1 ? $"[{pair}]" : pair;
            }
        }

        var width = cells.Cast<string>().Max(cell => cell.Length) + 2;
        var text = new StringBuilder();
        for (var row = 0; row < cells.GetLength(0); row++)
        {
            var line = new StringBuilder();
            for (var column = 0; column < cells.GetLength(1); column++) line.Append(cells[row, column].PadRight(width));
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"{game.Name}, round {round} of {length}\n").ToString();
    }
}
