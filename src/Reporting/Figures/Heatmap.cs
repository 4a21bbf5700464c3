using System.Globalization;
using System.Text;
using System.Text.Json;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>
/// A matrix as coloured cells, one block per pair of groups. Up to 400 cells are single elements with tooltips (and, where
/// they fit, printed values); more become one path per colour and block, and the page's script reads the values from data
/// attributes, so that a 60 x 60 matrix stays small.
/// </summary>
public static class Heatmap
{
    private const int MostSingleCells = 400;
    private const double BarGap = 8;

    /// <summary>The picture as an SVG element.</summary>
    public static string Draw(HeatmapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var layout = new HeatmapLayout(spec, spec.Width);
        var canvas = new SvgCanvas(spec.Width, layout.Height + (spec.ShowColourBar ? ColourBar.Height + BarGap : 0), spec.Description, "heat");
        Draw(canvas, layout);
        if (spec.ShowColourBar) ColourBar.Draw(canvas, spec.Scale, layout.Left, layout.Height + BarGap, layout.Columns.End - layout.Left);
        return canvas.Finish();
    }

    /// <summary>Several matrices side by side under their titles, on one scale with one colour bar; those that find no room stand in further rows.</summary>
    /// <param name="description">The picture in words.</param>
    /// <param name="matrices">The matrices with what stands above them; all have the same scale.</param>
    /// <param name="width">Width of the picture in drawing units.</param>
    /// <param name="least">Least width of a matrix.</param>
    public static string DrawSideBySide(string description, IReadOnlyList<(string Title, HeatmapSpec Matrix)> matrices, double width, double least = 230)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        const double gap = 18, heading = 22;
        var columns = Math.Clamp((int)((width + gap) / (least + gap)), 1, Math.Max(1, matrices.Count));
        var each = (width - ((columns - 1) * gap)) / columns;
        var rows = matrices.Select(matrix => (matrix.Title, Layout: new HeatmapLayout(matrix.Matrix, each))).Chunk(columns).ToArray();
        var height = rows.Sum(row => heading + row.Max(matrix => matrix.Layout.Height) + gap);
        var canvas = new SvgCanvas(width, height + ColourBar.Height, description, "heat");
        var top = 0.0;
        foreach (var row in rows)
        {
            for (var index = 0; index < row.Length; index++)
            {
                var (title, layout) = row[index];
                var left = index * (each + gap);
                canvas.Label(left + ((layout.Left + layout.Columns.End) / 2), top + 14, title, "group", "middle");
                canvas.Markup.Open("g", ("transform", $"translate({Markup.Num(left)} {Markup.Num(top + heading)})"));
                Draw(canvas, layout);
                canvas.Markup.Close();
            }

            top += heading + row.Max(matrix => matrix.Layout.Height) + gap;
        }

        if (rows.Length > 0)
        {
            var layout = rows[0][0].Layout;
            ColourBar.Draw(canvas, layout.Spec.Scale, layout.Left, height, Math.Min(400, layout.Columns.End - layout.Left));
        }

