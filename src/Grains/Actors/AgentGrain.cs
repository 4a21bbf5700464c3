using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>An agent. Placed where its team's learner is. Kept while its team waits for a busy learner.</summary>
[GrainType("agent"), CollectionAgeLimit(Hours = 2)]
internal sealed class AgentGrain(IServiceProvider services, EnvironmentCatalog environments, ComputePool pool, ActiveWork work, ILocalSiloDetails silo)
    : ActorGrain(ActorKind.Agent, services, environments, pool, work, silo), IAgentGrain, ITeamAgent;
