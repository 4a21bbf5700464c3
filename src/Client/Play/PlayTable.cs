using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Play;

/// <summary>All that is needed to play an episode without grains.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Players">A policy per seat of the environment; null in the person's.</param>
/// <param name="Seat">The person's seat.</param>
/// <param name="Steps">Number of steps, at most.</param>
/// <param name="Seed">Seed of the episode's randomness.</param>
internal sealed record PlayTable(EnvironmentSettings Environment, PolicySnapshot?[] Players, int Seat, int Steps, ulong Seed);
