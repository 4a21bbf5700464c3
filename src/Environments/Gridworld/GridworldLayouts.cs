using System.Reflection;
using Srpo.Core.Text;

namespace Srpo.Environments.Gridworld;

/// <summary>The layouts that come with the program, kept as text resources beside this file.</summary>
public static class GridworldLayouts
{
    /// <summary>The layout that the authors' public code plays.</summary>
    public const string Official = "official";

    private const string Prefix = "layouts/";
    private const string Suffix = ".txt";

    /// <summary>Their names: official first, then by alphabet.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(GridworldLayouts).Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(resource => resource[Prefix.Length..^Suffix.Length])
            .OrderBy(name => name != Official)
            .ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>The text of a built-in layout.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such layout; the message lists the known ones and the nearest.</exception>
    public static string Text(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Names.Contains(name, StringComparer.Ordinal)) throw new ArgumentException(NearestName.Unknown("layout", name, [.. Names]), nameof(name));
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name + Suffix)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A built-in layout.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such layout; the message lists the known ones and the nearest.</exception>
    public static GridworldLayout Load(string name) => GridworldLayout.Parse(Text(name), name, name + Suffix);
}
