using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Srpo.Grains.Storage;

/// <summary>Registers <see cref="PostgresGrainStorage"/>.</summary>
public static class PostgresGrainStorageExtensions
{
    /// <summary>Adds a storage in a PostgreSQL database under a name. The database must have been prepared by `srpo admin init-db`.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">Name of the storage.</param>
    /// <param name="configure">Sets at least the connection.</param>
    public static ISiloBuilder AddPostgresGrainStorage(this ISiloBuilder builder, string name, Action<PostgresStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.TryAddSingleton<StorageHealth>();
        builder.Services.AddOptions<PostgresStorageOptions>(name).Configure(configure);
        builder.Services.AddKeyedSingleton<IGrainStorage>(name, (services, _) => new PostgresGrainStorage(
            name,
            services.GetRequiredService<IOptionsMonitor<PostgresStorageOptions>>().Get(name),
            services.GetRequiredService<StorageHealth>(),
            services.GetRequiredService<ILogger<PostgresGrainStorage>>()));
        return builder;
    }
}
