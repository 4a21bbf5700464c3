using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Storage;

namespace Srpo.Grains;

/// <summary>A silo as its grains and their work see it: what is under way there, its storages, the way to other grains, what it measures, and its clock.</summary>
internal sealed class GrainHost(IServiceProvider services, ILocalSiloDetails local, ActiveWork work, SrpoMeter meter, TimeProvider time)
{
    /// <summary>The address of the silo.</summary>
    public SiloAddress Here => local.SiloAddress;

    /// <summary>What the silo has under way.</summary>
    public ActiveWork Work => work;

    /// <summary>What the silo measures.</summary>
    public SrpoMeter Meter => meter;

    /// <summary>The clock of all waiting and of all ages.</summary>
    public TimeProvider Time => time;

    /// <summary>Gives references to grains.</summary>
    public IGrainFactory Grains { get; } = services.GetRequiredService<IGrainFactory>();

    /// <summary>Which storages do not answer.</summary>
    public StorageHealth Health { get; } = services.GetRequiredService<StorageHealth>();

    /// <summary>A storage.</summary>
    /// <param name="name">Its name among <see cref="Hosting.StorageNames"/>.</param>
    public IGrainStorage Storage(string name) => services.GetRequiredKeyedService<IGrainStorage>(name);

    /// <summary>Two records of a grain in a storage of <see cref="Hosting.StorageNames"/>.</summary>
    public SlotPair<T> Slots<T>(GrainId grain, string storage, string name)
        where T : class, new() =>
        new(Storage(storage), grain, name, meter);

    /// <summary>The pages of the learning curves of a population.</summary>
    /// <param name="population">Its name.</param>
    public CurvePages Pages(string population) => new(Storage(Hosting.StorageNames.Populations), CoordinatorGrain.IdOf(population), meter);
}
