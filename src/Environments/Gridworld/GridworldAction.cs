namespace Srpo.Environments.Gridworld;

/// <summary>The actions of a gridworld agent; the numbers are those of recordings and policies.</summary>
public enum GridworldAction : byte
{
    /// <summary>One row less.</summary>
    Up = 0,

    /// <summary>One row more.</summary>
    Down = 1,

    /// <summary>One column less.</summary>
    Left = 2,

    /// <summary>One column more.</summary>
    Right = 3,

    /// <summary>Wait; the only action that costs nothing.</summary>
    Stay = 4,
}

/// <summary>Count and names of <see cref="GridworldAction"/>.</summary>
public static class GridworldActions
{
    /// <summary>Number of actions.</summary>
    public const int Count = 5;

    /// <summary>Names by number: up, down, left, right, stay.</summary>
    public static IReadOnlyList<string> Names { get; } = ["up", "down", "left", "right", "stay"];
}
