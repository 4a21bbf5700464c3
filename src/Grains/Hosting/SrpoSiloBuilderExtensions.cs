using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Metadata;
using Srpo.Core.Settings;
using Srpo.Grains.Compute;
using Srpo.Grains.Diagnostics;
using Srpo.Grains.Storage;
using Srpo.Learning;
using Srpo.Learning.Devices;

namespace Srpo.Grains.Hosting;

/// <summary>Registers everything that the grains need with a silo.</summary>
public static class SrpoSiloBuilderExtensions
{
    /// <summary>Time without a reply after which a call between grains counts as lost. Calls are answered within seconds, unless storage does not answer, which is then waited for in the next one.</summary>
    internal static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(15);

    /// <summary>Adds the worker pool, local storage if a data directory is given, and the orderly shutdown.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static ISiloBuilder AddSrpo(this ISiloBuilder builder, Action<SrpoSiloOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new SrpoSiloOptions();
        configure(options);
        options.Compute.Validate();
        builder.Services.AddErrorsOfLibraries();
        builder.Services.AddSingleton(Options.Create(options.Compute));
        builder.Services.AddSingleton<ComputePool>();
        builder.Services.AddSingleton<StorageProbe>();
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<SrpoMeter>();
        builder.Services.TryAddSingleton<StorageHealth>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloGauges>();
        builder.Services.AddSingleton<EnvironmentCatalog>();
        builder.Services.AddSingleton(new ActiveWork { Unattended = options.Unattended });
        builder.Services.AddSingleton<WorkMeter>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<TilePolicies>();
        builder.Services.AddSingleton<TilePlayer>();
        builder.Services.AddSingleton<ActiveSilos>();
        builder.Services.AddSingleton<SiloServiceClient>();
        builder.Services.AddSingleton<SiloMap>();
        builder.Services.AddSingleton<IGrainPropertiesProvider, AnyGateway>();
        builder.AddGrainService<SiloService>();
        builder.AddPlacementDirector<SiloPlacement, SiloPlacementDirector>();
        builder.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = LostAfter);

        // Where calls are traced, between silos: within a process alone there is nothing to connect.
        if (options.Unattended) builder.AddActivityPropagation();
        builder.Services.AddSingleton(services => new ScratchPool<UpdaterKey, ITeamUpdater>(
            key => LearnerDevices.Get(key.Settings.Device).CreateUpdater(key.Settings, key.Plan, key.Shape), services.GetRequiredService<ComputePool>().Workers));
        builder.Services.AddSingleton(services => new ScratchPool<EnvironmentSettings, MatchPlayer>(
            environment => new MatchPlayer(environment), services.GetRequiredService<ComputePool>().Workers));
        if (options.DataDirectory is { } root)
        {
            foreach (var name in new[] { StorageNames.Populations, StorageNames.Actors, StorageNames.Tournaments })
            {
                builder.AddFileGrainStorage(name, storage =>
                {
                    storage.Directory = Path.Combine(root, name);
                    storage.ExclusiveRoot = options.ExclusiveDataDirectory ? root : null;
                });
            }
        }

        // In the order of the lifecycle's stages, whatever else the host starts and stops.
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<SiloMap>());
        if (options.Unattended) builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Watchman>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, GracefulStop>();
        return builder;
    }
}
