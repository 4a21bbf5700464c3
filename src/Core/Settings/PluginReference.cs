using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Settings;

/// <summary>Which plug-in something is made with: its name, the version that it says it has, and what was loaded.</summary>
/// <param name="Name">Its name: letters, digits, '-', '_' and '.', at most 100 characters.</param>
/// <param name="Version">Version of its assembly, for people.</param>
/// <param name="Hash">SHA-256 of its assembly's file, lower-case hexadecimal: what is compared.</param>
[GenerateSerializer, Alias("srpo.PluginReference"), Immutable]
public sealed record PluginReference(
    [property: Id(0)] string Name,
    [property: Id(1)] string Version,
    [property: Id(2)] string Hash)
{
    /// <summary>Hexadecimal digits of a hash that people are shown.</summary>
    private const int Shown = 12;

    /// <summary>Longest name or version that specs take.</summary>
    private const int MaxLength = 100;

    /// <summary>The beginning of its hash, as people see it.</summary>
    [JsonIgnore]
    public string ShortHash => Hash is { Length: > Shown } ? Hash[..Shown] : Hash ?? "";

    /// <summary>Name, version and the beginning of the hash. What comes from outside may be of any length.</summary>
    public override string ToString() => $"'{Cut(Name)}' {Cut(Version)} (sha256 {ShortHash})";

    private static string? Cut(string? text) => text is { Length: > MaxLength } ? text[..MaxLength] + "..." : text;
}
