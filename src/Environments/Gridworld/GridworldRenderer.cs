using System.Globalization;
using System.Text;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// Draws states as plain text, without colour codes. A cell is four characters: <c>[P]</c> pot, <c>###</c> wall, <c>o</c>
/// available onion, <c>,</c> source whose onion is missing, <c>.</c> floor; agents are <c>1</c> (seat 0) and <c>2</c>
/// (seat 1), with <c>+</c> while carrying; an agent on a source shows both.
/// </summary>
public static class GridworldRenderer
{
    /// <summary>The map with agents and onions, one line per row, and a line that says what the agents carry.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="state">The state.</param>
    public static string Draw(GridworldLayout layout, in GridworldState state)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var text = new StringBuilder();
        for (var row = 0; row < layout.Rows; row++)
        {
            var line = new StringBuilder();
            for (var column = 0; column < layout.Columns; column++) line.Append(DrawCell(layout, state, layout.CellNumber(new GridCell(row, column))));
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        text.Append(DescribeAgent(layout, state, 0)).Append("; ").Append(DescribeAgent(layout, state, 1)).Append('\n');
        return text.ToString();
    }

    private static string DrawCell(GridworldLayout layout, in GridworldState state, int cell)
    {
        var kind = layout.KindOf(cell);
        if (kind == GridCellKind.Pot) return "[P] ";
        if (kind == GridCellKind.Wall) return "### ";
        var source = layout.SourceAt(cell);
        var ground = source < 0 ? '.' : state.IsAvailable(source) ? 'o' : ',';
        for (var seat = 0; seat < 2; seat++)
        {
            var agent = state.Agents[seat];
            if (agent.Cell != cell) continue;
            var carrying = agent.Carrying ? '+' : ' ';
            return source < 0 ? $" {seat + 1}{carrying} " : $"{ground}{seat + 1}{carrying} ";
        }

        return $" {ground}  ";
    }

    private static string DescribeAgent(GridworldLayout layout, in GridworldState state, int seat)
    {
        var agent = state.Agents[seat];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{seat + 1} = seat {seat} at {layout.Cell(agent.Cell)}, {(agent.Carrying ? "carrying an onion" : "empty hands")}");
    }
}
