using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Orleans.Services;
using Srpo.Core.Results;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Interfaces;
using Srpo.Grains.Storage;
using Srpo.Learning.Devices;
using Srpo.Learning.Plugins;

namespace Srpo.Grains;

/// <summary>What silos ask each other. Its answers take no worker. Every silo has one; <see cref="SiloServiceClient"/> finds it.</summary>
[Alias("srpo.ISiloService")]
internal interface ISiloService : IGrainService
{
    /// <summary>What the silo can take. Asked by the other silos every few seconds.</summary>
    [Alias("GetCapacity")]
    Task<SiloCapacity> GetCapacityAsync();

    /// <summary>What the silo says of itself.</summary>
    [Alias("Query")]
    Task<SiloReport> QueryAsync();

    /// <summary>Plays every pair of a tile on this silo's workers. Equal tiles give equal bits.</summary>
    /// <returns>One result per partner; null while it is being played: ask for it with <see cref="FollowAsync"/>.</returns>
    [Alias("Play")]
    [return: Immutable]
    Task<MatchResult[]?> PlayAsync(MatchTile tile);

    /// <summary>The results of a tile that is being played here, or was a moment ago.</summary>
    /// <returns>As those of <see cref="PlayAsync"/>.</returns>
    /// <exception cref="UnknownGrainException">This silo does not know the tile: send it again.</exception>
    [Alias("Follow")]
    [return: Immutable]
    Task<MatchResult[]?> FollowAsync(string tournament, int row, int firstColumn);

    /// <summary>Ends the tiles of a tournament that are played here; whoever follows them is told that they were cancelled.</summary>
    [Alias("CancelTiles")]
    Task CancelTilesAsync(string tournament);
}

/// <summary>What a silo says of itself.</summary>
internal sealed class OwnSilo(ILocalSiloDetails local, ComputePool pool, ActiveWork work, StorageHealth storage)
{
    /// <summary>Its address.</summary>
    public SiloAddress Address => local.SiloAddress;

    /// <summary>What it can take.</summary>
    public SiloCapacity Capacity => new(Address, pool.Workers, Room.Gpus, work.Teams.Count, work.Stopping) { HasTorch = Room.HasTorch, Plugins = Plugins, Name = local.Name };

    private static PluginReference[] Plugins => [.. LoadedPlugins.All.Select(plugin => plugin.Reference)];

    private DeviceRoom Room => LearnerDevices.Room(pool.Workers);

    /// <summary>How it does; which grains it has is counted elsewhere.</summary>
    public SiloReport Report()
    {
        var rates = work.Done.Read();
        return new SiloReport(
            GrainKeys.Silo(Address), work.Stopping ? "stopping" : "active", local.Name, pool.Workers, Room.Gpus,
            rates.CpuLoad, Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, pool.Running, pool.Waiting,
            rates.RoundsPerSecond, rates.StepsPerSecond, [.. work.Teams.Keys.Order(StringComparer.Ordinal)], [])
        { StorageProblem = storage.Problem, Plugins = Plugins };
    }
}

/// <summary>Speaks for the silo it runs on.</summary>
internal sealed class SiloService(GrainId id, Silo silo, ILoggerFactory logging, OwnSilo own, TilePlayer tiles) : GrainService(id, silo, logging), ISiloService
{
    /// <inheritdoc/>
    public Task<SiloCapacity> GetCapacityAsync() => Task.FromResult(own.Capacity);

    /// <inheritdoc/>
    public Task<SiloReport> QueryAsync() => Task.FromResult(own.Report());

    /// <inheritdoc/>
    public Task<MatchResult[]?> PlayAsync(MatchTile tile) => tiles.PlayAsync(tile);

    /// <inheritdoc/>
    public Task<MatchResult[]?> FollowAsync(string tournament, int row, int firstColumn) => tiles.FollowAsync(new TileName(tournament, row, firstColumn));

    /// <inheritdoc/>
    public Task CancelTilesAsync(string tournament)
    {
        tiles.Cancel(GrainKeys.CheckName(tournament));
        return Task.CompletedTask;
    }
}

/// <summary>Finds the services of silos.</summary>
internal sealed class SiloServiceClient(IServiceProvider services) : GrainServiceClient<ISiloService>(services)
{
    /// <summary>The service of a silo.</summary>
    public ISiloService Of(SiloAddress silo) => GetGrainService(silo);
}
