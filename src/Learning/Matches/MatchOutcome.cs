namespace Srpo.Learning;

/// <summary>The outcome of the episodes of one pair.</summary>
/// <param name="MeanReturn">Mean over episodes of the sum of the seats' rewards.</param>
/// <param name="ReturnDeviation">Standard deviation over episodes of that sum (n - 1; 0 for one episode).</param>
/// <param name="SeatReturns">Mean reward of each seat per episode.</param>
/// <param name="SeatCosts">Mean private cost of each seat per episode.</param>
public sealed record MatchOutcome(double MeanReturn, double ReturnDeviation, double[] SeatReturns, double[] SeatCosts);

/// <summary>One step of an episode that is looked at.</summary>
/// <param name="Step">From 0; step 0 is the start, before any action.</param>
/// <param name="Actions">The seats' actions that led here; empty at the start.</param>
/// <param name="Rewards">Rewards of this step per seat; empty at the start.</param>
/// <param name="Costs">Private costs of this step per seat; empty at the start.</param>
/// <param name="Probabilities">Per seat, the policy's probabilities in the state before this step; empty at the start.</param>
/// <param name="Drawing">The state after this step as text.</param>
/// <param name="EpisodeEnded">Whether the environment's episode ended here.</param>
public sealed record MatchFrame(
    int Step, byte[] Actions, double[] Rewards, double[] Costs, double[][] Probabilities, string Drawing, bool EpisodeEnded);
