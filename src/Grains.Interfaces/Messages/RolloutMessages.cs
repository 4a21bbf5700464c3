namespace Srpo.Grains.Interfaces;

/// <summary>Asks an environment instance for a rollout.</summary>
/// <param name="Round">The round, from 1; names the random streams.</param>
/// <param name="FirstLane">Number of this instance's first lane within the round's streams.</param>
/// <param name="Lanes">Number of lanes.</param>
/// <param name="Players">Parameters of policy and critic of who plays, one per seat.</param>
[GenerateSerializer, Alias("srpo.PlayRequest"), Immutable]
public sealed record PlayRequest(
    [property: Id(0)] int Round,
    [property: Id(1)] int FirstLane,
    [property: Id(2)] int Lanes,
    [property: Id(3)] FloatBlock[] Players);

/// <summary>
/// A rollout as one seat saw it. Equal observations are stored once: a sample refers to its row. Samples are step-major:
/// index step * Lanes + lane.
/// </summary>
/// <param name="Observations">[Rows x observation length] different observations, in order of first sight.</param>
/// <param name="LogProbabilities">[Rows x actions] of the policy that played.</param>
/// <param name="Values">[Rows] of the critic that watched.</param>
/// <param name="Row">[Steps x Lanes] row of each sample's observation.</param>
/// <param name="LastRow">[Lanes] row of the observation after the last step, for the bootstrap.</param>
/// <param name="Actions">[Steps x Lanes].</param>
/// <param name="Rewards">[Steps x Lanes], plain.</param>
/// <param name="Costs">[Steps x Lanes] private costs.</param>
[GenerateSerializer, Alias("srpo.SeatRollout"), Immutable]
public sealed record SeatRollout(
    [property: Id(0)] FloatBlock Observations,
    [property: Id(1)] FloatBlock LogProbabilities,
    [property: Id(2)] FloatBlock Values,
    [property: Id(3)] int[] Row,
    [property: Id(4)] int[] LastRow,
    [property: Id(5)] byte[] Actions,
    [property: Id(6)] FloatBlock Rewards,
    [property: Id(7)] FloatBlock Costs);

/// <summary>What an environment instance played.</summary>
/// <param name="Round">The round asked for.</param>
/// <param name="Lanes">Number of lanes.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Seats">One record per seat.</param>
/// <param name="Terminated">[Steps x Lanes] the episode ended in this step.</param>
/// <param name="Truncated">[Steps x Lanes] time ran out in this step.</param>
[GenerateSerializer, Alias("srpo.RolloutBatch"), Immutable]
public sealed record RolloutBatch(
    [property: Id(0)] int Round,
    [property: Id(1)] int Lanes,
    [property: Id(2)] int Steps,
    [property: Id(3)] SeatRollout[] Seats,
    [property: Id(4)] bool[] Terminated,
    [property: Id(5)] bool[] Truncated);

/// <summary>A point of a learning curve: evaluation episodes of the team's agents with each other.</summary>
/// <param name="Round">Rounds behind it.</param>
/// <param name="AgentSteps">Interactions per agent behind it.</param>
/// <param name="EnvironmentSteps">Environment steps of the whole team behind it.</param>
/// <param name="MeanReturn">Mean over episodes of the sum of the seats' rewards.</param>
/// <param name="SeatCosts">Mean private cost of each seat per episode.</param>
[GenerateSerializer, Alias("srpo.CurvePoint"), Immutable]
public sealed record CurvePoint(
    [property: Id(0)] int Round,
    [property: Id(1)] long AgentSteps,
    [property: Id(2)] long EnvironmentSteps,
    [property: Id(3)] double MeanReturn,
    [property: Id(4)] double[] SeatCosts);

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
