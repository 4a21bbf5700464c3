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
    private const double Size = 560;
    private const double Left = 54;
    private const double Top = 48;
    private const double LetterWidth = 7.5;
    private const int MostSingleCells = 400;
    private const int MostPrintedColumns = 16;

    /// <summary>The picture as an SVG element.</summary>
    public static string Draw(HeatmapSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Values.Length != spec.Rows.Length * spec.Columns.Length)
            throw new ArgumentException("The number of values does not fit rows and columns.", nameof(spec));

        var room = Size - Left - 4 - (HeatmapAxis.CountBlocks(spec.Columns) - 1) * HeatmapAxis.BlockGap;
        var cell = Math.Min(72, room / Math.Max(1, spec.Columns.Length));
        var columns = new HeatmapAxis(spec.Columns, Left, cell);
        var rows = new HeatmapAxis(spec.Rows, Top, cell);
        var height = rows.End + 6 + (spec.ShowColourBar ? ColourBar.Height + 8 : 0);
        var canvas = new SvgCanvas(Size, height, spec.Description, "heat");
        DrawLabels(canvas, spec, rows, columns);
        foreach (var rowBlock in rows.Blocks)
        {
            foreach (var columnBlock in columns.Blocks)
            {
                if (spec.Values.Length <= MostSingleCells) DrawSingleCells(canvas, spec, rowBlock, columnBlock, cell);
                else DrawPaths(canvas, spec, rowBlock, columnBlock, cell);
            }
        }

        if (spec.ShowColourBar) ColourBar.Draw(canvas, spec.Scale, Left, rows.End + 14, columns.End - Left);
        return canvas.Finish();
    }

    private static void DrawLabels(SvgCanvas canvas, HeatmapSpec spec, HeatmapAxis rows, HeatmapAxis columns)
    {
        canvas.Label(4, 14, spec.ColumnTitle + " →", "axis-title");
        canvas.Label(4, 28, spec.RowTitle + " ↓", "axis-title");
        foreach (var block in columns.Blocks)
        {
            var width = block.Count * columns.Cell;
            canvas.Label(block.Start + width / 2, 14, Fitted(block.Group, width), "group", "middle");
            canvas.Line(block.Start + 1, 21, block.Start + width - 1, 21, "bracket");
        }

        foreach (var block in rows.Blocks)
        {
            var height = block.Count * rows.Cell;
            canvas.Label(14, block.Start + height / 2, Fitted(block.Group, height), "group", "middle", upright: false);
            canvas.Line(21, block.Start + 1, 21, block.Start + height - 1, "bracket");
        }

        foreach (var (name, centre) in columns.Names(16)) canvas.Label(centre, Top - 8, name, "tick", "middle");
        foreach (var (name, centre) in rows.Names(12)) canvas.Label(Left - 8, centre + 3.5, name, "tick", "end");
    }

    /// <summary>A name in the room that a block has. Names of swept populations differ at their ends, so those are kept.</summary>
    private static string Fitted(string name, double room)
    {
        var letters = Math.Max(3, (int)(room / LetterWidth));
        return name.Length <= letters ? name : "…" + name[^(letters - 1)..];
    }

    private static void DrawSingleCells(
        SvgCanvas canvas, HeatmapSpec spec, HeatmapAxis.Block rows, HeatmapAxis.Block columns, double cell)
    {
        var isPrinted = spec.Columns.Length <= MostPrintedColumns;
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
                if (!isPrinted || !isKnown) continue;
                var text = new Markup();
                text.Element("text", Numbers.Fixed(value, Math.Abs(value) < 9.95 ? 1 : 0),
                    ("x", Markup.Num(x + cell / 2)), ("y", Markup.Num(y + cell / 2 + 3.5)), ("class", ColourRamp.IsLight(level) ? "on" : null));
                texts.Append(text);
            }
        }

        if (texts.Length > 0) canvas.Markup.Open("g", ("class", "values")).Raw(texts.ToString()).Close();
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

        canvas.Markup.Open("g",
            ("class", "cells"), ("shape-rendering", "crispEdges"),
            ("transform", $"translate({Markup.Num(columns.Start)} {Markup.Num(rows.Start)}) scale({cell.ToString("0.#####", CultureInfo.InvariantCulture)})"),
            ("data-rows", Names(spec.Rows.AsSpan(rows.First, rows.Count))),
            ("data-columns", Names(spec.Columns.AsSpan(columns.First, columns.Count))),
            ("data-values", Values(spec, rows, columns)));
        for (var level = 0; level < paths.Length; level++)
        {
            if (paths[level] is { } path)
                canvas.Path(path.ToString(), level == ColourRamp.Levels ? "missing" : string.Create(CultureInfo.InvariantCulture, $"h{level}"));
        }

        canvas.Markup.Close();
    }

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
