namespace Srpo.Environments;

/// <summary>What a person who plays needs to know, in short sentences.</summary>
/// <param name="Goal">What brings points.</param>
/// <param name="Rules">What happens in a step, and when the episode ends.</param>
/// <param name="Legend">Signs of the drawing with their meaning, where it has some.</param>
public sealed record EnvironmentGuide(string Goal, IReadOnlyList<string> Rules, IReadOnlyList<(string Sign, string Meaning)> Legend);
