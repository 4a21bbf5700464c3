using Srpo.Core.Settings;

namespace Srpo.Learning.Methods;

/// <summary>Policies that other programs have trained and that play here as they are. Nobody can ask for it: `srpo import` makes such populations, and none is ever trained.</summary>
public sealed record Imported() : Method("imported", "Imported", "other programs", "Policies that other programs have trained play as they are.")
{
    /// <summary>What it is called in stored state.</summary>
    public const string MethodId = "imported";

    /// <inheritdoc/>
    public override bool Trains => false;

    /// <inheritdoc/>
    public override bool TrainsOpponents => true;

    /// <inheritdoc/>
    public override bool Learns => false;

    /// <summary>No steps: its one round is that in which the policies were brought in.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) => [Together(settings, seats) with { Lanes = 0 }];

    /// <inheritdoc/>
    public override Objective Objective(TrainingSettings settings, ActorKind kind) => new() { Reward = RewardSource.Nothing };
}
