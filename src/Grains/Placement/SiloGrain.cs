using Orleans.Concurrency;
using Srpo.Grains.Compute;
using Srpo.Grains.Hosting;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains;

/// <summary>Speaks for the silo it runs on. Reentrant: it keeps nothing, and a tile that it passes on takes long.</summary>
[GrainType("silo"), SiloPlacement, Reentrant]
internal sealed class SiloGrain(
    SiloMap map, ILocalSiloDetails local, ComputePool pool, ActiveWork work, WorkMeter meter, TileCancellation tiles) : Grain, ISiloGrain
{
    /// <inheritdoc/>
    public Task<SiloCapacity> GetCapacityAsync()
    {
        Check();
        return Task.FromResult(map.Own);
    }

    /// <inheritdoc/>
    public Task<SiloReport> QueryAsync()
    {
        Check();
        var rates = meter.Read();
        return Task.FromResult(new SiloReport(
            this.GetPrimaryKeyString(), work.Stopping ? "stopping" : "active", local.Name, pool.Workers, 0,
            rates.CpuLoad, Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, pool.Running, pool.Waiting,
            rates.RoundsPerSecond, rates.StepsPerSecond, [.. work.Teams.Keys.Order(StringComparer.Ordinal)], []));
    }

    /// <inheritdoc/>
    public Task<MatchResult[]> PlayAsync(MatchTile tile)
    {
        Check();
        return GrainFactory.GetGrain<IMatchWorkerGrain>(0).PlayAsync(tile);
    }

    /// <inheritdoc/>
    public Task CancelTilesAsync(string tournament)
    {
        Check();
        tiles.Cancel(GrainKeys.CheckName(tournament));
        return Task.CompletedTask;
    }

    private void Check()
    {
        var key = this.GetPrimaryKeyString();
        if (key != GrainKeys.Silo(local.SiloAddress))
            throw new GrainKeyException($"'{GrainKeys.Shown(key)}' is not the key of an active silo; `srpo cluster status` lists them");
    }
}
