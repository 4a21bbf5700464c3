using Srpo.Core.Settings;

namespace Srpo.Learning.Methods;

/// <summary>
/// Fictitious co-play (Strouse et al. 2021): the best response of one network to a frozen pool of self-play partners. Partner and seat
/// are drawn anew in every episode.
/// </summary>
public sealed record FictitiousCoPlay() : Method(
    "fcp", "FCP", "Strouse et al. 2021", "One network learns the best response to a frozen pool of partners that self-play has trained.")
{
    /// <inheritdoc/>
    public override bool NeedsPartners => true;

    /// <inheritdoc/>
    public override bool NeedsTeammates => true;

    /// <inheritdoc/>
    public override bool UsesOnePolicy(TrainingSettings settings) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<InstancePlan> Rollouts(TrainingSettings settings, TeamSeats seats) =>
        [Together(settings, seats) with { Casting = Casting.RandomPartner }];
}
