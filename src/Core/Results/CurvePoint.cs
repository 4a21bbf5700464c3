using System.Text.Json.Serialization;
using Orleans;

namespace Srpo.Core.Results;

/// <summary>A point of a learning curve: evaluation episodes of the team's agents with each other.</summary>
/// <param name="Round">Rounds behind it.</param>
/// <param name="AgentSteps">Interactions per agent behind it.</param>
/// <param name="EnvironmentSteps">Environment steps of the whole team behind it.</param>
/// <param name="MeanReturn">Mean score of an episode: the sum of the team's rewards, or one of them where they are shared.</param>
/// <param name="SeatCosts">Mean private cost of each seat per episode.</param>
/// <param name="Actors">Measures of every actor's update in that round, agents first, each kind by seat; none at round 0, and in points that earlier builds stored.</param>
[GenerateSerializer, Alias("srpo.CurvePoint"), Immutable]
public sealed record CurvePoint(
    [property: Id(0)] int Round,
    [property: Id(1)] long AgentSteps,
    [property: Id(2)] long EnvironmentSteps,
    [property: Id(3)] double MeanReturn,
    [property: Id(4)] double[] SeatCosts,
    [property: Id(5)] UpdateMetrics[]? Actors = null)
{
    /// <summary>Question by question, where episodes are debates, of which the return is 1 if both debaters are right at the end; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Id(6)]
    public DebateOutcomes? Debates { get; init; }
}
