namespace Srpo.Environments;

/// <summary>What one number of an observation means; the tables of docs/environments are made of these.</summary>
/// <param name="Index">Position in the observation, from 0.</param>
/// <param name="Meaning">What it says, for example "row of seat 0".</param>
/// <param name="Minimum">Least value.</param>
/// <param name="Maximum">Largest value.</param>
public sealed record ObservationSlot(int Index, string Meaning, float Minimum, float Maximum);
