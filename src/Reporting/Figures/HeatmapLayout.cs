using System.Collections.Immutable;
using Srpo.Reporting.Text;

namespace Srpo.Reporting.Figures;

/// <summary>Where the parts of a heatmap lie, for the width that it has: names that do not fit along their block get numbers, with a key below.</summary>
internal sealed class HeatmapLayout
{
    private const double MostCell = 72;

    private readonly ImmutableDictionary<string, string> _numbers = ImmutableDictionary<string, string>.Empty;

    /// <summary>Lays a heatmap out.</summary>
    /// <param name="spec">What it shows.</param>
    /// <param name="width">Its width in drawing units.</param>
    /// <exception cref="ArgumentException">The number of values does not fit rows and columns.</exception>
    public HeatmapLayout(HeatmapSpec spec, double width)
    {
        if (spec.Values.Length != spec.Rows.Length * spec.Columns.Length)
            throw new ArgumentException("The number of values does not fit rows and columns.", nameof(spec));
        Spec = spec;
        ShowsGroups = spec.ShowGroups;
        Top = ShowsGroups ? 48 : 44;
        WidestColumnName = Widest(spec.Columns.Select(entry => entry.Name), "tick");
        var titles = Widest([spec.ColumnTitle + " →", spec.RowTitle + " ↓"], "axis-title");
        Left = Math.Max((ShowsGroups ? 30 : 6) + Widest(spec.Rows.Select(entry => entry.Name), "tick") + 8, titles + 10);
        var room = width - Left - 4 - ((HeatmapAxis.CountBlocks(spec.Columns) - 1) * HeatmapAxis.BlockGap);
        var cell = Math.Min(MostCell, room / Math.Max(1, spec.Columns.Length));
        Columns = new HeatmapAxis(spec.Columns, Left, cell);
        Rows = new HeatmapAxis(spec.Rows, Top, cell);
        ShowsValues = Widest(spec.Values.Where(double.IsFinite).Select(ValueText), "cell-value") + 2 <= cell;
        Height = Rows.End + 6;
        if (!ShowsGroups || (Fits(Columns) && Fits(Rows))) return;
        string[] groups = [.. Columns.Blocks.Concat(Rows.Blocks).Select(block => block.Group).Distinct()];
        _numbers = groups.Select((group, index) => (group, index)).ToImmutableDictionary(pair => pair.group, pair => Numbers.Integer(pair.index + 1));
        Key = new Legend(4, width - 4, groups.Select(group => new LegendEntry($"{_numbers[group]} {group}", Palette.Other)));
        Height += Key.Height + 6;
    }

    public HeatmapSpec Spec { get; }

    public HeatmapAxis Columns { get; }

    public HeatmapAxis Rows { get; }

    /// <summary>Left edge of the cells.</summary>
    public double Left { get; }

    /// <summary>Upper edge of the cells.</summary>
    public double Top { get; }

    public double Height { get; }

    /// <summary>Whether blocks have names.</summary>
    public bool ShowsGroups { get; }

    /// <summary>Whether values fit into their cells.</summary>
    public bool ShowsValues { get; }

    public double WidestColumnName { get; }

    /// <summary>What the numbers of blocks stand for; null where their names fit.</summary>
    public Legend? Key { get; }

    /// <summary>What stands at a block.</summary>
    public string NameOf(string group) => _numbers.GetValueOrDefault(group, group);

    /// <summary>A value as it is printed into its cell.</summary>
    public static string ValueText(double value) => Numbers.Fixed(value, Math.Abs(value) < 9.95 ? 1 : 0);

    private static bool Fits(HeatmapAxis axis) => axis.Blocks.All(block => FigureStyles.Width(block.Group, "group") <= (block.Count * axis.Cell) + HeatmapAxis.BlockGap - 4);

    private static double Widest(IEnumerable<string> texts, string cssClass) => texts.Select(text => FigureStyles.Width(text, cssClass)).DefaultIfEmpty(0).Max();
}
