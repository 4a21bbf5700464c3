using Srpo.Core.Settings;

namespace Srpo.Learning.Methods;

/// <summary>
/// E3T (Yan et al. 2023, "An Efficient End-to-End Training Approach for Zero-Shot Human-AI Coordination"), without its partner-modelling module:
/// the partner acts by the mixture (1 - noise) pi + noise uniform of the agent's own policy pi and uniform noise over the legal actions. The
/// agent's seat is drawn anew in every episode; only what happens there is learned from.
/// </summary>
public sealed record E3t() : Method(
    "e3t", "E3T", "Yan et al. 2023, without partner modelling", "One network trains with a mixture of its own policy and uniform noise as its partner.")
{
    private static readonly OwnSetting Noise = new("e3t.noise", 0.5, 0, 1, "Share of uniform noise in what partners do.");

    /// <inheritdoc/>
    public override IReadOnlyList<OwnSetting> OwnSettings => [Noise];

    /// <inheritdoc/>
    public override bool NeedsTeammates => true;

    /// <inheritdoc/>
    public override bool UsesOnePolicy(TrainingSettings settings) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) =>
        [Together(settings, seats) with { Casting = Casting.RandomPartner, Mirrors = [new Mirror(Actor: 0, Own(settings, Noise))] }];
}
