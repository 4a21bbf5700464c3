using Orleans.Placement;
using Srpo.Grains.Compute;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>An adversary. Placed where its team's learner is, which is the first to call it. Kept while its team waits for a busy learner.</summary>
[GrainType("adversary"), PreferLocalPlacement, CollectionAgeLimit(Hours = 2)]
internal sealed class AdversaryGrain(IServiceProvider services, EnvironmentCatalog environments, ComputePool pool)
    : ActorGrain(ActorKind.Adversary, services, environments, pool), IAdversaryGrain;
