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

    /// <summary>
    /// One line about a step: who moved first, what both did, where that led, what it paid and cost. For example:
    /// "step 7: seat 1 first; seat 0 right (3,3) -> (3,4), takes an onion, reward 0.8; seat 1 stay (0,1), reward 1; shared 1".
    /// </summary>
    /// <param name="layout">The layout.</param>
    /// <param name="step">Number of the step, as the reader counts.</param>
    /// <param name="before">State before the step.</param>
    /// <param name="action0">Action of seat 0, 0 to 4.</param>
    /// <param name="action1">Action of seat 1, 0 to 4.</param>
    /// <param name="draws">The randomness of the step.</param>
    public static string DescribeStep(
        GridworldLayout layout, int step, in GridworldState before, int action0, int action1, GridworldDraws draws)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var after = before;
        var payment = GridworldRules.Step(layout, ref after, action0, action1, draws.First, draws.RespawnMask);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"step {step}: seat {draws.First} first");
        for (var seat = 0; seat < 2; seat++)
        {
            var action = seat == 0 ? action0 : action1;
            var (from, wasCarrying) = before.Agents[seat];
            var (to, isCarrying) = after.Agents[seat];
            text.Append(CultureInfo.InvariantCulture, $"; seat {seat} {GridworldActions.Names[action]} {layout.Cell(from)}");
            if (to != from) text.Append(CultureInfo.InvariantCulture, $" -> {layout.Cell(to)}");
            if (isCarrying && !wasCarrying) text.Append(", takes an onion");
            if (wasCarrying && !isCarrying) text.Append(", delivers");
            if (payment.Costs[seat] > layout.Parameters.MoveCost) text.Append(", runs into the other");
            text.Append(CultureInfo.InvariantCulture, $", cost {payment.Costs[seat]}, reward {payment.Reward(seat)}");
        }

        text.Append(CultureInfo.InvariantCulture, $"; shared {payment.Shared}");
        for (var source = 0; source < layout.Sources.Count; source++)
        {
            // Taken and back within one step leaves no trace in the onions, so that case is told by the agents above.
            if (!before.IsAvailable(source) && after.IsAvailable(source))
                text.Append(CultureInfo.InvariantCulture, $"; an onion is back at {layout.Sources[source]}");
        }

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
