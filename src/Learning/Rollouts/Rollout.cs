using Orleans;

namespace Srpo.Learning;

/// <summary>
/// What one actor saw and did in a rollout, in one seat or in all that it played. Equal observations are stored once and
/// samples refer to their row, because forward and backward passes of equal observations are equal: the update needs as many
/// network rows as there are different observations. Samples are in order of step, seat, lane; in
/// turn-based environments, where one seat acts at a time, of step, lane. What followed a sample is
/// known through <see cref="Next"/>: the next sample of the same seat and lane, the end of the episode, or the cut.
/// </summary>
/// <param name="Actor">Index of the actor in <see cref="TeamPlan.Actors"/>.</param>
/// <param name="Seat">The seat; -1 where seats change.</param>
/// <param name="Observations">[Rows x observation length], in order of first sight.</param>
/// <param name="Legal">[Rows x actions] 1 for legal actions, 0 for others; empty where all are legal.</param>
/// <param name="LogProbabilities">[Rows x actions] of the policy that played; 0 for illegal actions.</param>
/// <param name="Values">[Rows] of the critic that watched.</param>
/// <param name="Row">[Samples] row of each sample's observation.</param>
/// <param name="Actions">[Samples].</param>
/// <param name="Rewards">[Samples] of the seat, plain, from this sample until its next one or the end of the episode.</param>
/// <param name="Costs">[Samples] private costs over the same time.</param>
/// <param name="Signals">[Samples] what an adversary maximises: minus the mean reward of the agents beside it; the same array as the rewards for agents.</param>
/// <param name="Next">[Samples] what follows: at least 0, that sample; <see cref="Ended"/>, nothing; below, the row of <see cref="BootstrapRow"/>.</param>
[GenerateSerializer, Alias("srpo.SeatSamples"), Immutable]
public sealed record SeatSamples(
    [property: Id(0)] int Actor,
    [property: Id(1)] int Seat,
    [property: Id(2)] float[] Observations,
    [property: Id(3)] byte[] Legal,
    [property: Id(4)] float[] LogProbabilities,
    [property: Id(5)] float[] Values,
    [property: Id(6)] int[] Row,
    [property: Id(7)] byte[] Actions,
    [property: Id(8)] float[] Rewards,
    [property: Id(9)] float[] Costs,
    [property: Id(10)] float[] Signals,
    [property: Id(11)] int[] Next)
{
    /// <summary>[Rows x state length] what the network had carried into each row's observation; empty for networks that carry nothing.</summary>
    [Id(12)]
    public float[] State { get; init; } = [];

    /// <summary>In <see cref="Next"/>: the episode ended, nothing is bootstrapped.</summary>
    public const int Ended = -1;

    /// <summary>Number of samples.</summary>
    public int Count => Row.Length;

    /// <summary>In <see cref="Next"/>: what follows is estimated by the value of a row.</summary>
    public static int CutAt(int row) => -2 - row;

    /// <summary>The row of an entry of <see cref="Next"/> below <see cref="Ended"/>.</summary>
    public static int BootstrapRow(int next) => -2 - next;
}

/// <summary>What one environment instance played in a round.</summary>
/// <param name="Lanes">Number of lanes.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Parts">The samples of every actor that learns: one part per seat where seats are fixed, else one per actor.</param>
/// <param name="SeatRewards">Sum of every seat's rewards over lanes and steps.</param>
/// <param name="SeatCosts">Sum of every seat's private costs over lanes and steps.</param>
[GenerateSerializer, Alias("srpo.Rollout"), Immutable]
public sealed record Rollout(
    [property: Id(0)] int Lanes,
    [property: Id(1)] int Steps,
    [property: Id(2)] IReadOnlyList<SeatSamples> Parts,
    [property: Id(3)] double[] SeatRewards,
    [property: Id(4)] double[] SeatCosts);
