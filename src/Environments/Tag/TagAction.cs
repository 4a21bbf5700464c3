namespace Srpo.Environments.Tag;

/// <summary>What an agent can do in a step: nothing, or accelerate along an axis.</summary>
public enum TagAction
{
    /// <summary>No control force.</summary>
    None = 0,

    /// <summary>Towards smaller x.</summary>
    Left = 1,

    /// <summary>Towards larger x.</summary>
    Right = 2,

    /// <summary>Towards smaller y.</summary>
    Down = 3,

    /// <summary>Towards larger y.</summary>
    Up = 4,
}

/// <summary>Number and names of the actions.</summary>
public static class TagActions
{
    /// <summary>Number of actions.</summary>
    public const int Count = 5;

    /// <summary>Names, by number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["none", "left", "right", "down", "up"];
}
