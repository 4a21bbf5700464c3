using System.Globalization;
using System.Text;

namespace Srpo.Environments.Gridworld;

/// <summary>Writes the text form of a layout, all constants spelt out.</summary>
internal static class GridworldLayoutWriter
{
    internal static string Write(GridworldLayout layout)
    {
        var parameters = layout.Parameters;
        var text = new StringBuilder();
        Line("name", layout.Name);
        Line("respawn-probability", parameters.RespawnProbability);
        Line("episode-length", parameters.EpisodeLength);
        Line("move-cost", parameters.MoveCost);
        Line("bump-cost", parameters.BumpCost);
        Line("delivery-reward", parameters.DeliveryReward);
        Line("pickup-reward", parameters.PickupReward);

        // A cell has one character, so a start on a source cannot be drawn; and the map's own order is row by row.
        var startsDrawn = layout.Starts.All(start => layout.SourceAt(layout.CellNumber(start)) < 0);
        if (!startsDrawn) Line("starts", Join(layout.Starts));
        var rowMajor = layout.Sources.OrderBy(layout.CellNumber);
        if (!layout.Sources.SequenceEqual(rowMajor)) Line("sources", Join(layout.Sources));

        text.Append("map:\n");
        for (var row = 0; row < layout.Rows; row++)
        {
            for (var column = 0; column < layout.Columns; column++) text.Append(Character(layout, new GridCell(row, column), startsDrawn));
            text.Append('\n');
        }

        return text.ToString();

        void Line(string key, object value) => text.Append(CultureInfo.InvariantCulture, $"{key}: {value}\n");
    }

    private static string Join(IEnumerable<GridCell> cells) =>
        string.Join(' ', cells.Select(cell => string.Create(CultureInfo.InvariantCulture, $"{cell.Row},{cell.Column}")));

    private static char Character(GridworldLayout layout, GridCell cell, bool drawStarts)
    {
        if (drawStarts && cell == layout.Starts[0]) return '1';
        if (drawStarts && cell == layout.Starts[1]) return '2';
        var number = layout.CellNumber(cell);
        return layout.KindOf(number) switch
        {
            GridCellKind.Pot => GridworldLayoutParser.Pot,
            GridCellKind.Wall => GridworldLayoutParser.Wall,
            _ => layout.SourceAt(number) >= 0 ? GridworldLayoutParser.Source : GridworldLayoutParser.Floor,
        };
    }
}
