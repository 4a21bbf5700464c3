namespace Srpo.Environments.Hanabi;

/// <summary>A part of the observation.</summary>
/// <param name="Name">Its name in docs/environments/hanabi.md, for example "H1".</param>
/// <param name="Meaning">What it holds.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Number of bits; may be 0.</param>
public sealed record HanabiSection(string Name, string Meaning, int Offset, int Length);
