using System.Globalization;
using System.Text;
using Srpo.Core.Results;

namespace Srpo.Environments.Tag;

/// <summary>
/// Draws states. As text: the arena from -1 to 1 in 20 x 20 cells of two characters, within a frame that stands for its border; <c>##</c>
/// obstacle, <c>C0</c> chaser 0, <c>R0</c> runner 0. Who is beyond the border is drawn on the frame at the nearest place, in small letters.
/// </summary>
internal static class TagRenderer
{
    private const int Cells = 20;
    private const string Digits = "0123456789abcdefghijklmnopqrstuv";

    /// <summary>The arena, and a line per agent: where it is, how fast, and whom it touches.</summary>
    internal static string Draw(TagState state, int lane)
    {
        var world = state.World;
        var grid = Frame();
        for (var obstacle = world.Agents; obstacle < world.Entities; obstacle++) Fill(grid, state.PositionOf(lane, obstacle), world.Sizes[obstacle]);
        for (var agent = 0; agent < world.Agents; agent++)
        {
            var (x, y) = state.PositionOf(lane, agent);
            grid[Cells + 1 - Cell(y), Cell(x)] = Label(world, agent, IsOutside(x) || IsOutside(y));
        }

        var text = new StringBuilder();
        for (var row = 0; row < Cells + 2; row++)
        {
            var line = new StringBuilder();
            for (var column = 0; column < Cells + 2; column++) line.Append(grid[row, column]);
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        for (var agent = 0; agent < world.Agents; agent++) text.Append(Describe(state, lane, agent)).Append('\n');
        return text.ToString();
    }

    /// <summary>Obstacles, then chasers, then runners.</summary>
    internal static SceneCircle[] Scene(TagState state, int lane)
    {
        var world = state.World;
        return [.. Enumerable.Range(world.Agents, world.Obstacles).Concat(Enumerable.Range(0, world.Agents)).Select(entity =>
        {
            var (x, y) = state.PositionOf(lane, entity);
            return new SceneCircle(world.RoleOf(entity), world.NameOf(entity), x, y, world.Sizes[entity]);
        })];
    }

    private static string[,] Frame()
    {
        var grid = new string[Cells + 2, Cells + 2];
        for (var row = 0; row < Cells + 2; row++)
        {
            for (var column = 0; column < Cells + 2; column++)
            {
                var (side, end) = (column is 0 or Cells + 1, row is 0 or Cells + 1);
                grid[row, column] = (side, end, column) switch
                {
                    (true, true, 0) => " +",
                    (true, true, _) => "+ ",
                    (true, false, 0) => " |",
                    (true, false, _) => "| ",
                    (false, true, _) => "--",
                    _ => "  ",
                };
            }
        }

        return grid;
    }

    /// <summary>Marks the cells within the arena whose centres an obstacle covers, and in any case the cell of its own centre.</summary>
    private static void Fill(string[,] grid, (double X, double Y) centre, double radius)
    {
        for (var row = 1; row <= Cells; row++)
        {
            for (var column = 1; column <= Cells; column++)
            {
                var (dx, dy) = (Centre(column) - centre.X, Centre(row) - centre.Y);
                if ((dx * dx) + (dy * dy) <= radius * radius || (column == Cell(centre.X) && row == Cell(centre.Y))) grid[Cells + 1 - row, column] = "##";
            }
        }
    }

    private static string Describe(TagState state, int lane, int agent)
    {
        var world = state.World;
        var (x, y) = state.PositionOf(lane, agent);
        var (vx, vy) = state.VelocityOf(lane, agent);
        var outside = IsOutside(x) || IsOutside(y);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Label(world, agent, outside)} = {world.NameOf(agent)} at ({x:0.00}, {y:0.00})");
        if (outside) text.Append(", outside");
        text.Append(CultureInfo.InvariantCulture, $", speed {Math.Sqrt((vx * vx) + (vy * vy)):0.00}");
        if (!world.IsRunner(agent)) return text.ToString();
        var touching = Enumerable.Range(0, world.Chasers).Where(chaser => state.Touch(lane, chaser, agent)).Select(chaser => Label(world, chaser, false)).ToArray();
        return touching.Length == 0 ? text.ToString() : text.Append(", caught by ").AppendJoin(" and ", touching).ToString();
    }

    private static string Label(TagWorld world, int agent, bool outside)
    {
        var letter = world.IsChaser(agent) ? 'C' : 'R';
        return $"{(outside ? char.ToLowerInvariant(letter) : letter)}{Digits[world.NumberOf(agent)]}";
    }

    private static bool IsOutside(double coordinate) => Math.Abs(coordinate) > 1;

    /// <summary>1 to <see cref="Cells"/> within the arena; 0 and one more are the frame.</summary>
    private static int Cell(double coordinate) => coordinate switch
    {
        < -1 => 0,
        > 1 => Cells + 1,
        _ => Math.Min(Cells, 1 + (int)((coordinate + 1) * (Cells / 2.0))),
    };

    private static double Centre(int cell) => ((cell - 0.5) * (2.0 / Cells)) - 1;
}
