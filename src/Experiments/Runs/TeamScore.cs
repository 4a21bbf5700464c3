using Srpo.Environments;

namespace Srpo.Experiments.Runs;

/// <summary>The score of a team.</summary>
public static class TeamScore
{
    /// <summary>One seat's reward where all receive the same, else the sum over the team's seats.</summary>
    /// <param name="rewards">Rewards by seat.</param>
    /// <param name="info">The environment.</param>
    public static double Of(IReadOnlyList<double> rewards, EnvironmentInfo info) => info.SharedReward ? rewards[0] : rewards.Take(info.TeamSeats).Sum();
}
