using Srpo.Core.Text;

namespace Srpo.Environments.Hanabi;

/// <summary>The games that come with the program.</summary>
public static class HanabiVariants
{
    private static readonly HanabiDefinition[] All =
    [
        new("3x3-2p", 3, 3, 2, 5),

        // With hands of the usual size so few cards are left to draw that these two could not be won.
        new("3x3-3p", 3, 3, 3, 3),
        new("3x3-4p", 3, 3, 4, 3),
        new("5x5-2p", 5, 5, 2, 5),
    ];

    /// <summary>Their names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(definition => definition.Name)];

    /// <summary>A built-in game.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such game; the message lists the known ones and the nearest.</exception>
    public static HanabiDefinition Load(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(definition => definition.Name == name)
            ?? throw new ArgumentException(NearestName.Unknown("variant", name, [.. Names]), nameof(name));
    }
}
