using System.Collections.Immutable;

namespace Srpo.Core.Results;

/// <summary>One episode in the plane, step by step, to be drawn as an animation.</summary>
/// <param name="Method">The method's key.</param>
/// <param name="Title">Who plays, for people.</param>
/// <param name="Frames">The states in order; every one has the same shapes in the same order.</param>
/// <param name="Scores">[Frames] the score up to each state.</param>
public sealed record RecordedEpisode(
    string Method, string Title, ImmutableArray<ImmutableArray<EpisodeShape>> Frames, ImmutableArray<double> Scores);

/// <summary>A circle of a state.</summary>
/// <param name="Role">What it is, for instance <c>chaser</c>; equal roles look alike.</param>
/// <param name="Name">Its name, for instance <c>chaser 0</c>.</param>
/// <param name="X">Centre, right.</param>
/// <param name="Y">Centre, up.</param>
/// <param name="Radius">Radius, above 0.</param>
public readonly record struct EpisodeShape(string Role, string Name, double X, double Y, double Radius);
