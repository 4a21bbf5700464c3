using Srpo.Core.Results;

namespace Srpo.Reporting.Figures;

/// <summary>Which of the categorical colours <c>--s1</c> to <c>--s8</c> a population gets.</summary>
public static class Palette
{
    /// <summary>Number of categorical colours.</summary>
    public const int Size = 8;

    /// <summary>
    /// Colour numbers 1 to 8: what an experiment is about is always 1 and its baseline always 2, so that reports can be compared; the others get
    /// the next free ones in order.
    /// </summary>
    public static IReadOnlyDictionary<string, int> For(PopulationNames names, IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(labels);
        var colours = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = 3;
        foreach (var label in labels)
        {
            if (colours.ContainsKey(label)) continue;
            colours[label] = names.Role(label) switch { PopulationRole.Subject => 1, PopulationRole.Baseline => 2, _ => (next++ - 1) % Size + 1 };
        }

        return colours;
    }
}
