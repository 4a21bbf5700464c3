using System.Collections.Immutable;
using Orleans;

namespace Srpo.Core.Results;

/// <summary>One episode, step by step: in the plane, to be drawn as an animation; a drawing of every step, to be leafed through; or a debate, to be read.</summary>
/// <param name="Method">The method's key, or a population's label.</param>
/// <param name="Title">Who plays, for people.</param>
/// <param name="Frames">The states in order; every one has the same shapes in the same order. Empty where the episode is a text.</param>
/// <param name="Scores">[Frames] the score up to each state.</param>
public sealed record RecordedEpisode(
    string Method, string Title, ImmutableArray<ImmutableArray<SceneCircle>> Frames, ImmutableArray<double> Scores)
{
    /// <summary>[Scores] what was said in each step, as text, where the episode is a debate; else empty.</summary>
    public ImmutableArray<string> Transcript { get; init; } = [];

    /// <summary>[Scores] the state after each step as text, where it is drawn in characters; else empty.</summary>
    public ImmutableArray<string> Drawings { get; init; } = [];

    /// <summary>Which of a method's pairs plays: "worst", "median" or "best" pair of different runs; empty where it is none of these.</summary>
    public string Rank { get; init; } = "";

    /// <summary>Of a debate, what the second debater is to the first, in words: "another model", "a stranger", "itself"; empty elsewhere.</summary>
    public string Partner { get; init; } = "";

    /// <summary>The pair's mean return over all its episodes; null where it is not known.</summary>
    public double? PairReturn { get; init; }
}

/// <summary>A circle of a scene.</summary>
/// <param name="Role">What it is, for example <c>chaser</c>, <c>runner</c> or <c>obstacle</c>; equal roles look alike.</param>
/// <param name="Name">Its name among its kind, for example <c>chaser 0</c>.</param>
/// <param name="X">Centre, right.</param>
/// <param name="Y">Centre, up.</param>
/// <param name="Radius">Radius, above 0.</param>
[GenerateSerializer, Alias("srpo.FrameCircle"), Immutable]
public sealed record SceneCircle(
    [property: Id(0)] string Role,
    [property: Id(1)] string Name,
    [property: Id(2)] double X,
    [property: Id(3)] double Y,
    [property: Id(4)] double Radius);
