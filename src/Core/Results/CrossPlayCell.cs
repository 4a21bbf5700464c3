namespace Srpo.Core.Results;

/// <summary>What the episodes of one pair gave, the row's run with the column's, no learning.</summary>
/// <param name="Return">Mean over episodes of the score: the sum of the team's rewards, or one of them where they are shared.</param>
/// <param name="ReturnStd">Standard deviation of the score over the episodes (n - 1 in the denominator; 0 for one episode).</param>
/// <param name="SeatReturns">Mean episodic reward of a seat of the row's run, and of one of the column's.</param>
/// <param name="SeatCosts">Mean private cost per episode, likewise, as a positive number.</param>
/// <param name="Episodes">How many episodes were played; 0 is a pair that was not played.</param>
public readonly record struct CrossPlayCell(
    double Return, double ReturnStd, SeatPair SeatReturns, SeatPair SeatCosts, int Episodes)
{
    /// <summary>A pair that was not played: every number is NaN and there are no episodes.</summary>
    public static CrossPlayCell NotPlayed { get; } =
        new(double.NaN, double.NaN, new(double.NaN, double.NaN), new(double.NaN, double.NaN), 0);

    /// <summary>Whether the pair was played and its return is a finite number.</summary>
    public bool IsPlayed => Episodes > 0 && double.IsFinite(Return);
}