        return canvas.Finish();
    }

    private static void Draw(SvgCanvas canvas, HeatmapLayout layout)
    {
        DrawLabels(canvas, layout);
        foreach (var rowBlock in layout.Rows.Blocks)
        {
            foreach (var columnBlock in layout.Columns.Blocks)
            {
                if (layout.Spec.Values.Length <= MostSingleCells) DrawSingleCells(canvas, layout, rowBlock, columnBlock);
                else DrawPaths(canvas, layout.Spec, rowBlock, columnBlock, layout.Columns.Cell);
            }
        }
    }

    private static void DrawLabels(SvgCanvas canvas, HeatmapLayout layout)
    {
        var (rows, columns) = (layout.Rows, layout.Columns);
        canvas.Label(4, 14, layout.Spec.ColumnTitle + " →", "axis-title");
        canvas.Label(4, 28, layout.Spec.RowTitle + " ↓", "axis-title");
        if (layout.ShowsGroups)
        {
            foreach (var block in columns.Blocks)
            {
                var width = block.Count * columns.Cell;
                canvas.Label(block.Start + (width / 2), 14, layout.NameOf(block.Group), "group", "middle");
                canvas.Line(block.Start + 1, 21, block.Start + width - 1, 21, "bracket");
            }

            foreach (var block in rows.Blocks)
            {
                var height = block.Count * rows.Cell;
                canvas.Label(14, block.Start + (height / 2), layout.NameOf(block.Group), "group", "middle", upright: false);
                canvas.Line(21, block.Start + 1, 21, block.Start + height - 1, "bracket");
            }

            layout.Key?.Draw(canvas, rows.End + 6);
        }

        foreach (var (name, centre) in columns.Names(layout.WidestColumnName + 5)) canvas.Label(centre, layout.Top - 8, name, "tick", "middle");
        foreach (var (name, centre) in rows.Names(12)) canvas.Label(layout.Left - 8, centre + 3.5, name, "tick", "end");
    }

    private static void DrawSingleCells(SvgCanvas canvas, HeatmapLayout layout, HeatmapAxis.Block rows, HeatmapAxis.Block columns)
    {
        var (spec, cell) = (layout.Spec, layout.Columns.Cell);
        var texts = new StringBuilder();
        var inset = Math.Min(1, 0.05 * cell);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < columns.Count; column++)
            {
                var value = Value(spec, rows.First + row, columns.First + column);
                var (x, y) = (columns.Start + column * cell, rows.Start + row * cell);
                var rowEntry = spec.Rows[rows.First + row];
                var columnEntry = spec.Columns[columns.First + column];
                var isKnown = double.IsFinite(value);
                var level = isKnown ? ColourRamp.Level(spec.Scale, value) : -1;
                canvas.Rect(
                    x, y, cell - inset, cell - inset, isKnown ? $"h{level}" : "missing",
                    $"{rowEntry.Group}/{rowEntry.Name} + {columnEntry.Group}/{columnEntry.Name}: {Numbers.Short(value)}");
                if (!layout.ShowsValues || !isKnown) continue;
                var text = new Markup();
                text.Element("text", HeatmapLayout.ValueText(value),
                    ("x", Markup.Num(x + cell / 2)), ("y", Markup.Num(y + cell / 2 + 3.5)), ("class", ColourRamp.IsLight(level) ? "on" : null));
                texts.Append(text);
            }
        }

        if (texts.Length > 0) canvas.Markup.Open("g", ("class", "values")).Raw(texts.ToString()).Close();
        if (!spec.IsSelectable) return;
        OpenCells(canvas, spec, rows, columns, cell);
        canvas.Markup.Empty("rect", ("width", Markup.Num(columns.Count)), ("height", Markup.Num(rows.Count)), ("fill", "transparent"));
        canvas.Markup.Close();
    }

    private static void DrawPaths(
        SvgCanvas canvas, HeatmapSpec spec, HeatmapAxis.Block rows, HeatmapAxis.Block columns, double cell)
    {
        var paths = new StringBuilder[ColourRamp.Levels + 1];
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < columns.Count;)
            {
                var level = LevelAt(column);
                var end = column + 1;
                while (end < columns.Count && LevelAt(end) == level) end++;
                (paths[level] ??= new()).Append(
                    CultureInfo.InvariantCulture, $"M{column} {row}h{end - column}v1h-{end - column}z");
                column = end;

                int LevelAt(int at)
                {
                    var value = Value(spec, rows.First + row, columns.First + at);
                    return double.IsFinite(value) ? ColourRamp.Level(spec.Scale, value) : ColourRamp.Levels;
                }
            }
        }

        OpenCells(canvas, spec, rows, columns, cell);
        for (var level = 0; level < paths.Length; level++)
        {
            if (paths[level] is { } path)
                canvas.Path(path.ToString(), level == ColourRamp.Levels ? "missing" : string.Create(CultureInfo.InvariantCulture, $"h{level}"));
        }

        canvas.Markup.Close();
    }

    /// <summary>Opens the group of a block's cells, one unit each, with what the page's script reads out of it.</summary>
    private static void OpenCells(SvgCanvas canvas, HeatmapSpec spec, HeatmapAxis.Block rows, HeatmapAxis.Block columns, double cell) => canvas.Markup.Open("g",
        ("class", "cells"), ("shape-rendering", "crispEdges"),
        ("transform", $"translate({Markup.Num(columns.Start)} {Markup.Num(rows.Start)}) scale({cell.ToString("0.#####", CultureInfo.InvariantCulture)})"),
        ("data-row", Markup.Num(rows.First)), ("data-column", Markup.Num(columns.First)),
        ("data-rows", Names(spec.Rows.AsSpan(rows.First, rows.Count))),
        ("data-columns", Names(spec.Columns.AsSpan(columns.First, columns.Count))),
        ("data-values", Values(spec, rows, columns)));

    private static double Value(HeatmapSpec spec, int row, int column) => spec.Values[row * spec.Columns.Length + column];

    private static string Names(ReadOnlySpan<HeatmapEntry> entries)
    {
        var names = new string[entries.Length];
        for (var index = 0; index < names.Length; index++) names[index] = $"{entries[index].Group}/{entries[index].Name}";
        return JsonSerializer.Serialize(names);
    }

    private static string Values(HeatmapSpec spec, HeatmapAxis.Block rows, HeatmapAxis.Block columns)
    {
        var span = Math.Max(Math.Abs(spec.Scale.Low), Math.Abs(spec.Scale.High));
        var format = span >= 100 ? "0" : span >= 10 ? "0.#" : "0.###";
        var text = new StringBuilder();
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < columns.Count; column++)
            {
                if (text.Length > 0) text.Append(' ');
                var value = Value(spec, rows.First + row, columns.First + column);
                text.Append(double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "x");
            }
        }

        return text.ToString();
    }
}
