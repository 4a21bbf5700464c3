using Srpo.Core.Settings;

namespace Srpo.Learning.Methods;

/// <summary>Agents that learn nothing: what policies do before any training. Its teams play the rounds that they are given, and keep their initial policies.</summary>
public sealed record Untrained() : Method(
    "untrained", "Untrained", "a reference", "Agents keep their initial policies: what play is worth without learning, and partners that nobody has trained with.")
{
    /// <inheritdoc/>
    public override bool Learns => false;

    /// <inheritdoc/>
    public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) => [Together(settings, seats)];

    /// <inheritdoc/>
    public override Objective Objective(TrainingSettings settings, ActorKind kind) => new() { Reward = RewardSource.Nothing };
}
