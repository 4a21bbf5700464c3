using Orleans.Placement;
using Orleans.Runtime.Placement;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Puts a grain on the silo that its key names and on no other; where it names none, on the silo of the caller.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloPlacementAttribute() : PlacementAttribute(new SiloPlacement());

/// <summary>The strategy of <see cref="SiloPlacementAttribute"/>.</summary>
[GenerateSerializer, Alias("srpo.SiloPlacement")]
internal sealed class SiloPlacement : PlacementStrategy
{
}

/// <summary>Carries out <see cref="SiloPlacement"/>.</summary>
internal sealed class SiloPlacementDirector : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (GrainKeys.SiloOf(target.GrainIdentity.Key.ToString()!) is not { } name)
            return Task.FromResult(silos.Contains(context.LocalSilo) ? context.LocalSilo : silos.Min()!);

        // A silo that has just joined is active a moment before it is known which grains it runs; whoever asks again finds it.
        return Array.Find(silos, silo => silo.ToParsableString() == name) is { } found
            ? Task.FromResult(found)
            : throw new SiloUnavailableException($"the silo '{GrainKeys.Shown(name)}' of the {target.GrainIdentity.Type} is not active");
    }
}

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
    /// <returns>Whether it is there already.</returns>
    public static bool Move(IGrainBase grain, SiloAddress silo)
    {
        if (silo.Equals(grain.GrainContext.Address.SiloAddress)) return true;
        using (To(silo)) grain.MigrateOnIdle();
        return false;
    }

    /// <summary>Until it is disposed, the hint is in force.</summary>
    public readonly struct Scope : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => RequestContext.Remove(IPlacementDirector.PlacementHintKey);
    }
}
