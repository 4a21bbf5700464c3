using Orleans.Runtime.Placement;

namespace Srpo.Grains;

/// <summary>What placement asks of the runtime; here Orleans.</summary>
internal static class PlacementRuntime
{
    /// <summary>Registers the placement directors and the silos' membership.</summary>
    public static void AddPlacement(this ISiloBuilder builder)
    {
        builder.AddPlacementDirector<TeamPlacement, TeamPlacementDirector>();
        builder.AddPlacementDirector<SiloPlacement, SiloPlacementDirector>();
    }

    /// <summary>From here on, grains of a team that the caller's calls activate are put on a silo.</summary>
    public static void Prefer(SiloAddress silo) => RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);

    /// <summary>Moves an activation to a silo when its running requests have ended; later ones find it there.</summary>
    public static void Move(Grain grain, SiloAddress silo)
    {
        Prefer(silo);
        ((IGrainBase)grain).MigrateOnIdle();
    }
}

/// <summary>The silos that membership holds for active.</summary>
internal sealed class ActiveSilos(IClusterMembershipService membership)
{
    /// <summary>Their addresses, sorted.</summary>
    public SiloAddress[] Get() =>
        [.. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order()];
}
