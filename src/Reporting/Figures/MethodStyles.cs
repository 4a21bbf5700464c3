using Srpo.Core.Results;

namespace Srpo.Reporting.Figures;

/// <summary>How a method, or a population of it, looks on every figure of a report.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Colour">Categorical colour, 1 to <see cref="Palette.Size"/> - 1.</param>
/// <param name="Line">How its lines are drawn.</param>
/// <param name="Marker">Its marker.</param>
public sealed record MethodStyle(string Name, int Colour, LineStyle Line, MarkerStyle Marker);

/// <summary>
/// The look of the populations of a report: one name, one colour, one dash and one marker each, on all its figures. What an experiment is about has always the first look and its
/// baseline the second, so that reports can be compared; the others follow in the order of the experiment. Together, colour, dash and marker repeat after 84 populations.
/// </summary>
public sealed class MethodStyles
{
    private static readonly LineStyle[] Lines = [LineStyle.Solid, LineStyle.Dashed, LineStyle.DashDot, LineStyle.Dotted];

    private static readonly MarkerStyle[] Markers = [MarkerStyle.Circle, MarkerStyle.Square, MarkerStyle.Triangle, MarkerStyle.Diamond, MarkerStyle.TriangleDown, MarkerStyle.Ring];

    private readonly Dictionary<string, MethodStyle> _styles = new(StringComparer.Ordinal);

    private MethodStyles(PopulationNames names, IEnumerable<string> labels)
    {
        Names = names;
        var taken = new HashSet<int>();
        foreach (var label in labels.Distinct(StringComparer.Ordinal))
        {
            var place = names.Role(label) switch { PopulationRole.Subject => 0, PopulationRole.Baseline => 1, _ => 2 };
            while (!taken.Add(place)) place++;
            _styles[label] = names.Role(label) == PopulationRole.Opponent
                ? new MethodStyle(names.Of(label), Palette.Other, LineStyle.Dotted, MarkerStyle.None)
                : new MethodStyle(names.Of(label), (place % (Palette.Size - 1)) + 1, Lines[place % Lines.Length], Markers[place % Markers.Length]);
        }
    }

    /// <summary>What populations are called.</summary>
    public PopulationNames Names { get; }

    /// <summary>The look of a population.</summary>
    /// <exception cref="KeyNotFoundException">The registry was not made for it.</exception>
    public MethodStyle this[string label] => _styles[label];

    /// <summary>The look of all populations of an experiment.</summary>
    /// <param name="names">Their names and roles.</param>
    /// <param name="labels">Those that are not named, in order; those that are named come first.</param>
    public static MethodStyles For(PopulationNames names, IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(labels);

        // Opponents have no place among methods.
        string[] all = [.. names.Known.Select(name => name.Label).Concat(labels)];
        return new MethodStyles(names, all.OrderBy(label => names.Role(label) == PopulationRole.Opponent));
    }

    /// <summary>The look of the populations of a run.</summary>
    /// <param name="results">What the run produced.</param>
    public static MethodStyles Of(RunResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return For(results.Info.Names, results.Methods().Concat(results.Debaters.Select(population => population.Method)));
    }
}
