namespace Srpo.Core.Settings;

/// <summary>Lists as parts of settings.</summary>
internal static class Lists
{
    /// <summary>Whether two lists hold the same. What comes from outside may lack one, and is compared before it is checked.</summary>
    public static bool Same<T>(IReadOnlyList<T>? one, IReadOnlyList<T>? other) =>
        ReferenceEquals(one, other) || (one is not null && other is not null && one.SequenceEqual(other));
}
