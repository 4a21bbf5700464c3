using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Metadata;
using Orleans.Serialization;
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

    /// <summary>
    /// Lets the error of any library be the cause of a grain's error. By itself Orleans sends those of .NET and Azure only: the
    /// caller of a grain whose database is away would see that NpgsqlException has no serialiser, and give up.
    /// </summary>
    internal static IServiceCollection AddErrorsOfLibraries(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedExceptionTypeFilter = _ => true);

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
        builder.Services.AddSingleton(services => new ActiveWork(services.GetRequiredService<TimeProvider>()) { Unattended = options.Unattended });
        builder.Services.AddSingleton<OwnSilo>();
        builder.Services.AddSingleton<GrainHost>();
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
            services.GetRequiredService<ComputePool>(), key => key.Architecture.CreateUpdater(key.Settings, key.Plan)));
        builder.Services.AddSingleton<UpdateQueue>();
        builder.Services.AddSingleton(services => new ScratchPool<EnvironmentSettings, IMatchPlayer>(
            services.GetRequiredService<ComputePool>(), ArchitectureRegistry.CreateMatchPlayer));
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

/// <summary>What a silo of this program needs to know.</summary>
public sealed class SrpoSiloOptions
{
    /// <summary>
    /// Directory of populations, checkpoints and tournaments, one sub-directory each; null if the host registers storage for
    /// the names of <see cref="StorageNames"/> itself.
    /// </summary>
    public string? DataDirectory { get; set; }

    /// <summary>Whether other processes are kept from writing to the data directory while this one does. <value>False by default: the silos of a cluster may share one.</value></summary>
    public bool ExclusiveDataDirectory { get; set; }

    /// <summary>
    /// Whether the silo belongs to a cluster that works without the user: what was in training or being played when a silo or
    /// all of them went away goes on by itself. Otherwise it waits for a resume. <value>False by default: one process over its data directory.</value>
    /// </summary>
    public bool Unattended { get; set; }

    /// <summary>How much of the machine to use.</summary>
    public ComputeOptions Compute { get; set; } = new();
}

/// <summary>Names under which grain storage must be registered.</summary>
public static class StorageNames
{
    /// <summary>Coordinators and the directory.</summary>
    public const string Populations = "populations";

    /// <summary>Checkpoints of agents and adversaries.</summary>
    public const string Actors = "actors";

    /// <summary>Tournaments.</summary>
    public const string Tournaments = "tournaments";
}

/// <summary>
/// Lets clients send their calls of our grains through all gateways in turn, so that one that is repeated does not end at the same
/// silent gateway. Without it, all calls of a grain go through one gateway, for an order that none of our contracts needs.
/// Clients learn of it from the silos.
/// </summary>
internal sealed class AnyGateway : IGrainPropertiesProvider
{
    /// <inheritdoc/>
    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        if (grainClass.Assembly == typeof(AnyGateway).Assembly) properties[WellKnownGrainTypeProperties.Unordered] = "true";
    }
}
