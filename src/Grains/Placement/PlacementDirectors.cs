using Orleans.Runtime.Placement;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Carries out <see cref="TeamPlacement"/>.</summary>
internal sealed class TeamPlacementDirector : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint) return Task.FromResult(hint);
        var sorted = silos.Order().ToArray();
        return Task.FromResult(sorted[TeamHash(target.GrainIdentity.Key.ToString()!) % (uint)sorted.Length]);
    }

    /// <summary>The same number for all members of a team, on every silo: FNV-1a of "population/team".</summary>
    private static uint TeamHash(string key)
    {
        var hash = 2166136261u;
        var end = key.LastIndexOf('/');
        foreach (var letter in key.AsSpan(0, end < 0 ? key.Length : end)) hash = (hash ^ letter) * 16777619u;
        return hash;
    }
}

/// <summary>Carries out <see cref="SiloPlacement"/>.</summary>
internal sealed class SiloPlacementDirector(ActiveSilos active) : IPlacementDirector
{
    private const int Looks = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (GrainKeys.SiloOf(target.GrainIdentity.Key.ToString()!) is not { } name)
            return silos.Contains(context.LocalSilo) ? context.LocalSilo : silos.Min()!;

        // A silo that has just joined is active a moment before it is known which grains it runs.
        for (var look = 0; look < Looks; look++)
        {
            if (Array.Find(silos, silo => silo.ToParsableString() == name) is { } found) return found;
            if (!Array.Exists(active.Get(), silo => silo.ToParsableString() == name)) break;
            await Task.Delay(Pause);
            silos = context.GetCompatibleSilos(target);
        }

        throw new SiloUnavailableException($"the silo '{GrainKeys.Shown(name)}' of the {target.GrainIdentity.Type} is not active");
    }
}
