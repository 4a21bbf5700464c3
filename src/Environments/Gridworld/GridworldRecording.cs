using Srpo.Environments.Recordings;

namespace Srpo.Environments.Gridworld;

/// <summary>
/// Reads recorded episodes: one JSON object a line, plain or gzip, with <c>id</c>, <c>policy</c>, <c>layout</c>,
/// <c>layout_data</c> (rows, columns, pots, sources, starts, optionally walls), <c>start</c> and 50 <c>steps</c>; docs/environments/gridworld.md
/// has the whole list. Fields beyond these are ignored.
/// </summary>
public static class GridworldRecording
{
    /// <summary>Streams the episodes of a file.</summary>
    /// <param name="path">The file, .jsonl or .jsonl.gz.</param>
    /// <exception cref="RecordingException">The file cannot be read; the message names file, line, episode, step and field.</exception>
    public static IEnumerable<GridworldRecordedEpisode> Read(string path) => RecordingLines.Read(path, ReadEpisode);

    private static GridworldRecordedEpisode ReadEpisode(RecordingFields fields)
    {
        var layout = ReadLayout(fields);
        var start = Cells(fields.Pairs("start", 2, layout.Rows, layout.Columns));
        var steps = fields.Steps("steps", step => ReadStep(step, layout), layout.Parameters.EpisodeLength);
        return new GridworldRecordedEpisode(fields.Place, fields.Text("policy"), layout, start, steps);
    }

    private static GridworldLayout ReadLayout(RecordingFields fields)
    {
        var data = fields.Object("layout_data");
        var rows = data.Integer("rows", 1, GridworldLayout.MaxCells);
        var columns = data.Integer("columns", 1, GridworldLayout.MaxCells);
        var pots = Cells(data.Pairs("pots", null, rows, columns));
        var sources = Cells(data.Pairs("sources", null, rows, columns));
        var starts = Cells(data.Pairs("starts", 2, rows, columns));
        var walls = data.Has("walls") ? Cells(data.Pairs("walls", null, rows, columns)) : [];
        try
        {
            return new GridworldLayout(fields.Text("layout"), rows, columns, pots, sources, starts, walls);
        }
        catch (ArgumentException error)
        {
            throw fields.Error("layout_data", error.Message);
        }
    }

    private static GridworldRecordedStep ReadStep(RecordingFields fields, GridworldLayout layout)
    {
        var sources = layout.Sources.Count;
        return new GridworldRecordedStep(
            fields.Integers("a", 2, 0, GridworldActions.Count - 1),
            fields.Integer("first", 0, 1),
            fields.Integers("respawn", sources, 0, 1),
            Cells(fields.Pairs("pos", 2, layout.Rows, layout.Columns)),
            fields.Integers("carry", 2, 0, 1),
            fields.Integers("onion", sources, 0, 1),
            fields.Number("shared"),
            fields.Numbers("cost", 2));
    }

    private static GridCell[] Cells((int Row, int Column)[] pairs) => [.. pairs.Select(pair => new GridCell(pair.Row, pair.Column))];
}

/// <summary>A recorded episode.</summary>
/// <param name="Place">Where it is: file, line, episode.</param>
/// <param name="Policy">How its actions were chosen.</param>
/// <param name="Layout">The layout of its <c>layout_data</c>, with the default constants.</param>
/// <param name="Start">[2] positions of the seats at reset.</param>
/// <param name="Steps">Its steps in order.</param>
public sealed record GridworldRecordedEpisode(
    RecordingPlace Place,
    string Policy,
    GridworldLayout Layout,
    IReadOnlyList<GridCell> Start,
    IReadOnlyList<GridworldRecordedStep> Steps);

/// <summary>A recorded step: what went in, and what the state was after it.</summary>
/// <param name="Actions">[2] actions by seat.</param>
/// <param name="First">The seat that moved first.</param>
/// <param name="Respawn">[sources] 1: a missing onion comes back at the end of the step.</param>
/// <param name="Positions">[2] cells by seat, after the step.</param>
/// <param name="Carrying">[2] 0 or 1 by seat, after the step.</param>
/// <param name="Onions">[sources] 0 or 1, available after the step.</param>
/// <param name="Shared">What was paid to both.</param>
/// <param name="Costs">[2] private cost by seat.</param>
public sealed record GridworldRecordedStep(
    IReadOnlyList<int> Actions,
    int First,
    IReadOnlyList<int> Respawn,
    IReadOnlyList<GridCell> Positions,
    IReadOnlyList<int> Carrying,
    IReadOnlyList<int> Onions,
    double Shared,
    IReadOnlyList<double> Costs);
