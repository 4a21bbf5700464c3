using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Settings;

/// <summary>What the output of an imported graph is.</summary>
public enum GraphHead
{
    /// <summary>A number for every action; actions are drawn from their softmax over the legal ones.</summary>
    Logits = 0,

    /// <summary>Probabilities of the actions, which add up to 1; those of the legal ones are scaled so that they do.</summary>
    Probabilities = 1,
}

/// <summary>A policy that came as an ONNX file, and how it is asked.</summary>
/// <param name="Bytes">Length of the file, 1 to <see cref="MostBytes"/>.</param>
/// <param name="Head">What its output is.</param>
/// <param name="Output">Name of that output; null for the only one.</param>
[GenerateSerializer, Alias("srpo.ImportedGraph"), Immutable]
public sealed record ImportedGraph([property: Id(0)] int Bytes, [property: Id(1)] GraphHead Head, [property: Id(2)] string? Output)
{
    /// <summary>Longest file, in bytes.</summary>
    public const int MostBytes = 1 << 26;

    /// <summary>Most characters of the name of an output.</summary>
    public const int MostName = 1000;

    /// <summary>Most actions.</summary>
    public const int MostActions = 4096;

    /// <summary>[actions] For every action of the environment, the number of the output that stands for it; null where the order is the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(3)]
    public IReadOnlyList<int>? Actions { get; init => field = value is null ? null : Lists.Fixed(value); }

    /// <summary>What is wrong with it; null if it can be used.</summary>
    public string? Problem() =>
        Bytes is < 1 or > MostBytes ? FormattableString.Invariant($"a file of {Bytes} bytes is out of range; use 1 to {MostBytes}")
        : !Enum.IsDefined(Head) ? FormattableString.Invariant($"the head {(int)Head} is not known")
        : Output is { Length: 0 or > MostName } ? FormattableString.Invariant($"the name of its output has {Output.Length} characters; use 1 to {MostName}")
        : Actions is { Count: > MostActions } || (Actions is { } order && !order.Order().SequenceEqual(Enumerable.Range(0, order.Count))) ? "its actions are not the numbers of all outputs, each once"
        : null;

    /// <inheritdoc/>
    public bool Equals(ImportedGraph? other) =>
        other is not null && Bytes == other.Bytes && Head == other.Head && Output == other.Output && Lists.Same(Actions, other.Actions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Bytes, Head, Output, Actions?.Count);
}
