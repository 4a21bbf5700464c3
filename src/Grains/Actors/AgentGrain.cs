using Orleans.Placement;
using Srpo.Grains.Compute;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>An agent. Placed where its team's learner is, which is the first to call it. Kept while its team waits for a busy learner.</summary>
[GrainType("agent"), PreferLocalPlacement, CollectionAgeLimit(Hours = 2)]
internal sealed class AgentGrain(IServiceProvider services, EnvironmentCatalog environments, ComputePool pool)
    : ActorGrain(ActorKind.Agent, services, environments, pool), IAgentGrain;
