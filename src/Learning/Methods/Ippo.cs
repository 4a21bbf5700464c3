using Srpo.Core.Results;
using Srpo.Core.Settings;

namespace Srpo.Learning.Methods;

/// <summary>
/// Independent PPO (paper, equation 7; de Witt et al. 2020): all agents play together, each maximises its own reward, shared reward minus
/// its private cost. The baseline.
/// </summary>
public sealed record Ippo() : Method(
    "ippo", "IPPO", "paper, equation 7; de Witt et al. 2020", "All agents play together and each maximises its own reward: the baseline.")
{
    /// <inheritdoc/>
    public override PopulationRole Role => PopulationRole.Baseline;

    /// <inheritdoc/>
    public override bool TrainsOpponents => true;

    /// <inheritdoc/>
    public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) => [Together(settings, seats)];

    /// <inheritdoc/>
    public override (double Tau, double Epsilon)? Equilibrium(TrainingSettings settings) => (0, settings.Entropy);
}
