using Srpo.Core.Settings;
using Srpo.Grains.Interfaces;
using Srpo.Learning;

namespace Srpo.Grains;

/// <summary>References to the grains of a team.</summary>
internal static class TeamActors
{
    /// <summary>Agents and adversaries in the order of the plan.</summary>
    public static ITeamActor[] Actors(IGrainFactory grains, string population, int team, TeamPlan plan)
    {
        var actors = new ITeamActor[plan.Actors.Count];
        for (var i = 0; i < actors.Length; i++)
        {
            var key = GrainKeys.Seat(population, team, plan.Actors[i].Seat);
            actors[i] = plan.Actors[i].Kind == ActorKind.Agent ? grains.GetGrain<ITeamAgent>(key) : grains.GetGrain<ITeamAdversary>(key);
        }

        return actors;
    }

    /// <summary>Environment instances in the order of the plan.</summary>
    public static ITeamEnvironment[] Environments(IGrainFactory grains, string population, int team, TeamPlan plan)
    {
        var instances = new ITeamEnvironment[plan.Instances.Count];
        for (var i = 0; i < instances.Length; i++)
            instances[i] = grains.GetGrain<ITeamEnvironment>(GrainKeys.Instance(population, team, i));
        return instances;
    }
}
