using Orleans;

namespace Srpo.Core.Results;

/// <summary>Measures of one update of an agent or adversary; means over its samples of the round.</summary>
/// <param name="Round">The round, from 1.</param>
/// <param name="Return">
/// Mean reward of a seat per lane of the rollout, plain: over the steps of the rollout, whatever parts of episodes these are, where episodes are continued as where they are not. In
/// turn-based environments as far as finished samples hold it.
/// </param>
/// <param name="PrivateCost">Mean private cost of a seat per lane of the rollout, likewise.</param>
/// <param name="Entropy">Mean entropy of the policy in the last epoch, nats.</param>
/// <param name="ClipFraction">Share of samples whose ratio was clipped in the last epoch.</param>
/// <param name="ExplainedVariance">1 - Var(returns - values)/Var(returns) of the critic that watched the rollout.</param>
/// <param name="Kl">Adversaries: mean KL to the partner's policy in the last epoch, in the direction of the settings; 0 for agents.</param>
/// <param name="ValueLoss">Mean squared error of the critic in the last epoch, also where its loss is clipped or linear from some error on; in units of normalised returns where values are normalised.</param>
/// <param name="PolicyLoss">Mean loss of the policy in the last epoch: minus equations (7) to (9) of the paper.</param>
[GenerateSerializer, Alias("srpo.UpdateMetrics"), Immutable]
public sealed record UpdateMetrics(
    [property: Id(0)] int Round,
    [property: Id(1)] double Return,
    [property: Id(2)] double PrivateCost,
    [property: Id(3)] double Entropy,
    [property: Id(4)] double ClipFraction,
    [property: Id(5)] double ExplainedVariance,
    [property: Id(6)] double Kl,
    [property: Id(7)] double ValueLoss,
    [property: Id(8)] double PolicyLoss = 0);
