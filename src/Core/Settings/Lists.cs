namespace Srpo.Core.Settings;

/// <summary>Lists as parts of settings.</summary>
internal static class Lists
{
    /// <summary>A list as an array of its own: nobody else can change it, and it travels between silos whatever it was made from. Null stays null.</summary>
    public static IReadOnlyList<T> Fixed<T>(IReadOnlyList<T> list) => list?.ToArray()!;

    /// <summary>Whether two lists hold the same. What comes from outside may lack one, and is compared before it is checked.</summary>
    public static bool Same<T>(IReadOnlyList<T>? one, IReadOnlyList<T>? other) =>
        ReferenceEquals(one, other) || (one is not null && other is not null && one.SequenceEqual(other));
}
