using Orleans.Runtime.Placement;

namespace Srpo.Grains;

/// <summary>Where a grain that a call activates is to be put.</summary>
internal static class PlacementHint
{
    /// <summary>Grains that are activated by calls made until the result is disposed are put on a silo. Calls under way keep the hint, later ones have none.</summary>
    public static Scope To(SiloAddress silo)
    {
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        return default;
    }

    /// <summary>Moves an activation to a silo when its running requests have ended; later ones find it there.</summary>
    public static void Move(Grain grain, SiloAddress silo)
    {
        using (To(silo)) ((IGrainBase)grain).MigrateOnIdle();
    }

    /// <summary>Until it is disposed, the hint is in force.</summary>
    public readonly struct Scope : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => RequestContext.Remove(IPlacementDirector.PlacementHintKey);
    }
}
