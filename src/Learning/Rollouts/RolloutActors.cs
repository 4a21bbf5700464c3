using Srpo.Core.Settings;
using Srpo.Environments;
using Srpo.Learning.Devices;

namespace Srpo.Learning;

/// <summary>Who plays the rollouts of a team: its plan, the shape of its networks, the frozen policies beside it, and where networks run.</summary>
public sealed record RolloutActors
{
    private RolloutActors(TeamPlan plan, ActorShape shape, IReadOnlyList<FrozenPolicy> frozen, ILearnerDevice device) =>
        (Plan, Shape, Frozen, Device) = (plan, shape, frozen, device);

    /// <summary>The team's plan.</summary>
    public TeamPlan Plan { get; }

    /// <summary>Shape of the actors.</summary>
    public ActorShape Shape { get; }

    /// <summary>Opponents, then partners.</summary>
    public IReadOnlyList<FrozenPolicy> Frozen { get; }

    /// <summary>Where networks run.</summary>
    public ILearnerDevice Device { get; }

    /// <summary>The actors of a spec's teams.</summary>
    /// <param name="spec">Environment and settings.</param>
    /// <param name="plan">The team's plan.</param>
    /// <param name="frozen">The frozen policies: opponents, then partners, as many as the plan says; null for none.</param>
    /// <param name="device">Where networks run, by default the one that the spec names.</param>
    /// <exception cref="ArgumentException">There are more or fewer frozen policies.</exception>
    public static RolloutActors Of(PopulationSpec spec, TeamPlan plan, IReadOnlyList<FrozenPolicy>? frozen = null, ILearnerDevice? device = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Of(ActorShape.For(spec.Training, EnvironmentFactory.Info(spec.Environment)), plan, frozen, device ?? LearnerDevices.Get(spec.Training.Device));
    }

    /// <inheritdoc cref="Of(PopulationSpec, TeamPlan, IReadOnlyList{FrozenPolicy}, ILearnerDevice)"/>
    internal static RolloutActors Of(ActorShape shape, TeamPlan plan, IReadOnlyList<FrozenPolicy>? frozen, ILearnerDevice device)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var (needed, given) = (plan.Opponents + plan.Partners, frozen?.Count ?? 0);
        return given == needed
            ? new RolloutActors(plan, shape, frozen ?? [], device)
            : throw new ArgumentException($"{given} frozen policies are given; the team plays with {plan.Opponents} opponents and {plan.Partners} partners", nameof(frozen));
    }
}
