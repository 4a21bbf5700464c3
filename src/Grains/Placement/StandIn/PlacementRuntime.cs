using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>What placement asks of the runtime; here the stand-in, which has one silo.</summary>
internal static class PlacementRuntime
{
    /// <summary>There is nothing to register: everything is here.</summary>
    public static void AddPlacement(this ISiloBuilder builder) => ArgumentNullException.ThrowIfNull(builder);

    /// <summary>There is only one silo to prefer.</summary>
    public static void Prefer(SiloAddress silo) => ArgumentNullException.ThrowIfNull(silo);

    /// <summary>There is no other silo to move to.</summary>
    public static void Move(Grain grain, SiloAddress silo) =>
        throw new SrpoGrainException($"{GrainKeys.Shown(grain.GetGrainId().ToString())} cannot move to {silo}: there is one silo");
}

/// <summary>The one silo.</summary>
internal sealed class ActiveSilos(ILocalSiloDetails local)
{
    /// <summary>Its address.</summary>
    public SiloAddress[] Get() => [local.SiloAddress];
}
