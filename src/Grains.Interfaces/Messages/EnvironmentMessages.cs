namespace Srpo.Grains.Interfaces;

/// <summary>What an environment instance says of itself.</summary>
/// <param name="Key">Its key, population/team/instance.</param>
/// <param name="Environment">Environment and variant.</param>
/// <param name="Seats">Who sits where in its rollouts: "agent 0", "adversary 1", ...</param>
/// <param name="Lanes">Lanes of a rollout.</param>
/// <param name="Steps">Steps of a rollout.</param>
/// <param name="RolloutsPlayed">Rollouts since this activation began.</param>
/// <param name="LastRound">The last round played since then, 0 for none.</param>
/// <param name="LastMeanReturn">Mean sum of the seats' rewards per episode in the last rollout.</param>
/// <param name="LastCosts">Mean private cost of each seat per episode in the last rollout.</param>
/// <param name="DifferentObservations">Number of different observations of seat 0 in the last rollout.</param>
/// <param name="Drawing">The environment's lane 0 after the last rollout, drawn as text; empty before the first.</param>
[GenerateSerializer, Alias("srpo.EnvironmentReport"), Immutable]
public sealed record EnvironmentReport(
    [property: Id(0)] string Key,
    [property: Id(1)] string Environment,
    [property: Id(2)] string[] Seats,
    [property: Id(3)] int Lanes,
    [property: Id(4)] int Steps,
    [property: Id(5)] long RolloutsPlayed,
    [property: Id(6)] int LastRound,
    [property: Id(7)] double LastMeanReturn,
    [property: Id(8)] double[] LastCosts,
    [property: Id(9)] int DifferentObservations,
    [property: Id(10)] string Drawing);
