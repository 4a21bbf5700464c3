using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>An adversary. Placed where its team's learner is. Kept while its team waits for a busy learner.</summary>
[GrainType("adversary"), CollectionAgeLimit(Hours = 2)]
internal sealed class AdversaryGrain(IServiceProvider services, EnvironmentCatalog environments, ComputePool pool, ActiveWork work, ILocalSiloDetails silo)
    : ActorGrain(ActorKind.Adversary, services, environments, pool, work, silo), IAdversaryGrain, ITeamAdversary;
