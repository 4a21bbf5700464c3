using Orleans;

namespace Srpo.Core.Settings;

/// <summary>
/// Which environment to play. Complete in itself: a silo that receives it needs no file of the machine where the user typed.
/// </summary>
/// <param name="Name">Registered name: "gridworld", "matrix", ...</param>
/// <param name="Variant">Layout or game, for example "official"; a label once <paramref name="Definition"/> is given.</param>
/// <param name="Definition">The layout's or game's full text, or null to take the built-in one named by <paramref name="Variant"/>.</param>
[GenerateSerializer, Alias("srpo.EnvironmentSettings"), Immutable]
public sealed record EnvironmentSettings(
    [property: Id(0)] string Name,
    [property: Id(1)] string Variant,
    [property: Id(2)] string? Definition = null)
{
    /// <summary>Longest <see cref="Name"/> or <see cref="Variant"/> that grains take, characters.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Longest <see cref="Definition"/> that grains take, characters.</summary>
    public const int MaxDefinitionLength = 1 << 20;
}
