namespace Srpo.Core.Settings;

/// <summary>
/// Which environment to play. Complete in itself: a silo that receives it needs no file of the machine where the user typed.
/// </summary>
/// <param name="Name">Registered name: "gridworld", "matrix", ...</param>
/// <param name="Variant">Layout or game, for example "official"; a label once <paramref name="Definition"/> is given.</param>
/// <param name="Definition">The layout's or game's full text, or null to take the built-in one named by <paramref name="Variant"/>.</param>
public sealed record EnvironmentSettings(string Name, string Variant, string? Definition = null);
