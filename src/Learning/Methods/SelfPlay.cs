using Srpo.Core.Settings;

namespace Srpo.Learning.Methods;

/// <summary>Self-play: one network in all seats of the team, all seats' samples in one update.</summary>
public sealed record SelfPlay() : Method(
    "self-play", "Self-play", "a baseline of the authors' code", "One network plays all seats of the team and learns from all of them.")
{
    /// <inheritdoc/>
    public override bool MakesPartners => true;

    /// <inheritdoc/>
    public override bool UsesOnePolicy(TrainingSettings settings) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) => [Together(settings, seats)];
}
