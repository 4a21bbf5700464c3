using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Results;

/// <summary>The outcome of a pair of runs. Sums run over episodes in order, so that results do not depend on who played them.</summary>
/// <param name="MeanReturn">Mean score of an episode: the sum of the team's rewards, or one of them where they are shared.</param>
/// <param name="ReturnDeviation">Standard deviation over episodes of the score (n - 1 in the denominator; 0 for one episode).</param>
/// <param name="SeatReturns">[2] Mean reward per episode of a seat of the row's run, and of one of the column's.</param>
/// <param name="SeatCosts">[2] Mean private cost per episode, likewise.</param>
[GenerateSerializer, Alias("srpo.MatchResult"), Immutable]
public sealed record MatchResult(
    [property: Id(0)] double MeanReturn,
    [property: Id(1)] double ReturnDeviation,
    [property: Id(2)] double[] SeatReturns,
    [property: Id(3)] double[] SeatCosts)
{
    /// <summary>Question by question, where episodes are debates, of which the return is 1 if both debaters are right at the end; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(4)]
    public DebateOutcomes? Debates { get; init; }
}
