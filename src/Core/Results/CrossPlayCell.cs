namespace Srpo.Core.Results;

/// <summary>What the episodes of one pair gave: seat 0 from the row's run, seat 1 from the column's run, no learning.</summary>
/// <param name="Return">Mean over episodes of the sum of both seats' rewards.</param>
/// <param name="ReturnStd">Standard deviation of that sum over the episodes (population: divided by their number).</param>
/// <param name="SeatReturns">Mean episodic reward of each seat.</param>
/// <param name="SeatCosts">Mean private cost of each seat per episode, as a positive number.</param>
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
