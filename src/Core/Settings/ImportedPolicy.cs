using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Settings;

/// <summary>Where a policy comes from that was not trained here: from another program, or by hand.</summary>
/// <param name="File">Name of the file that it was read from, without its directory; of a scripted player "scripted:NAME".</param>
/// <param name="Sha256">SHA-256 of that file, lower-case hexadecimal; of a scripted player <see cref="ScriptedReference.Hash"/>.</param>
/// <param name="Names">The names map with which it was read, as it was written; empty where there was none.</param>
/// <param name="Imported">When, UTC: "2026-01-31T12:00:00Z".</param>
[GenerateSerializer, Alias("srpo.ImportedPolicy"), Immutable]
public sealed record ImportedPolicy([property: Id(0)] string File, [property: Id(1)] string Sha256, [property: Id(2)] string Names, [property: Id(3)] string Imported)
{
    /// <summary>How it is asked, where it is an ONNX file that plays as it is; null for networks whose weights were read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(4)]
    public ImportedGraph? Graph { get; init; }

    /// <summary>The scripted player that it is; then there is no file, and <see cref="File"/> is what was typed. Null for networks and graphs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(5)]
    public ScriptedReference? Scripted { get; init; }
}
