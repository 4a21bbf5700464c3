using Srpo.Core.Text;

namespace Srpo.Environments.Tag;

/// <summary>The scenarios that come with the program.</summary>
public static class TagScenarios
{
    /// <summary>The paper's scenario: two chasers, one runner, two obstacles, 100 steps, a catch worth +1 to the chasers and -1 to the runner.</summary>
    public const string SimpleTag = "simple-tag";

    private static readonly TagDefinition[] Definitions =
    [
        new() { Name = SimpleTag },
        new() { Name = "tag-3v1", Chasers = 3 },
        new() { Name = "tag-4v2", Chasers = 4, Runners = 2, Obstacles = 3 },
    ];

    /// <summary>Their names, simple-tag first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Definitions.Select(definition => definition.Name)];

    /// <summary>A built-in scenario.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such scenario; the message lists the known ones and the nearest.</exception>
    public static TagDefinition Load(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Array.Find(Definitions, definition => definition.Name == name)
            ?? throw new ArgumentException(NearestName.Unknown("scenario", name, [.. Names]), nameof(name));
    }
}
