using System.Collections.Immutable;
using Srpo.Core.Statistics;

namespace Srpo.Reporting.Figures;

/// <summary>What a bar chart with intervals shows.</summary>
/// <param name="Description">The picture in words, for those who cannot see it.</param>
/// <param name="YTitle">What the bars measure, with unit.</param>
/// <param name="Groups">Groups of bars, left to right.</param>
public sealed record IntervalBarsSpec(string Description, string YTitle, ImmutableArray<BarGroup> Groups)
{
    /// <summary>Width in drawing units; groups that do not fit beside each other stand in further rows.</summary>
    public double Width { get; init; } = 920;

    /// <summary>The upper end of the scale, for instance of shares; null takes it from the data.</summary>
    public double? High { get; init; }

    /// <summary>Height of the bars of a row in drawing units.</summary>
    public double BarsHeight { get; init; } = 230;
}

/// <summary>Bars that stand together.</summary>
/// <param name="Name">The name below them.</param>
/// <param name="Bars">The bars, left to right.</param>
public sealed record BarGroup(string Name, ImmutableArray<Bar> Bars);

/// <summary>A bar with an interval.</summary>
/// <param name="Name">Its name in the legend; bars of the same name have the same colour in all groups.</param>
/// <param name="Colour">Categorical colour, 1 to <see cref="Palette.Size"/>.</param>
/// <param name="IsPale">Whether it is drawn pale, for the second of two bars that belong together.</param>
/// <param name="Value">Its height; null draws nothing.</param>
/// <param name="Interval">The interval; null draws none.</param>
public sealed record Bar(string Name, int Colour, bool IsPale, double? Value, Interval? Interval)
{
    /// <summary>Which of the bars of its name it is, for instance "self-play"; empty where each has one. The legend names it once, for pale and for full bars.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Stands below it, so that bars are told apart without colours.</summary>
    public MarkerStyle Marker { get; init; } = MarkerStyle.None;
}
