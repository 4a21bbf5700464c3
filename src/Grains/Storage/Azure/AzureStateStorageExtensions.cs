using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Srpo.Grains.Storage;

/// <summary>Registers Orleans' storage in Azure blobs with the checksums and the patience of the other storages.</summary>
public static class AzureStateStorageExtensions
{
    /// <summary>Adds a storage in blobs under a name.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">Name of the storage.</param>
    /// <param name="connectionString">Of the storage account.</param>
    /// <param name="container">Name of the container; it is made when the first state is written.</param>
    /// <param name="patience">How long an operation waits while the account does not answer.</param>
    public static ISiloBuilder AddAzureStateStorage(this ISiloBuilder builder, string name, string connectionString, string container, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<StorageHealth>();
        var client = new BlobServiceClient(connectionString);
        var plain = name + "-plain";
        builder.AddAzureBlobGrainStorage(plain, options =>
        {
            options.BlobServiceClient = client;
            options.ContainerName = container;
            options.GrainStorageSerializer = new EnvelopeSerializer(name);
        });
        builder.Services.AddKeyedSingleton<IGrainStorage>(name, (services, _) => new PatientGrainStorage(
            services.GetRequiredKeyedService<IGrainStorage>(plain),
            new StorageRetry(
                new RetryPolicy(name, patience, IsTransient, error => $"blobs of {client.AccountName}: {error.Message}", async cancellation => await client.GetPropertiesAsync(cancellation)),
                services.GetRequiredService<StorageHealth>(),
                services.GetRequiredService<ILogger<PatientGrainStorage>>())));
        return builder;
    }

    private static bool IsTransient(Exception error) => error switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
        AggregateException { InnerExceptions: [.., var last] } => IsTransient(last),
        HttpRequestException or IOException => true,
        _ => false,
    };
}
