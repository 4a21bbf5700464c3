using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Srpo.Grains.Storage;

/// <summary>Registers <see cref="AzureGrainStorage"/>.</summary>
public static class AzureGrainStorageExtensions
{
    /// <summary>Adds a storage in blobs under a name.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">Name of the storage.</param>
    /// <param name="configure">Sets at least the account and the container.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static ISiloBuilder AddAzureGrainStorage(this ISiloBuilder builder, string name, Action<AzureStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new AzureStorageOptions();
        configure(options);
        options.Validate(name);
        builder.Services.TryAddSingleton<StorageHealth>();
        var plain = name + "-blobs";
        builder.AddAzureBlobGrainStorage(plain, blobs =>
        {
            blobs.BlobServiceClient = options.Blobs().Client;
            blobs.ContainerName = options.Container;
            blobs.GrainStorageSerializer = new BlobContent();
            blobs.BuildContainerFactory = (_, _) => new LateContainer(options.Container);
        });
        builder.Services.AddKeyedSingleton<IGrainStorage>(name, (services, _) => new AzureGrainStorage(
            services.GetRequiredKeyedService<IGrainStorage>(plain),
            name,
            options,
            services.GetRequiredService<StorageHealth>(),
            services.GetRequiredService<ILogger<AzureGrainStorage>>()));
        return builder;
    }

    /// <summary>A container that is made by the first write: an account that goes away while a silo starts does not end the start.</summary>
    private sealed class LateContainer(string name) : IBlobContainerFactory
    {
        private BlobContainerClient? _container;

        public BlobContainerClient GetBlobContainerClient(GrainId grainId) => _container!;

        public Task InitializeAsync(BlobServiceClient client)
        {
            _container = client.GetBlobContainerClient(name);
            return Task.CompletedTask;
        }
    }
}
