using Srpo.Environments;

namespace Srpo.Learning;

/// <summary>The outcome of the episodes of one pair.</summary>
/// <param name="MeanReturn">Mean score of an episode: the sum of the team's rewards, or one of them where they are shared.</param>
/// <param name="ReturnDeviation">Standard deviation over episodes of the score (n - 1; 0 for one episode).</param>
/// <param name="SeatReturns">[2] Mean reward per episode of a seat of the row's run, and of one of the column's.</param>
/// <param name="SeatCosts">[2] Mean private cost per episode, likewise.</param>
public sealed record MatchOutcome(double MeanReturn, double ReturnDeviation, double[] SeatReturns, double[] SeatCosts);

/// <summary>One step of an episode that is looked at.</summary>
/// <param name="Step">From 0; step 0 is the start, before any action.</param>
/// <param name="Actions">The seats' actions that led here, -1 for one that was not to move; empty at the start.</param>
/// <param name="Rewards">Rewards of this step per seat; empty at the start.</param>
/// <param name="Costs">Private costs of this step per seat; empty at the start.</param>
/// <param name="Probabilities">Per seat, the policy's probabilities in the state before this step, none for a seat that was not to move or is no policy's; empty at the start.</param>
/// <param name="Drawing">The state after this step as text; at the end of an episode that of the next one, unless the environment can draw the end.</param>
/// <param name="EpisodeEnded">Whether the environment's episode ended here.</param>
/// <param name="Scene">The state after this step as circles; empty where the environment has none.</param>
public sealed record MatchFrame(
    int Step, int[] Actions, double[] Rewards, double[] Costs, double[][] Probabilities, string Drawing, bool EpisodeEnded, IReadOnlyList<SceneCircle> Scene);
