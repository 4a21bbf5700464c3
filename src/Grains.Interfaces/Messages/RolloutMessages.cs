namespace Srpo.Grains.Interfaces;

/// <summary>Asks an environment instance for a rollout.</summary>
/// <param name="Round">The round, from 1; names the random streams.</param>
/// <param name="FirstLane">Number of this instance's first lane within the round's streams.</param>
/// <param name="Lanes">Number of lanes.</param>
/// <param name="Actors">Parameters of policy and critic of the instance's actors, in their order.</param>
/// <param name="Frozen">Opponents, then partners; the same array in every round of a session.</param>
[GenerateSerializer, Alias("srpo.PlayRequest"), Immutable]
public sealed record PlayRequest(
    [property: Id(0)] int Round,
    [property: Id(1)] int FirstLane,
    [property: Id(2)] int Lanes,
    [property: Id(3)] FloatBlock[] Actors,
    [property: Id(4)] PolicySnapshot[] Frozen);

/// <summary>
/// What one actor saw and did in a rollout, in one seat or in all that it played. Equal observations are stored once: a
/// sample refers to its row. Samples are in order of step, lane, seat.
/// </summary>
/// <param name="Actor">Index of the actor in its team.</param>
/// <param name="Seat">The seat; -1 where seats change.</param>
/// <param name="Observations">[Rows x observation length] different observations, in order of first sight.</param>
/// <param name="Legal">[Rows x actions] 1 for legal actions; empty where all are.</param>
/// <param name="LogProbabilities">[Rows x actions] of the policy that played.</param>
/// <param name="Values">[Rows] of the critic that watched.</param>
/// <param name="Row">[Samples] row of each sample's observation.</param>
/// <param name="Actions">[Samples].</param>
/// <param name="Rewards">[Samples] plain, until the next sample of the seat.</param>
/// <param name="Costs">[Samples] private costs, likewise.</param>
/// <param name="Signals">[Samples] what the actor maximises where that is not the reward; empty where it is.</param>
/// <param name="Next">[Samples] what follows: that sample, -1 for the end of the episode, or -2 - the row that stands behind a cut.</param>
[GenerateSerializer, Alias("srpo.SeatRollout"), Immutable]
public sealed record SeatRollout(
    [property: Id(0)] int Actor,
    [property: Id(1)] int Seat,
    [property: Id(2)] FloatBlock Observations,
    [property: Id(3)] byte[] Legal,
    [property: Id(4)] FloatBlock LogProbabilities,
    [property: Id(5)] FloatBlock Values,
    [property: Id(6)] int[] Row,
    [property: Id(7)] byte[] Actions,
    [property: Id(8)] FloatBlock Rewards,
    [property: Id(9)] FloatBlock Costs,
    [property: Id(10)] FloatBlock Signals,
    [property: Id(11)] int[] Next);

/// <summary>What an environment instance played.</summary>
/// <param name="Round">The round asked for.</param>
/// <param name="Lanes">Number of lanes.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Parts">The samples of every actor that learns.</param>
/// <param name="SeatRewards">Sum of every seat's rewards over lanes and steps.</param>
/// <param name="SeatCosts">Sum of every seat's private costs over lanes and steps.</param>
[GenerateSerializer, Alias("srpo.RolloutBatch"), Immutable]
public sealed record RolloutBatch(
    [property: Id(0)] int Round,
    [property: Id(1)] int Lanes,
    [property: Id(2)] int Steps,
    [property: Id(3)] SeatRollout[] Parts,
    [property: Id(4)] double[] SeatRewards,
    [property: Id(5)] double[] SeatCosts);

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
