namespace Srpo.Environments.Tag;

/// <summary>Number and names of the actions: no control force, or acceleration towards smaller or larger x, smaller or larger y.</summary>
public static class TagActions
{
    /// <summary>Number of actions.</summary>
    public const int Count = 5;

    /// <summary>Names, by number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["none", "left", "right", "down", "up"];
}
