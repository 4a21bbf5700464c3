using System.Collections.Immutable;

namespace Srpo.Reporting.Figures;

/// <summary>What a heatmap shows.</summary>
/// <param name="Description">The picture in words, for those who cannot see it.</param>
/// <param name="Rows">The rows, top to bottom; neighbours of the same group form a block.</param>
/// <param name="Columns">The columns, left to right; neighbours of the same group form a block.</param>
/// <param name="Values">Rows x columns values, row-major; those that are not finite are drawn as missing.</param>
/// <param name="Scale">Lowest and highest value of the colour map; give all heatmaps of a report the same.</param>
public sealed record HeatmapSpec(
    string Description, ImmutableArray<HeatmapEntry> Rows, ImmutableArray<HeatmapEntry> Columns,
    ImmutableArray<double> Values, Scale Scale)
{
    /// <summary>What the rows are, for instance "seat 0".</summary>
    public string RowTitle { get; init; } = "row";

    /// <summary>What the columns are, for instance "seat 1".</summary>
    public string ColumnTitle { get; init; } = "column";

    /// <summary>Width in drawing units.</summary>
    public double Width { get; init; } = 560;

    /// <summary>Whether blocks are named; turn off where there is one, whose name stands above the matrix.</summary>
    public bool ShowGroups { get; init; } = true;

    /// <summary>Draws the colour bar below; a page with several heatmaps draws one <see cref="ColourBar"/> for all.</summary>
    public bool ShowColourBar { get; init; }

    /// <summary>Whether the page's script is told which cell is where in small matrices too, so that one can be chosen; it then reads cells out in place of their tooltips.</summary>
    public bool IsSelectable { get; init; }
}

/// <summary>A row or column of a heatmap.</summary>
/// <param name="Group">Its group's name, for instance the method.</param>
/// <param name="Name">Its short name within the group, for instance the run's number.</param>
public sealed record HeatmapEntry(string Group, string Name);
