namespace Srpo.Learning;

/// <summary>
/// A rollout as one seat saw it. Equal observations are stored once and samples refer to their row, because forward and
/// backward passes of equal observations are equal: the update needs as many network rows as there are different
/// observations. Samples are step-major: index step * lanes + lane.
/// </summary>
/// <param name="Observations">[Rows x observation length], in order of first sight.</param>
/// <param name="LogProbabilities">[Rows x actions] of the policy that played.</param>
/// <param name="Values">[Rows] of the critic that watched.</param>
/// <param name="Row">[Steps x Lanes] row of each sample's observation.</param>
/// <param name="LastRow">[Lanes] row of the observation after the last step.</param>
/// <param name="Actions">[Steps x Lanes].</param>
/// <param name="Rewards">[Steps x Lanes], plain.</param>
/// <param name="Costs">[Steps x Lanes] private costs.</param>
public sealed record SeatSamples(
    float[] Observations,
    float[] LogProbabilities,
    float[] Values,
    int[] Row,
    int[] LastRow,
    byte[] Actions,
    float[] Rewards,
    float[] Costs);

/// <summary>What one environment instance played in a round.</summary>
/// <param name="Lanes">Number of lanes.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Seats">The samples of every seat.</param>
/// <param name="Terminated">[Steps x Lanes] the episode ended in this step: nothing is bootstrapped across it.</param>
/// <param name="Truncated">[Steps x Lanes] time ran out in this step.</param>
public sealed record Rollout(
    int Lanes,
    int Steps,
    IReadOnlyList<SeatSamples> Seats,
    bool[] Terminated,
    bool[] Truncated);

/// <summary>Evaluation episodes of a team's agents with each other.</summary>
/// <param name="MeanReturn">Mean over episodes of the sum of the seats' rewards.</param>
/// <param name="SeatCosts">Mean private cost of each seat per episode.</param>
public sealed record Evaluation(double MeanReturn, double[] SeatCosts);
